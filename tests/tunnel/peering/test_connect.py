"""`kgctl peering connect` joins two clusters, one of which is half behind NAT, and `rm` parts them again."""

import pytest

from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.names import PERSISTENT_KEEPALIVE
from tests.tunnel.cluster import Manifest
from tests.tunnel.peering.mesh import Mesh
from tests.tunnel.peering.world import World
from tests.tunnel.plan import INTERFACE, KEEPALIVE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LOCATION, FULL, CROSS = Granularity.LOCATION, Granularity.FULL, Granularity.CROSS


def keys(world: World) -> list[set[str]]:
    """Return the peers of each interface."""
    return [agents.keys(node) for name, agents in world.agents.items() for node in world.meshes[name].living]


def node_of(mesh: Mesh, number: int) -> Manifest:
    return mesh.server.request("GET", f"/api/v1/nodes/{mesh.node(number).name}")


@pytest.mark.parametrize(("aws", "edge"), [(LOCATION, LOCATION), (FULL, FULL), (CROSS, LOCATION)])
def test_every_pod_reaches_every_pod_until_the_clusters_are_parted(
    world: World, aws: Granularity, edge: Granularity
) -> None:
    world.restore(aws=aws, edge=edge)
    alone = keys(world)
    world.peering("connect", "aws", "edge", "--yes")
    assert world.unreachable() == []
    for own, other in world.pairs:
        caller, called = (node.internal_ip.partition("/")[0] for node in (own.node(2), other.node(3)))
        assert own.node(2).host.hears(other.plan.web, 80) == f"I am {other.node(1).name}, you are {caller}"
        assert own.node(2).host.reaches(called)
    world.peering("rm", "aws", "edge", "--yes")
    assert [mesh.peers() for mesh in world.meshes.values()] == [{}, {}]
    assert keys(world) == alone
    assert len(world.unreachable(within=0)) == 18
    assert world.forgotten == []


def test_a_second_run_makes_no_changes_and_interrupts_no_traffic(world: World) -> None:
    world.peering("connect", "aws", "edge", "--yes")
    before = [mesh.peers() for mesh in world.meshes.values()]
    assert "0 created, 0 changed, 0 removed" in world.peering("connect", "aws", "edge", "--yes")
    assert [mesh.peers() for mesh in world.meshes.values()] == before


def test_a_leader_behind_nat_needs_a_keepalive_which_connect_gives_it_on_request(world: World) -> None:
    edge = world.meshes["edge"]
    home = edge.node(3)
    home.keepalive = 0
    world.catch_up()
    refused = world.kgctl("peering", "connect", "aws", "edge", "--yes")
    assert (refused.exit_code, "K-PEERING-KEEPALIVE" in refused.output) == (1, True), refused.output
    assert [mesh.peers() for mesh in world.meshes.values()] == [{}, {}]
    result = world.kgctl("peering", "connect", "aws", "edge", "--yes", "--annotate")
    assert result.exit_code == 0, result.output
    home.keepalive = int(node_of(edge, 3)["metadata"]["annotations"][PERSISTENT_KEEPALIVE])
    assert home.keepalive > KEEPALIVE
    world.catch_up()
    assert world.unreachable() == []


def test_a_preshared_key_is_the_same_on_all_leaders(world: World) -> None:
    world.peering("connect", "aws", "edge", "--yes", "--psk")
    assert world.unreachable() == []
    (aws_key,) = {peer["spec"]["presharedKey"] for peer in world.meshes["aws"].peers().values()}
    for mesh in world.meshes.values():
        assert mesh.node(1).host.wg("show", INTERFACE, "preshared-keys").count(aws_key) == 2


def test_an_internal_ip_that_is_an_endpoint_is_left_out_for_else_the_tunnel_is_routed_into_itself(
    world: World,
) -> None:
    aws, edge = world.meshes["aws"], world.meshes["edge"]
    for mesh, numbers in ((aws, (1, 2, 3)), (edge, (1, 2))):
        for number in numbers:
            mesh.node(number).internal_ip = f"{mesh.plan.public.format(number)}/24"
    world.catch_up()
    aws.put(edge.peer_by_hand(1), edge.peer_by_hand(3))
    edge.put(aws.peer_by_hand(1), aws.peer_by_hand(3))
    world.catch_up()
    assert len(world.unreachable(within=0)) == 18
    told = world.peering("connect", "aws", "edge", "--adopt", "--yes")
    assert "K-PEERING-LOOP" in told
    assert world.unreachable() == []

"""What holds of every pair of clusters, and of every change of them."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.peering.members.member import Member
from kgctl_py.peering.planning.peer_changes import Action, Change, ordered_changes
from kgctl_py.peering.planning.peer_names import peer_name
from kgctl_py.peering.planning.plan import plan_peering
from kgctl_py.peering.planning.remote_peer import RemotePeer
from kgctl_py.peering.planning.settings import PeeringSettings
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.cidr import IPInterface, parse_cidr
from kgctl_py.wireguard.endpoint import is_dns_name
from tests.in_memory import Cluster, Raw, key, node
from tests.peering.clusters import Server, World

LOCATIONS = ("a", "b", "c")
_NAMES = "abc"

pytestmark = pytest.mark.timeout(600)


@st.composite
def sides(draw: st.DrawFn, number: int) -> Server:
    """A cluster whose networks are its own, and whose leaders are public or send keepalives."""
    nodes: list[Raw] = []
    for index in range(draw(st.integers(1, 4))):
        public = draw(st.booleans())
        nodes.append(
            node(
                f"n{index}",
                index + 1,
                draw(st.sampled_from(LOCATIONS)),
                pod_cidr=f"10.{40 + number}.{index}.0/24",
                key=key(f"{number} {index}"),
                endpoint=f"203.0.{number}.{index + 1}:51820" if public else f"10.{number}.9.{index + 1}:51820",
                internal_ip=draw(st.sampled_from((None, f"10.{number}.0.{index + 1}/24", "10.200.0.1/24"))),
                wireguard_ip=f"10.{60 + number}.0.1/16",
                persistent_keepalive="25",
                granularity=draw(st.sampled_from(("location", "full", "cross"))) if index == 0 else None,
            )
        )
    return Server(nodes, uid=f"uid-{number}", services=f"10.{90 + number}.0.0/16")


@st.composite
def changed(draw: st.DrawFn, server: Server) -> None:
    """Change a cluster as time does: nodes move, lead, swap keys, and fall silent."""
    for raw in server.nodes:
        annotations = raw["metadata"]["annotations"]
        annotations["kilo.squat.ai/location"] = draw(st.sampled_from(LOCATIONS))
        if draw(st.booleans()):
            annotations["kilo.squat.ai/leader"] = ""
    keys = draw(st.permutations([raw["metadata"]["annotations"]["kilo.squat.ai/key"] for raw in server.nodes]))
    for raw, one in zip(server.nodes, keys, strict=True):
        raw["metadata"]["annotations"]["kilo.squat.ai/key"] = one


@given(sides(1), sides(2), st.data())
def test_peers_follow_every_change_and_no_key_is_ever_there_twice(near: Server, far: Server, data: Any) -> None:
    world = World(aws=near, edge=far)
    for _ in range(3):
        run = world.kgctl("connect", "aws", "edge", "--yes")
        refused = run.exit_code != 0 and "nothing was written" in run.stderr
        assert run.exit_code == 0 or refused or "K-PEERING-NOWAY" in run.stdout, run.output
        again = world.kgctl("connect", "aws", "edge", "--yes")
        assert refused or again.stdout.count("no change") == 2, again.output
        assert near.clashes == far.clashes == []
        for server in (near, far):
            data.draw(changed(server))
    assert world.kgctl("rm", "aws", "edge").exit_code == 0
    assert near.peers == far.peers == {}


@given(sides(1), sides(2))
def test_what_leaders_are_told_has_no_address_twice_and_no_endpoint(near: Server, far: Server) -> None:
    if "nothing was written" in World(aws=near, edge=far).kgctl("connect", "aws", "edge").stderr:
        return
    for server, other in ((near, far), (far, near)):
        topology = Cluster(server.nodes, tuple(server.peers.values())).topology(granularity(server))
        others = {str(one.leader.endpoint.ip) for one in topology.segments if one.leader.endpoint}
        routed = [cidr for peer in topology.peers for cidr in peer.allowed_ips]
        own = {cidr for one in topology.segments for cidr in one.allowed_ips}
        assert len(routed) == len(set(routed))
        assert own.isdisjoint(routed)
        assert not any(holds(cidr, ip) for cidr in routed for ip in others)
        endpoints = {str(peer.endpoint.ip) for peer in topology.peers if peer.endpoint}
        assert not any(holds(cidr, ip) for cidr in routed for ip in endpoints)
        pods = {cidr for one in Cluster(other.nodes).mesh().nodes if (cidr := one.subnet)}
        assert pods <= set(routed)


def granularity(server: Server) -> Any:
    return Cluster(server.nodes).mesh().nodes[0].granularity


def holds(cidr: IPInterface, ip: str) -> bool:
    return cidr.overlaps(parse_cidr(f"{ip}/32"))


KEYS = [Key.parse(key(name)) for name in "klmnop"]
CIDR = (parse_cidr("10.44.0.0/24"),)


def remote(name: str, one: Key) -> RemotePeer:
    return RemotePeer(
        name=name,
        cluster="edge",
        uid="u",
        segment=name,
        leader=name,
        node_count=1,
        allowed_ips=CIDR,
        endpoint=None,
        keepalive=25,
        public_key=one,
    )


@st.composite
def holders(draw: st.DrawFn) -> dict[str, Key]:
    """Peers by name, with a key each that no other has."""
    count = draw(st.integers(0, len(KEYS)))
    return dict(zip(draw(st.permutations(_NAMES + "def"))[:count], draw(st.permutations(KEYS)), strict=False))


@given(holders(), holders())
def test_a_key_is_released_before_it_is_taken_and_agents_know_all_in_the_end(
    before: dict[str, Key], after: dict[str, Key]
) -> None:
    existing = [Peer(name=name, allowed_ips=CIDR, public_key=one) for name, one in before.items()]
    removed = [
        Change(action=Action.DELETE, name=peer.name, before=peer) for peer in existing if peer.name not in after
    ]
    live, known = dict(before), set(before.values())
    for change in ordered_changes(existing, [remote(name, one) for name, one in after.items()], removed):
        old = live.pop(change.name, None)
        known.discard(old)  # what agents do with the key of before
        if change.after is not None:
            assert change.after.public_key not in live.values()
            live[change.name] = change.after.public_key
            known.add(change.after.public_key)
        elif change.action is Action.TOUCH:
            assert old is not None
            live[change.name] = old
            known.add(old)
    assert live == after
    assert known == set(after.values())


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(("location", "node")))
def test_a_name_is_one_that_kubernetes_takes_and_each_segment_has_its_own(
    first: str, second: str, kind: str
) -> None:
    names = [peer_name("edge", f"{kind}:{text}") for text in (first, second)]
    assert all(map(is_dns_name, names))
    assert (names[0] == names[1]) == (first == second)


def member(name: str, topology: Topology, mesh: Mesh) -> Member:
    return Member(name=name, uid=name, mesh=mesh, topology=topology)


@given(sides(1), sides(2), sides(3))
def test_the_order_of_the_clusters_changes_no_problem(one: Server, two: Server, three: Server) -> None:
    members = [
        member(str(number), Cluster(server.nodes).topology(granularity(server)), server.mesh())
        for number, server in enumerate((one, two, three))
    ]
    codes = {
        frozenset((problem.code, problem.refuses) for problem in plan_peering(order, PeeringSettings()).problems)
        for order in itertools.permutations(members)
    }
    assert len(codes) == 1

"""What holds for every mesh, whatever is in it."""

from collections import Counter

from hypothesis import assume, given
from hypothesis import strategies as st

from kgctl_py.errors import KgctlError
from kgctl_py.mesh.address import host_cidr
from kgctl_py.mesh.member_configurations import node_conf, peer_conf
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.mesh.topology import Topology
from tests.cli.kgctl import kgctl
from tests.in_memory import Cluster
from tests.strategies import VIEWER, clusters, distinct_clusters

GRANULARITIES = st.sampled_from(Granularity)


def topology_of(cluster: Cluster, granularity: Granularity) -> Topology:
    try:
        return cluster.topology(granularity)
    except KgctlError as error:
        assume("is exhausted" not in error.message)
        raise


@given(clusters(), st.sampled_from(("location", "full", "auto")), st.data())
def test_no_cluster_is_too_odd_and_the_order_of_listing_changes_nothing(
    cluster: Cluster, granularity: str, data: st.DataObject
) -> None:
    def printed(cluster: Cluster) -> list[tuple[int, str, str]]:
        options = ("--from-file", "-", "--mesh-granularity", granularity)
        runs = [kgctl(*options, *args, stdin=cluster.as_list().encode()) for args in commands]
        return [(run.exit_code, run.stdout, run.stderr) for run in runs]

    name = cluster.nodes[0]["metadata"]["name"]
    commands = (("graph",), ("showconf", "peer", VIEWER), ("showconf", "node", name))
    shuffled = Cluster(data.draw(st.permutations(cluster.nodes)), data.draw(st.permutations(cluster.peers)))
    runs = printed(cluster)
    assert printed(shuffled) == runs
    for exit_code, stdout, stderr in runs:
        assert "fault of kgctl" not in stderr
        assert (exit_code == 0) == bool(stdout)


@given(clusters(), GRANULARITIES)
def test_a_ready_node_is_reached_through_its_own_segment(cluster: Cluster, granularity: Granularity) -> None:
    topology = topology_of(cluster, granularity)
    sections = dict(zip((one.name for one in topology.segments), peer_conf(topology, VIEWER).peers, strict=False))
    for node in cluster.mesh().ready_nodes:
        own = topology.segment_of(node.name)
        section = sections[own.name]
        assert section.public_key == own.leader.key
        assert node.subnet in section.allowed_ips
        assert host_cidr(own.wireguard_ip) in section.allowed_ips
        assert node.internal_ip is None or host_cidr(node.internal_ip.ip) in section.allowed_ips


@given(clusters(), GRANULARITIES)
def test_no_two_peers_are_given_one_allowed_ip(cluster: Cluster, granularity: Granularity) -> None:
    topology = topology_of(cluster, granularity)
    given_out = Counter(cidr for peer in topology.peers for cidr in peer.allowed_ips)
    asked_for = {cidr for peer in cluster.mesh().ready_peers for cidr in peer.allowed_ips}
    assert given_out == Counter(asked_for)


@given(distinct_clusters(), GRANULARITIES)
def test_where_all_addresses_differ_each_is_routed_to_one_section(
    cluster: Cluster, granularity: Granularity
) -> None:
    topology = cluster.topology(granularity)
    for conf in (peer_conf(topology, VIEWER), node_conf(topology, topology.segments[0].leader, 51820)):
        routed = Counter(cidr for section in conf.peers for cidr in section.allowed_ips)
        assert set(routed.values()) == {1}
    assert not topology.dropped
    assert not topology.lost

"""A whole configuration has no key twice, no allowed IP twice and no endpoint inside, or says so."""

from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.config import WgQuickSettings
from kgctl_py.config.configuration import peer_subject
from kgctl_py.config.wg_quick import wg_quick_configuration
from kgctl_py.findings import Code, Finding
from kgctl_py.findings.rules.configurations import numbered_problems
from kgctl_py.mesh.address import parse_cidr
from kgctl_py.wireguard.difference import effective
from tests.in_memory import Cluster, InMemoryCluster, key, listening_peer, node, peer
from tests.strategies import VIEWER, clusters

NODES = (node("north", 1), node("south", 2, "b"))


def told(cluster: Cluster) -> tuple[list[str], str]:
    """Return the allowed IPs of each peer of the laptop's configuration, and what is told of it."""
    done = cluster.kgctl("showconf", "peer", "laptop", "-o", "wg-quick", "--services", "none", "--dns", "none")
    assert done.exit_code == 0, done.stderr
    lines = done.stdout.splitlines()
    return [line.partition(" = ")[2] for line in lines if line.startswith("AllowedIPs")], done.stderr


def test_of_two_peers_with_one_key_the_later_one_stays_as_wireguard_would_have_it() -> None:
    twins = (listening_peer("a", 2, publicKey=key("a")), listening_peer("b", 3, publicKey=key("a")))
    allowed, stderr = told(Cluster(NODES, (peer("laptop", 1), *twins)))
    assert allowed[2:] == ["10.5.0.3/32"]
    assert 'K-KEY-TWICE "peer a": it has the public key of "peer b", which replaces it' in stderr


def test_a_peer_with_the_key_of_the_interface_is_left_out() -> None:
    allowed, stderr = told(Cluster(NODES, (peer("laptop", 1), listening_peer("copy", 2, publicKey=key("laptop")))))
    assert len(allowed) == 2
    assert 'K-KEY-TWICE "peer copy": it has the public key of the interface itself' in stderr


def test_an_allowed_ip_that_two_have_is_that_of_the_later_one() -> None:
    same = node("south", 2, "b", pod_cidr="10.42.1.0/24")
    allowed, stderr = told(Cluster((NODES[0], same), (peer("laptop", 1),)))
    assert allowed == ["10.1.0.1/32, 10.4.0.1/32", "10.42.1.0/24, 10.1.0.2/32, 10.4.0.2/32"]
    assert (
        'K-PEER-DUP "location:a, leader north": it does not get its allowed IP 10.42.1.0/24: '
        '"location:b, leader south" also has it and comes later' in stderr
    )


@given(clusters(), st.booleans(), st.booleans(), st.sampled_from(("10.96.0.0/12", "10.0.0.0/8", "203.0.113.0/24")))
def test_problems_of_the_final_value_are_reported_and_duplicates_removed(
    cluster: Cluster, all_peers: bool, aggregates: bool, services: str
) -> None:
    topology = cluster.topology()
    subject = peer_subject(topology, topology.given_peers[VIEWER])
    settings = WgQuickSettings(
        dns=(), services=(parse_cidr(services),), all_peers=all_peers, aggregates=aggregates
    )
    configuration = wg_quick_configuration(InMemoryCluster(cluster.mesh), topology, subject, settings, None)
    remarks = [remark for remark in configuration.remarks if isinstance(remark, Finding)]
    looping = {remark.subject for remark in remarks if remark.code is Code.LOOP}
    for _, problem in numbered_problems(configuration.conf, subject.public_key):
        assert problem.code is Code.LOOP, problem
        assert problem.subject in looping


@given(clusters())
def test_the_final_value_is_what_an_interface_would_have_of_it(cluster: Cluster) -> None:
    topology = cluster.topology()
    subject = peer_subject(topology, topology.given_peers[VIEWER])
    settings = WgQuickSettings(dns=(), services=(), all_peers=True)
    conf = wg_quick_configuration(InMemoryCluster(cluster.mesh), topology, subject, settings, None).conf
    assert tuple(effective(conf).values()) == conf.peers


def test_a_healthy_mesh_has_no_remarks() -> None:
    assert "K-" not in told(Cluster(NODES, (peer("laptop", 1),)))[1]

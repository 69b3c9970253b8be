"""A whole configuration has only peers to which a tunnel opens, unless all of them are asked for."""

import random
from pathlib import Path

import pytest
from hypothesis import given

from kgctl_py import names
from kgctl_py.config import WgQuickSettings
from kgctl_py.config.configuration import peer_subject
from kgctl_py.config.wg_quick import wg_quick_configuration, wg_quick_text
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.mesh.topology import Topology
from kgctl_py.mesh.who_can_call import End, never_opens
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.parse import parse_conf
from tests.cli.kgctl import kgctl
from tests.in_memory import EXAMPLE, Cluster, InMemoryCluster, Raw, key, listening_peer, node, peer
from tests.strategies import VIEWER, clusters

QUICK = ("-o", "wg-quick", "--services", "none", "--dns", "none")
SETTINGS = WgQuickSettings(services=(), dns=())


def sections(cluster: Cluster, name: str, *options: str) -> list[str]:
    """Return the names of the peers in a configuration."""
    done = cluster.kgctl("showconf", "peer", name, *QUICK, *options)
    assert done.exit_code == 0, done.stderr
    return [peer.comment for peer in parse_conf(done.stdout).conf.peers]


def peering(name: str, number: int) -> Raw:
    raw = listening_peer(name, number)
    raw["metadata"]["labels"] = {names.PEERING: "edge"}
    return raw


OTHERS = (peer("phone", 2), listening_peer("office", 3), peering("edge.loc.berlin", 4))
CLUSTER = Cluster([node("north")], [peer("laptop", 1), *OTHERS])


def test_peers_that_cannot_call_each_other_and_those_of_a_peering_are_left_out_with_one_note() -> None:
    done = CLUSTER.kgctl("showconf", "peer", "laptop", *QUICK)
    told = (
        "kgctl: note: the configuration leaves out 2 peers, because no tunnel to them is possible; "
        "to include them, add --all-peers\n"
    )
    assert done.stderr.count(told) == 1
    assert sections(CLUSTER, "laptop") == ["location:a, leader north", "peer office"]
    assert sections(CLUSTER, "office")[1:] == ["peer laptop", "peer phone"]


def test_one_note_is_true_for_the_configurations_of_all_peers(tmp_path: Path) -> None:
    done = CLUSTER.kgctl("showconf", "peer", "--all", *QUICK, "-O", str(tmp_path))
    assert done.stderr.count("leaves out") == 1
    assert (
        "kgctl: note: each configuration leaves out the peers to which no tunnel is possible; "
        "to include them, add --all-peers\n"
    ) in done.stderr


def test_all_peers_are_kept_on_request() -> None:
    kept = ["peer edge.loc.berlin", "peer office", "peer phone"]
    assert sections(CLUSTER, "laptop", "--all-peers")[1:] == kept


def test_the_configuration_that_the_reference_shows_and_that_of_a_node_have_all_of_them() -> None:
    assert CLUSTER.kgctl("showconf", "peer", "laptop").stdout.count("[Peer]") == 4
    whole = CLUSTER.kgctl("showconf", "node", "north", "-o", "wg-quick")
    assert (whole.exit_code, whole.stdout.count("[Peer]"), "left out" in whole.stderr) == (0, 4, False)


def test_a_peer_that_a_node_has_heard_may_be_called_there() -> None:
    seen = f'{{"{key("phone")}": {{"IP": "198.51.100.7", "Port": 4500, "Zone": ""}}}}'
    phone = peer("phone", 2, persistentKeepalive=25)
    cluster = Cluster([node("north", discovered_endpoints=seen)], [peer("laptop", 1), phone])
    assert sections(cluster, "laptop")[1:] == ["peer phone"]


def test_a_peer_to_which_no_tunnel_opens_may_stand_in_a_file_or_not() -> None:
    for options in ((), ("--all-peers",)):
        text = CLUSTER.kgctl("showconf", "peer", "laptop", *QUICK, *options).stdout
        assert differs(text) == ""
    assert "+ peer" in differs(CLUSTER.kgctl("showconf", "peer", "laptop", *QUICK).stdout, "--all-peers")


def differs(text: str, *options: str) -> str:
    cluster = InMemoryCluster(CLUSTER.mesh)
    args = ("diff", "peer", "laptop", "--conf", "-", "--services", "none", *options)
    done = kgctl(*args, stdin=text.encode(), cluster=cluster)
    assert done.exit_code == bool(done.stdout), done.stderr
    return done.stdout


def generated(nodes: int) -> Cluster:
    """A mesh as people have it: some nodes behind NAT, most peers without an endpoint, some that were seen."""
    rng = random.Random(nodes)
    peers = [
        (listening_peer if rng.random() < 0.2 else peer)(
            f"peer-{number}", number, persistentKeepalive=rng.choice((0, 25))
        )
        for number in range(1, 13)
    ]
    peers.append(peering("edge.loc.home", 200))
    seen = ",".join(
        f'"{key(f"peer-{number}")}":{{"IP":"198.51.100.{number}","Port":{4000 + number},"Zone":""}}'
        for number in range(1, 13, 4)
    )
    return Cluster(
        [
            node(
                f"node-{number}",
                number,
                f"location-{number % 7}",
                discovered_endpoints=f"{{{seen}}}",
                persistent_keepalive=rng.choice((None, "25")),
            )
            for number in range(1, nodes + 1)
        ],
        peers,
    )


def check_that_every_peer_can_be_called(cluster: Cluster, topology: Topology) -> int:
    """Return how many [Peer]s were checked in the configurations of all peers, as text."""
    live, count = InMemoryCluster(cluster.mesh), 0
    for subject in topology.given_peers.values():
        configuration = wg_quick_configuration(live, topology, peer_subject(topology, subject), SETTINGS, None)
        conf = parse_conf(wg_quick_text(configuration)).conf
        called = End(subject).member.endpoint is not None or topology.discovered_endpoint(
            subject.public_key, subject.persistent_keepalive
        )
        for section in conf.peers:
            assert section.endpoint or called, (subject.name, section.comment)
            count += 1
    return count


@pytest.mark.parametrize("granularity", list(Granularity))
@pytest.mark.parametrize("nodes", [8, 30, 100])
def test_every_peer_of_every_configuration_can_be_called_by_one_side(nodes: int, granularity: Granularity) -> None:
    cluster = generated(nodes)
    topology = cluster.topology(granularity)
    count = check_that_every_peer_can_be_called(cluster, topology)
    assert count >= len(topology.given_peers) * len(topology.segments)


@pytest.mark.parametrize("granularity", ["location", "full"])
def test_every_peer_of_every_configuration_of_the_example_can_be_called(granularity: str) -> None:
    for name in ("laptop", "phone", "office", "backup"):
        done = kgctl(
            *("--from-file", str(EXAMPLE), "--mesh-granularity", granularity),
            *("showconf", "peer", name, *QUICK),
        )
        assert done.exit_code == 0, done.stderr
        if name != "backup":  # others call it
            assert all(section.endpoint for section in parse_conf(done.stdout).conf.peers)


@given(clusters())
def test_peers_are_left_out_if_neither_side_has_an_endpoint(cluster: Cluster) -> None:
    topology = cluster.topology()
    viewer = topology.given_peers[VIEWER]
    subject = peer_subject(topology, viewer)
    live = InMemoryCluster(cluster.mesh)
    kept = keys(wg_quick_configuration(live, topology, subject, SETTINGS, None).conf.peers)
    every = keys(subject.conf.peers)
    opens = {other.public_key for other in topology.peers if not never_opens(topology, End(viewer), End(other))}
    assert kept == every & (opens | {segment.leader.key for segment in topology.segments})


def keys(peers: tuple[object, ...]) -> set[Key | None]:
    return {getattr(peer, "public_key", None) for peer in peers}

"""`kgctl simulate` says what would change, for people and programs, and fails when something is cut off."""

import json

import pytest
import yaml
from hypothesis import given

from tests.cli.in_terminal import kgctl_in_terminal
from tests.cli.kgctl import kgctl
from tests.in_memory import Cluster, InMemoryCluster, node, peer
from tests.strategies import clusters, hostile

EXAMPLE = ("--from-file", "docs/example-cluster.yaml", "simulate")

WITHOUT_THE_LEADER = """\
Nodes, peers, and settings:
  - node/a1

Leaders and WireGuard IPs:
  ~ location:a: leader a1 -> a2 (the only node)

Tunnels:
  - node/a1 no longer has tunnels to node/b1, peer/laptop
  + node/a2 gets tunnels to node/b1, peer/laptop

Configurations to replace:
  ~ peer/laptop

nothing is cut off
"""

CLUSTER = Cluster(
    [node("a1", 1), node("a2", 2, wireguard_ip=None), node("b1", 3, "b", wireguard_ip="10.4.0.2/16")],
    [peer("laptop", 1, persistentKeepalive=25)],
)


def test_a_leader_that_leaves_is_replaced() -> None:
    done = CLUSTER.kgctl("simulate", "--without", "a1")
    assert (done.exit_code, done.stdout, done.stderr) == (0, WITHOUT_THE_LEADER, "")


def test_without_a_change_it_reads_no_cluster_and_says_what_can_be_changed() -> None:
    done = kgctl("--from-file", "missing.yaml", "simulate")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == ("kgctl: no change given\nhint: to see what you can change: kgctl simulate --help\n")


@pytest.mark.parametrize(
    ("args", "note"),
    [
        (("--granularity", "location"), "note: the granularity is already location"),
        (("--subnet", "10.4.7.7/16"), "note: the Kilo subnet is already 10.4.0.0/16"),
        (("--peer-file", "-"), 'note: peer "laptop" is the same in the file and in the cluster'),
    ],
)
def test_a_change_to_what_is_already_so_changes_nothing_and_says_so(args: tuple[str, ...], note: str) -> None:
    cluster = InMemoryCluster(CLUSTER.mesh)
    done = kgctl("simulate", *args, stdin=yaml.safe_dump(CLUSTER.peers[0]).encode(), cluster=cluster)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "nothing changes\n", f"kgctl: {note}\n")


def test_what_is_cut_off_fails() -> None:
    done = kgctl(*EXAMPLE, "--without", "berlin-1,berlin-2,berlin-3")
    assert done.exit_code == 1
    assert "  - network/10.9.0.0/24 to and from" in done.stdout
    assert "      no location routes 10.9.0.0/24\n" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("cut off: ")


def test_another_subnet_moves_every_wireguard_ip() -> None:
    done = CLUSTER.kgctl("simulate", "--subnet", "10.9.0.7/24")
    assert "  ~ Kilo subnet 10.4.0.0/16 -> 10.9.0.0/24\n" in done.stdout
    assert "  ~ location:b: WireGuard IP 10.4.0.2 -> 10.9.0.2\n" in done.stdout
    assert "K-SUBNET" not in done.stdout


def test_a_subnet_that_contains_other_networks_is_a_finding() -> None:
    done = CLUSTER.kgctl("simulate", "--subnet", "10.40.0.0/13")
    assert "K-SUBNET-OVERLAP" in done.stdout
    assert "the Kilo subnet 10.40.0.0/13 overlaps 10.42.1.0/24, the pod CIDR of node" in done.stdout


def test_a_new_node_is_told_what_it_is_assumed_to_have() -> None:
    done = CLUSTER.kgctl("simulate", "--with-node", "c1,location=c,endpoint=203.0.113.9:51820,leader")
    assert done.stderr == (
        'kgctl: note: kgctl assumes for node "c1": internal-ip=192.168.0.1/24,pod-cidr=10.42.4.0/24\n'
    )
    assert "  + location:c: leader c1, WireGuard IP 10.4.0.3\n" in done.stdout


def test_of_a_new_node_with_all_values_nothing_is_assumed() -> None:
    new = "c1,endpoint=203.0.113.9:51820,internal-ip=10.9.0.1/24,pod-cidr=10.42.9.0/24,keepalive=25s"
    done = CLUSTER.kgctl("simulate", "--with-node", new)
    assert (done.exit_code, done.stderr) == (0, "")


def test_a_file_without_peers_is_told_how_to_save_some() -> None:
    done = kgctl("simulate", "--peer-file", "-", stdin=b"Name,Owner\n", cluster=InMemoryCluster(CLUSTER.mesh))
    assert (done.exit_code, done.stdout) == (1, "")
    assert (
        "\nhint: to save the Peers of a cluster: kubectl get peers.kilo.squat.ai -o yaml > peers.yaml"
        in done.stderr
    )


def test_the_segment_of_nodes_without_a_location_has_a_visible_name() -> None:
    done = CLUSTER.kgctl("simulate", "--with-node", "c1")
    assert "  + location:<none>: leader c1, WireGuard IP 10.4.0.1\n" in done.stdout


def test_two_new_nodes_get_different_addresses() -> None:
    done = CLUSTER.kgctl("simulate", "--with-node", "c1,location=c", "--with-node", "c2,location=c")
    assert "internal-ip=192.168.0.1/24,pod-cidr=10.42.4.0/24" in done.stderr
    assert "internal-ip=192.168.0.2/24,pod-cidr=10.42.5.0/24" in done.stderr
    assert done.stdout.splitlines()[0:2] == ["Nodes, peers, and settings:", "  + node/c1, node/c2"]


def test_peers_come_from_a_file_or_stdin_and_replace_those_of_their_name() -> None:
    stolen = yaml.safe_dump_all([peer("a", 1), peer("laptop", 7, persistentKeepalive=25)]).encode()
    cluster = CLUSTER.kgctl
    done = kgctl_with(stolen, "simulate", "--peer-file", "-")
    assert "  + peer/a\n  ~ peer/laptop: allowed IPs 10.5.0.1/32 -> 10.5.0.7/32\n" in done
    assert cluster("simulate", "--peer-file", "missing.yaml").exit_code == 1


def kgctl_with(stdin: bytes, *args: str) -> str:
    return kgctl(*args, stdin=stdin, cluster=InMemoryCluster(CLUSTER.mesh)).stdout


def test_a_program_gets_all_of_it() -> None:
    data = json.loads(CLUSTER.kgctl("simulate", "--without", "a1", "-o", "json").stdout)
    assert (data["apiVersion"], data["kind"], data["cutOff"]) == ("kgctl.kilo.squat.ai/v1", "Changes", False)
    assert data["fields"] == [
        {"place": {"kind": "node", "name": "a1"}, "field": "state", "old": "ready", "new": None, "reason": None}
    ]
    assert data["segments"] == [
        {
            "segment": "location:a",
            "old": {"leader": "a1", "reason": "public endpoint", "wireguardIP": "10.4.0.1"},
            "new": {"leader": "a2", "reason": "the only node", "wireguardIP": "10.4.0.1"},
        }
    ]
    assert data["tunnels"][0] == {
        "event": "broken",
        "ends": [{"kind": "node", "name": "a1"}, {"kind": "node", "name": "b1"}],
    }
    assert data["configurations"] == ["laptop"]
    assert (data["reach"], data["findings"]) == ([], {"added": [], "removed": []})
    as_yaml = CLUSTER.kgctl("simulate", "--without", "a1", "-o", "yaml").stdout
    assert yaml.safe_load(as_yaml) == data


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("--without", "a9"), 1, 'node "a9" not found in the cluster'),
        (("--without", "a1,"), 2, '--without "a1," has an empty name'),
        (("--without", ""), 2, '--without "" has an empty name'),
        (("--without", "a1,a2,b1"), 1, "no ready node would be left"),
        (("--with-node", "a1"), 1, 'node "a1" already exists'),
        (("--with-node", "n", "--with-node", "n,location=b"), 2, '--with-node has node "n" twice'),
        (("--with-node", "a-"), 2, '--with-node "a-" is not a valid node name: use up to 253 lower-case'),
        (("--with-node", "c,x=1"), 2, '--with-node "c,x=1" has the unknown key "x"'),
        (("--with-node", "c,leader,leader"), 2, '--with-node "c,leader,leader" has leader twice'),
        (("--with-node", "c,leader=no"), 2, 'leader "no" is not "true"\nhint: for example: leader=true'),
        (("--with-node", "c,endpoint=x"), 2, 'endpoint "x" is not HOST:PORT'),
        (("--with-node", "c,keepalive=70000"), 2, "is not a number of seconds from 0 to 65535"),
        (("--subnet", "10.4.0.0"), 2, '--subnet "10.4.0.0" is not a CIDR: it has no prefix length, such as /32'),
        (
            ("--subnet", "10.4.0.0/31"),
            1,
            "is exhausted: it has 1 address for 2 segments\nhint: use a larger --subnet",
        ),
        (("--granularity", "wide"), 2, "wide"),
        (("--peer-file", "docs/example-cluster.yml"), 1, "docs/example-cluster.yml"),
        (("--peer-file", "pyproject.toml"), 1, "pyproject.toml"),
    ],
)
def test_bad_input_is_one_clear_line(args: tuple[str, ...], code: int, message: str) -> None:
    done = CLUSTER.kgctl("simulate", *args)
    assert (done.exit_code, done.stdout) == (code, "")
    assert message in done.stderr
    first, *others = done.stderr.splitlines()
    assert first.startswith("kgctl: ")
    assert all(line.startswith("hint: ") for line in others)


def test_it_fits_a_terminal_of_80_columns() -> None:
    shown = kgctl_in_terminal(*EXAMPLE, "--granularity", "full", columns=80)
    assert max(map(len, shown.stdout.splitlines())) <= 80
    shown = kgctl_in_terminal(*EXAMPLE, "--without", "berlin-1,berlin-2,berlin-3", columns=80)
    assert max(map(len, shown.stdout.splitlines())) <= 80


def test_long_lists_are_shortened_unless_all_is_requested() -> None:
    cut = kgctl(*EXAMPLE, "--without", "berlin-1,berlin-2,berlin-3").stdout
    whole = kgctl(*EXAMPLE, "--without", "berlin-1,berlin-2,berlin-3", "--verbose").stdout
    assert ", and " in cut
    assert " more\n" not in whole


@given(clusters(hostile))
def test_no_name_breaks_out_of_its_line(cluster: Cluster) -> None:
    done = cluster.kgctl("simulate", "--without", "node-0")
    assert "fault of kgctl" not in done.stderr
    assert (done.stdout + done.stderr).replace("\n", "").isprintable()

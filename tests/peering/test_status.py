"""`kgctl peering status`, `verify`, `export` and `dns`: what is told of two clusters, without a change."""

import datetime
import json
from pathlib import Path

import pytest

from kgctl_py import names
from kgctl_py.errors import KgctlError
from kgctl_py.peering.planning.problem import PeeringCode
from tests.in_memory import EXAMPLE, key, node, peer
from tests.peering.clusters import Server, World, aws, edge

ENDPOINT = {"IP": "198.51.100.11", "Port": 51820, "Zone": ""}


def joined() -> World:
    world = World(aws=aws(peers=[peer("laptop")]), edge=edge())
    assert world.kgctl("connect", "aws", "edge").exit_code == 0
    return world


def hears(server: Server, number: int, *owners: str) -> None:
    """Have a node report a handshake with each of these keys."""
    told = json.dumps({key(owner): ENDPOINT for owner in owners})
    server.nodes[number]["metadata"]["annotations"][names.DISCOVERED_ENDPOINTS] = told


def server(world: World, name: str) -> Server:
    found = world.servers[name]
    assert isinstance(found, Server)
    return found


def test_status_of_two_clusters_counts_and_compares() -> None:
    world = joined()
    hears(server(world, "aws"), 0, "edge berlin-1")
    run = world.kgctl("status", "aws", "edge", "--exit-code")
    assert (run.exit_code, run.stderr) == (0, "")
    assert [line.split() for line in run.stdout.splitlines()] == [
        ["IN", "CLUSTER", "PEERS", "TUNNELS", "SEEN", "SERVICES", "DRIFT", "AGE"],
        ["aws", "edge", "2", "2", "1/2", "via", "location:berlin", "<none>", "<none>"],
        ["edge", "aws", "1", "2", "0/2", "via", "location:eu-west", "<none>", "<none>"],
    ]


def test_status_reports_what_connect_would_change() -> None:
    world = joined()
    server(world, "edge").nodes[1]["metadata"]["annotations"][names.LEADER] = ""
    run = world.kgctl("status", "aws", "edge", "--exit-code")
    assert (run.exit_code, "update edge.loc.berlin" in run.stdout) == (1, True)
    assert world.kgctl("status", "aws", "edge").exit_code == 0
    told = json.loads(world.kgctl("status", "aws", "edge", "-o", "json").stdout)
    assert [one["drift"] for one in told["peerings"]] == [["update edge.loc.berlin"], []]


def test_an_exit_code_needs_clusters_to_compare() -> None:
    run = joined().kgctl("status", "aws", "--exit-code")
    assert (run.exit_code, "--exit-code needs at least two clusters" in run.stderr) == (2, True)


def test_status_tells_how_old_a_peering_is() -> None:
    world = joined()
    found = server(world, "aws")
    for name, hours in (("edge.loc.berlin", 25), ("edge.loc.home", 2)):
        created = datetime.datetime.fromtimestamp(found.now - hours * 3600, datetime.UTC)
        found.peers[name]["metadata"]["creationTimestamp"] = f"{created:%Y-%m-%dT%H:%M:%SZ}"
    assert world.kgctl("status", "aws").stdout.split()[-1] == "1d1h"
    told = json.loads(world.kgctl("status", "aws", "edge", "-o", "json").stdout)
    assert [one["ageSeconds"] for one in told["peerings"]] == [25 * 3600, None]
    found.peers["edge.loc.home"]["metadata"]["creationTimestamp"] = "long ago"
    assert world.kgctl("status", "aws").stdout.split()[-1] == "1d1h"


def test_status_of_one_cluster_knows_no_drift() -> None:
    world = joined()
    world.servers["edge"] = KgctlError("it does not answer")
    run = world.kgctl("status", "aws")
    assert (run.exit_code, run.stdout.split()[-2]) == (0, "unknown")
    world.servers[""] = server(world, "aws")
    assert "edge" in world.kgctl("status").stdout
    saved = world.kgctl("status", "--from-file", "no/saved.yaml")
    assert saved.stderr.startswith('kgctl: cluster "saved": cannot read')
    world.servers["aws"] = aws()
    assert world.kgctl("status", "aws").stdout == "no peerings found\n"


OPTIONS = (
    ("--services", "none"),
    ("--services", "edge", "--internal-ips", "none"),
    ("--keepalive", "7", "--location-ips", "172.20.0.0/16"),
    ("--endpoint", "edge/berlin=none", "--endpoint", "edge/home=home.example.com:7"),
    ("--service-cidr", "edge=10.99.0.0/16"),
)


def joined_with(*options: str) -> World:
    world = joined()
    server(world, "edge").nodes[0]["metadata"]["annotations"][names.PERSISTENT_KEEPALIVE] = "25"
    assert world.kgctl("connect", "aws", "edge", *options).exit_code == 0
    return world


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
def test_status_and_verify_compare_with_the_options_of_connect(options: tuple[str, ...]) -> None:
    world = joined_with(*options)
    run = world.kgctl("status", "aws", "edge", "--exit-code")
    assert run.exit_code == 0, run.output
    told = run.stderr.replace("'", "")
    assert all(word in told for word in options[1::2]), told
    assert "K-PEERING-DRIFT" not in world.kgctl("verify", "aws", "edge").stdout
    assert world.kgctl("status", "aws", "edge", "--exit-code", *options).exit_code == 0
    assert world.kgctl("connect", "aws", "edge", *options).stdout.count("no change") == 2


def test_options_that_are_typed_replace_those_that_peers_keep() -> None:
    world = joined_with("--services", "none")
    run = world.kgctl("status", "aws", "edge", "--exit-code", "--services", "edge")
    assert (run.exit_code, run.stderr) == (1, "")
    assert "update edge.loc.berlin" in run.stdout
    assert world.kgctl("connect", "aws", "edge").exit_code == 0
    assert world.kgctl("status", "aws", "edge", "--exit-code").stderr == ""
    peers = (*world.peers("aws").values(), *world.peers("edge").values())
    assert not any(names.PEERING_OPTIONS in one["metadata"].get("annotations", {}) for one in peers)


def test_of_three_clusters_each_pair_keeps_the_options_that_concern_it() -> None:
    nodes = [node("o1", 31, "o", pod_cidr="10.46.1.0/24", key=key("o1"), wireguard_ip="10.7.0.1/16")]
    office = Server(nodes, uid="uid-office", services="10.47.0.0/16")
    world = World(aws=aws(), edge=edge(), office=office)
    options = ("--services", "aws,office", "--endpoint", "office/o=192.0.2.7:7")
    assert world.kgctl("connect", "aws", "edge", "office", *options).exit_code == 0
    kept = {
        name: one["metadata"]["annotations"].get(names.PEERING_OPTIONS, "")
        for name, one in world.peers("aws").items()
    }
    assert kept == {
        "edge.loc.berlin": "--services=aws",
        "edge.loc.home": "--services=aws",
        "office.loc.o": "--endpoint=office/o=192.0.2.7:7",
    }
    for clusters in (("aws", "edge", "office"), ("aws", "edge"), ("office", "edge"), ("aws", "office")):
        run = world.kgctl("status", *clusters, "--exit-code")
        assert run.exit_code == 0, (clusters, run.output)


@pytest.mark.parametrize("text", ["--x=1", "'", "--endpoint=nowhere/a=1.2.3.4:5", "--keepalive=often", "\x1b[31m"])
def test_options_that_cannot_be_read_are_ignored_with_a_warning(text: str) -> None:
    world = joined()
    world.peers("aws")["edge.loc.berlin"]["metadata"]["annotations"][names.PEERING_OPTIONS] = text
    run = world.kgctl("status", "aws", "edge", "--exit-code")
    assert (run.exit_code, "ignoring the options that are stored in the Peers" in run.stderr) == (0, True), (
        run.output
    )
    assert "\x1b" not in run.output


def test_an_endpoint_of_a_segment_that_no_longer_exists_is_no_error() -> None:
    world = joined_with("--endpoint", "edge/home=home.example.com:7")
    del server(world, "edge").nodes[2]
    run = world.kgctl("status", "aws", "edge")
    assert (run.exit_code, "delete edge.loc.home" in run.stdout) == (0, True), run.output


@pytest.mark.parametrize("command", ["status", "verify"])
@pytest.mark.parametrize("option", ["--adopt", "--annotate", "--psk", "--write", "--yes-replace"])
def test_options_that_only_concern_writing_belong_to_connect(command: str, option: str) -> None:
    run = joined().kgctl(command, "aws", "edge", option)
    assert (run.exit_code, f'unknown option "{option}"' in run.stderr) == (2, True), run.output


@pytest.mark.parametrize("command", ["status", "verify"])
def test_the_options_of_connect_are_taken_but_only_its_help_lists_them(command: str) -> None:
    world = joined()
    assert "--internal-ips" in world.kgctl("connect", "--help").stdout
    assert "--internal-ips" not in world.kgctl(command, "--help").stdout
    assert world.kgctl(command, "aws", "edge", "--internal-ips", "none").exit_code in (0, 1)


def test_verify_shows_who_has_heard_whom() -> None:
    world = joined()
    hears(server(world, "aws"), 0, "edge berlin-1", "edge home-1")
    hears(server(world, "edge"), 0, "aws n1")
    hears(server(world, "edge"), 2, "aws n1")
    run = world.kgctl("verify", "aws", "edge")
    assert (run.exit_code, run.stderr) == (0, ""), run.output
    assert [line.split() for line in run.stdout.splitlines()] == [
        ["aws", "/", "edge", "location:berlin", "location:home"],
        ["location:eu-west", *("√" * 4)],
    ]


def test_verify_passes_although_a_warning_says_what_is_left_out() -> None:
    world = World(aws=aws(), edge=edge())
    annotations = server(world, "edge").nodes[1]["metadata"]["annotations"]
    annotations[names.INTERNAL_IP] = "10.1.0.2/24"  # that of n2
    assert world.kgctl("connect", "aws", "edge").exit_code == 0
    hears(server(world, "aws"), 0, "edge berlin-1", "edge home-1")
    hears(server(world, "edge"), 0, "aws n1")
    hears(server(world, "edge"), 2, "aws n1")
    run = world.kgctl("verify", "aws", "edge")
    assert ("‼ K-PEERING-INTERNAL" in run.stdout, run.exit_code) == (True, 0), run.output


def test_verify_forgives_silence_unless_keepalives_are_sent() -> None:
    world = joined()
    run = world.kgctl("verify", "aws", "edge")
    assert run.exit_code == 1
    assert run.stdout.splitlines()[1].split() == ["location:eu-west", *"·" * 2, *"×" * 2]  # noqa: RUF001
    assert '"location:eu-west" and "location:home" of edge have had no handshake' in run.stdout
    assert '"location:berlin"' not in run.stdout
    told = json.loads(world.kgctl("verify", "aws", "edge", "-o", "json").stdout)
    assert [(one["seen"], one["seenBack"]) for one in told["pairs"]] == [(None, None), (False, False)]


def test_problems_of_one_kind_have_their_hint_once() -> None:
    world = World(aws=aws(), edge=edge())
    told = world.kgctl("verify", "aws", "edge").stdout.splitlines()
    last = [line for line in told if "K-PEERING-DRIFT" in line][-1]
    hint = "    hint: run kgctl peering connect with the same options"
    assert [line for line in told if "peering connect" in line] == [hint]
    assert told[told.index(last) + 1] == hint


def test_verify_names_peers_that_differ() -> None:
    world = joined()
    del world.peers("edge")["aws.loc.eu-west"]
    run = world.kgctl("verify", "aws", "edge")
    assert (run.exit_code, "K-PEERING-DRIFT edge: peer" in run.stdout) == (1, True)
    assert "K-PEERING-UNSEEN" not in run.stdout
    assert world.kgctl("verify", "aws").exit_code == 2


def test_a_card_stands_for_a_cluster_and_contains_no_secret(tmp_path: Path) -> None:
    file = tmp_path / "edge.yaml"
    whole, world = (
        World(aws=aws(), edge=edge()),
        World(aws=aws(), edge=edge(peers=[peer("x", 9, presharedKey=key("p"))])),
    )
    assert world.kgctl("export", "edge", "-O", str(file)).exit_code == 0
    assert "presharedKey" not in file.read_text()
    assert whole.kgctl("connect", "aws", "edge").exit_code == 0
    run = world.kgctl("connect", "aws", str(file))
    assert run.exit_code == 0, run.output
    assert "aws in edge (read only; to print its Peers, add --print yaml)" in run.stdout
    assert {name: one["spec"] for name, one in world.peers("aws").items()} == {
        name: one["spec"] for name, one in whole.peers("aws").items()
    }
    uids = {one["metadata"]["annotations"][names.PEERING_UID] for one in world.peers("aws").values()}
    assert uids == {"uid-edge"}
    printed = world.kgctl("connect", "aws", str(file), "--print", "yaml").stdout
    assert "name: aws.loc.eu-west" in printed.partition("# cluster edge")[2]


def test_export_says_that_a_service_cidr_is_a_guess() -> None:
    far = edge(services="10.45.0.0/24")
    world = World(aws=aws(), edge=far)
    assert world.kgctl("export", "edge").stderr == ""
    far.guesses_services = True
    told = world.kgctl("export", "edge").stderr
    assert "the Service CIDR is unknown; the output has 10.45.0.0/24" in told
    assert "--service-cidr edge=CIDR" in told


def test_two_cards_can_only_be_planned_and_printed(tmp_path: Path) -> None:
    world = World(aws=aws(), edge=edge())
    files = [tmp_path / f"{name}.yaml" for name in ("aws", "edge")]
    for file in files:
        world.kgctl("export", file.stem, "-O", str(file))
    run = world.kgctl("connect", *map(str, files))
    assert (run.exit_code, "all clusters are files" in run.stderr) == (2, True)
    assert world.kgctl("connect", *map(str, files), "--print", "yaml").exit_code == 0
    tried = world.kgctl("connect", *map(str, files), "--dry-run", "client")
    assert (tried.exit_code, "+ edge.loc.berlin" in tried.stdout) == (0, True), tried.output


def test_dns_prints_a_block_for_coredns() -> None:
    world = World(aws=aws(), edge=edge())
    run = world.kgctl("dns", "aws", "edge", "--zone", "far.example")
    assert run.exit_code == 0
    assert run.stdout == (
        "far.example:53 {\n    errors\n    cache 30\n"
        "    rewrite stop name suffix .far.example. .cluster.local. answer auto\n"
        "    forward . 10.45.0.10\n}\n"
    )
    assert world.kgctl("dns", "aws", "edge").stdout.startswith("edge.local:53 {\n")


@pytest.mark.parametrize("zone", ["Edge", "cluster.local", "1.2.3.4"])
def test_a_zone_that_cannot_be_is_a_usage_error(zone: str) -> None:
    world = World(aws=aws(), edge=edge())
    assert world.kgctl("dns", "aws", "edge", "--zone", zone).exit_code == 2


def test_a_cluster_whose_dns_is_unknown_is_an_error() -> None:
    world = World(aws=aws(), edge=edge(services=""))
    run = world.kgctl("dns", "aws", "edge")
    assert (run.exit_code, "the address of its DNS server is unknown" in run.stderr) == (1, True)


def test_every_code_has_a_row_in_the_docs() -> None:
    rows = (EXAMPLE.parent / "peering.md").read_text()
    assert [code for code in PeeringCode if f"| {code} |" not in rows] == []


def test_a_file_without_services_is_saved_again_before_one_is_mirrored(tmp_path: Path) -> None:
    world = World(aws=aws(), edge=edge())
    file = tmp_path / "aws.yaml"
    file.write_text("apiVersion: v1\nkind: List\nitems: []\n")
    run = world.kgctl("mirror", str(file), "edge", "shop/web")
    hint = "hint: save the file again with the Services of the cluster\n"
    assert (run.exit_code, run.stderr) == (1, f'kgctl: cluster "aws": no Service in the file\n{hint}')

"""`kgctl get` lists what is there in kubectl's manner: tables for people, objects for programs."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given

from kgctl_py import names
from kgctl_py.findings import Code
from tests.cli.in_terminal import kgctl_in_terminal
from tests.cli.kgctl import completed, kgctl
from tests.in_memory import NOW, Cluster, Raw, key, node, peer
from tests.strategies import clusters, hostile

EXAMPLE = ("--from-file", "docs/example-cluster.yaml")


def labelled(raw: Raw, **labels: str) -> Raw:
    raw["metadata"]["labels"] = labels
    return raw


def rows(cluster: Cluster, *args: str) -> list[dict[str, str]]:
    """Return the table that is printed, as a dictionary by heading for each row."""
    done = cluster.kgctl("get", *args)
    assert done.exit_code == 0, done.stderr
    heading, *lines = done.stdout.splitlines()
    starts = [n for n, c in enumerate(heading) if c != " " and (n == 0 or heading[max(0, n - 3) : n] == "   ")]
    ends = [*starts[1:], None]
    pairs = list(zip(starts, ends, strict=True))
    return [{heading[a:b].strip(): line[a:b].strip() for a, b in pairs} for line in lines]


def names_of(cluster: Cluster, *args: str) -> list[str]:
    """Return the names that `-o name` prints."""
    done = cluster.kgctl("get", *args, "-o", "name")
    assert done.exit_code == 0, done.stderr
    return done.stdout.split()


def documents(cluster: Cluster, *args: str) -> list[Any]:
    """Return the objects of a list."""
    done = cluster.kgctl("get", *args, "-o", "json")
    assert done.exit_code == 0, done.stderr
    read = json.loads(done.stdout)
    assert (read["apiVersion"], read["kind"]) == ("kgctl.kilo.squat.ai/v1", "List")
    items: list[Any] = read["items"]
    return items


HEARD = json.dumps({key("laptop"): {"IP": "198.51.100.7", "Port": 40000}})
MESH = Cluster(
    [
        labelled(node("a1", 1, leader="true", discovered_endpoints=HEARD), zone="1", tier="edge"),
        labelled(
            node(
                "a2", 2, last_seen=str(NOW - 9), allowed_location_ips="10.9.0.0/24,10.5.0.0/30", wireguard_ip=None
            ),
            zone="2",
        ),
        node("a3", 3, last_seen=str(NOW - 432), endpoint=None, wireguard_ip=None),
        node("b1", 4, "b", force_endpoint="nonsense", wireguard_ip="10.4.0.2/16"),
        node("c1", 5, "c", last_seen=None),
    ],
    [
        peer("laptop", 1, persistentKeepalive=25, presharedKey=key("psk")),
        peer("twin", 1, persistentKeepalive=25),
        peer("odd", 9, allowedIPs=["10.5.0.9"]),
    ],
)


def test_nodes_say_who_leads_who_is_ready_and_why_not() -> None:
    table = {row["NAME"]: row for row in rows(MESH, "nodes")}
    assert table["a1"] == {
        "NAME": "a1",
        "LOCATION": "a",
        "LEADER": "yes",
        "READY": "yes",
        "LAST SEEN": "0s",
        "WG IP": "10.4.0.1",
        "REASON": "<none>",
    }
    assert [table[name]["READY"] for name in ("a1", "a2", "a3", "b1", "c1")] == ["yes", "yes", "no", "yes", "no"]
    assert [table[name]["LAST SEEN"] for name in ("a2", "a3", "c1")] == ["9s", "7m12s", "never"]
    assert [table[name]["REASON"] for name in ("a3", "b1", "c1")] == [
        "no endpoint, stale",
        "K-FORCE-ENDPOINT",
        "never seen",
    ]
    assert (table["a2"]["WG IP"], table["b1"]["WG IP"]) == ("<none>", "10.4.0.2")


def test_peers_show_where_nodes_saw_them_and_their_findings() -> None:
    table = {row["NAME"]: row for row in rows(MESH, "peers")}
    assert table["laptop"] == {
        "NAME": "laptop",
        "ALLOWED IPS": "10.5.0.1/32",
        "ENDPOINT": "198.51.100.7:40000*",
        "STATUS": "Ok",
    }
    wide = {row["NAME"]: row for row in rows(MESH, "peers", "-o", "wide")}["laptop"]
    assert [wide[heading] for heading in ("KEEPALIVE", "PSK", "SEEN BY", "OWNER")] == [
        "25s",
        "yes",
        "a1",
        "<none>",
    ]
    assert table["twin"]["STATUS"] == "Error: K-PEER-DUP"
    assert table["odd"]["STATUS"].startswith('Invalid: spec.allowedIPs[0] "10.5.0.9" is not a CIDR')


def test_locations_say_why_their_leader_leads_and_what_is_dropped() -> None:
    table = {row["NAME"]: row for row in rows(MESH, "locations", "-o", "wide")}
    assert table["a"] == {
        "NAME": "a",
        "LEADER": "a1",
        "LEADER REASON": "leader annotation, public endpoint",
        "WG IP": "10.4.0.1",
        "READY": "2/3",
        "MEMBERS": "a1,a2",
        "NOT READY": "a3",
        "LOCATION IPS": "10.9.0.0/24",
        "DROPPED": "10.5.0.0/30 (peer:laptop has it)",
    }
    assert (table["b"]["LEADER REASON"], table["c"]["LEADER REASON"]) == ("the only node", "no node is ready")


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ({"leader": "", "endpoint": "10.0.0.1:1"}, {}, "leader annotation"),
        ({"endpoint": "10.0.0.1:1"}, {}, "public endpoint"),
        ({"endpoint": "10.0.0.1:1"}, {"endpoint": "10.0.0.2:1"}, "first by name"),
    ],
)
def test_each_reason_to_lead_has_its_words(first: dict[str, str], second: dict[str, str], why: str) -> None:
    assert [
        row["LEADER REASON"] for row in rows(Cluster([node("a", 1, **first), node("b", 2, **second)]), "loc")
    ] == [why]


@pytest.mark.parametrize("kind", ["node", "nodes", "no", "NODES"])
def test_a_kind_goes_by_the_names_that_kubectl_would_give_it(kind: str) -> None:
    assert names_of(MESH, kind, "b1", "a1") == ["node/b1", "node/a1"]


def test_names_choose_and_what_name_prints_can_be_given_back() -> None:
    assert names_of(MESH, "location", "a", "location:b") == ["location/a", "location/b"]
    printed = names_of(MESH, "nodes,peers,locations")
    assert names_of(MESH, *printed) == printed
    assert [one["kind"] for one in documents(MESH, "node/a1", "peer/odd")] == ["Node", "Peer"]


def test_several_kinds_stand_in_tables_of_their_own() -> None:
    done = MESH.kgctl("get", "nodes,peers")
    nodes, peers = done.stdout.split("\n\n")
    assert (nodes.count("\n"), peers.count("\n")) == (5, 4)


def test_one_name_is_an_object_and_all_else_is_a_list() -> None:
    one = json.loads(MESH.kgctl("get", "node", "a1", "-o", "json").stdout)
    assert (one["apiVersion"], one["kind"]) == ("kgctl.kilo.squat.ai/v1", "Node")
    assert one["metadata"] == {"name": "a1", "labels": {"zone": "1", "tier": "edge"}}
    assert yaml.safe_load(MESH.kgctl("get", "node", "a1", "-o", "yaml").stdout) == one
    assert documents(MESH, "node", "a1", "b1")[0] == one


def test_programs_get_all_that_is_known_of_a_node() -> None:
    status = documents(MESH, "nodes")[0]["status"]
    assert status == {
        "location": "a",
        "segment": "location:a",
        "leader": True,
        "ready": True,
        "reasons": [],
        "lastSeen": "2026-01-01T09:00:00Z",
        "granularity": "location",
        "wireGuardIP": "10.4.0.1",
        "internalIP": "10.1.0.1",
        "podCIDR": "10.42.1.0/24",
        "endpoint": "203.0.113.1:51820",
        "discoveredEndpoint": None,
        "persistentKeepalive": 0,
        "publicKey": key("a1"),
        "allowedLocationIPs": [],
        "findings": [],
    }
    command, words = f"kubectl annotate node b1 {names.FORCE_ENDPOINT}-", Code.FORCE_ENDPOINT.in_words
    assert documents(MESH, "nodes")[3]["status"]["findings"] == [
        {
            "code": "K-FORCE-ENDPOINT",
            "severity": "warning",
            "field": names.FORCE_ENDPOINT,
            "message": f'{names.FORCE_ENDPOINT} "nonsense" is not HOST:PORT',
            "hint": f"{words[0].lower()}{words[1:-1]}: {command}",
            "command": command,
        }
    ]


def test_programs_get_all_that_is_known_of_a_peer_but_its_secret() -> None:
    laptop, odd, twin = (one["status"] for one in documents(MESH, "peers"))
    assert (laptop["presharedKey"], key("psk") in MESH.kgctl("get", "peers", "-o", "json").stdout) == (True, False)
    assert laptop["seenBy"] == [{"node": "a1", "endpoint": "198.51.100.7:40000"}]
    assert twin["lostIPs"] == [{"cidr": "10.5.0.1/32", "holder": "laptop"}]
    assert (odd["ready"], laptop["ready"], laptop["reason"]) == (False, True, None)


def test_programs_get_all_that_is_known_of_a_location() -> None:
    status = documents(MESH, "locations")[0]["status"]
    assert status["notReady"] == [{"name": "a3", "reasons": ["no endpoint", "last seen 7m12s ago"]}]
    assert status["droppedLocationIPs"] == [{"cidr": "10.5.0.0/30", "holder": "peer:laptop"}]
    assert (status["members"], status["why"]) == (["a1", "a2"], "leader annotation, public endpoint")


def test_a_selector_chooses_by_labels() -> None:
    assert names_of(MESH, "nodes", "-l", "zone in (1,2),tier!=edge") == ["node/a2"]
    assert names_of(MESH, "nodes", "-l", "!zone") == ["node/a3", "node/b1", "node/c1"]


def test_rows_are_sorted_by_value_with_empty_cells_last() -> None:
    assert names_of(MESH, "nodes", "--sort-by", "lastSeen")[:3] == ["node/a1", "node/b1", "node/a2"]
    assert names_of(MESH, "nodes", "--sort-by", "last seen")[-1] == "node/c1"
    cluster = Cluster([node("n")], [peer("x", 10), peer("y", 9), peer("z", 100)])
    assert names_of(cluster, "peers", "--sort-by", "ALLOWED-IPS") == ["peer/y", "peer/x", "peer/z"]


def test_headings_can_be_left_out() -> None:
    done = MESH.kgctl("get", "peers", "--no-headers")
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["laptop", "odd", "twin"]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        ((), 2, "missing argument KIND"),
        (("pods",), 2, 'unknown kind "pods"'),
        (("nodes,pods",), 2, 'unknown kind "pods"'),
        (("nodes,peers", "a1"), 2, '"nodes,peers" is more than one kind, which does not work with names'),
        (("all", "a1"), 2, '"all" is more than one kind, which does not work with names'),
        (("node/a1", "peer"), 2, '"peer" has no kind, unlike the first argument'),
        (("/a1",), 2, '"/a1" has no kind before its name'),
        (("node", ""), 1, 'node "" not found in the cluster'),
        (("node", "zzz"), 1, 'the nodes are "a1", '),
        (("node/",), 2, '"node/" has no name after its kind'),
        (("nodes", "--sort-by", "age"), 2, '--sort-by "age" is not a column of nodes'),
        (("nodes", "-l", "a in b"), 2, '--selector "a in b" '),
        (("locations", "-l", "a=b"), 2, "--selector works only with nodes and peers, not with locations"),
        (("nodes", "a1", "a9"), 1, 'node "a9" not found'),
        (("peer", "a1"), 1, 'peer "a1" not found'),
        (("nodes", "-o", "csv"), 2, "csv"),
    ],
)
def test_an_invalid_query_is_one_error_and_prints_nothing(args: tuple[str, ...], code: int, said: str) -> None:
    done = MESH.kgctl("get", *args)
    assert (done.exit_code, done.stdout) == (code, "")
    assert said in done.stderr


def test_a_comma_after_a_kind_does_no_harm() -> None:
    assert MESH.kgctl("get", "nodes,", "peers").stdout == MESH.kgctl("get", "nodes,peers").stdout
    assert MESH.kgctl("get", "nodes,").stdout == MESH.kgctl("get", "nodes").stdout


def test_a_template_of_jsonpath_prints_what_it_says() -> None:
    leaders = '{range .items[?(@.status.leader==true)]}{.metadata.name}{"\\t"}{.status.wireGuardIP}{"\\n"}{end}'
    done = MESH.kgctl("get", "nodes", "-o", f"jsonpath={leaders}")
    assert (done.exit_code, done.stdout) == (0, "a1\t10.4.0.1\nb1\t10.4.0.2\n")
    one = MESH.kgctl("get", "node", "a1", "-o", r"jsonpath={.metadata.labels.zone} {.status.findings}")
    assert one.stdout == "1 []"


def test_columns_of_the_users_own_are_one_table_of_all_kinds() -> None:
    columns = "custom-columns=NAME:.metadata.name,WHERE:.status.location,IPS:{.status.allowedIPs[*]}"
    done = MESH.kgctl("get", "nodes,peers", "a1", "-o", columns)
    assert done.exit_code == 2
    lines = MESH.kgctl("get", "node/a1", "peer/laptop", "-o", columns).stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["NAME", "WHERE", "IPS"],
        ["a1", "a", "<none>"],
        ["laptop", "<none>", "10.5.0.1/32"],
    ]
    assert MESH.kgctl("get", "node/a1", "-o", columns, "--no-headers").stdout.split() == ["a1", "a", "<none>"]


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("jsonpath", '--output "jsonpath" has no path in braces\nhint: for example: -o jsonpath='),
        ("jsonpath={.items[}", 'has a "[" without "]"\nhint: for example: -o jsonpath='),
        (
            "jsonpath={.items[9]}",
            "-o jsonpath refers to element 9 of a list of 5\nhint: to see all fields: -o json",
        ),
        (
            "custom-columns=NAME",
            'has the column "NAME", which is not HEADING:PATH\nhint: for example: -o custom-columns=NAME:',
        ),
        (
            "custom-columns=A:.kind[0]",
            "-o custom-columns refers to elements of a value that is not a list\nhint: ",
        ),
        (
            "json=x",
            (
                '--output "json=x" is not one of table, wide, json, yaml, name, jsonpath=TEMPLATE, '
                "or custom-columns=HEADING:PATH"
            ),
        ),
    ],
)
def test_a_template_that_does_not_fit_is_reported(output: str, said: str) -> None:
    done = MESH.kgctl("get", "nodes", "-o", output)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_an_empty_list_is_a_note_and_not_a_failure() -> None:
    done = MESH.kgctl("get", "nodes", "-l", "zone=9")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "kgctl: nothing to list\n")
    assert documents(MESH, "nodes", "-l", "zone=9") == []


def test_a_path_without_a_value_prints_nothing() -> None:
    done = MESH.kgctl("get", "nodes", "-o", "jsonpath={.nothing}")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")


def test_a_mesh_without_a_ready_node_is_listed_with_the_reasons() -> None:
    done = Cluster([node("n", key=None)], [peer("p")]).kgctl("get", "nodes,peers,locations")
    assert done.exit_code == 0
    assert "no key" in done.stdout
    assert "no node is ready" in done.stderr


def test_findings_about_the_whole_mesh_are_printed_beside_the_table() -> None:
    cluster = Cluster([node("a"), node("b", 2), node("c", 3, granularity="full")])
    assert "K-GRANULARITY" in cluster.kgctl("get", "nodes").stderr


@given(clusters(hostile))
def test_untrusted_text_of_a_cluster_stays_in_its_row(cluster: Cluster) -> None:
    for args in (("nodes", "-o", "wide"), ("peers", "-o", "wide"), ("nodes,peers,locations", "-o", "name")):
        done = cluster.kgctl("get", *args)
        assert done.exit_code == 0
        assert done.stdout.replace("\n", "").isprintable()
    count = len({raw["metadata"]["name"] for raw in cluster.nodes})
    assert cluster.kgctl("get", "nodes", "--no-headers").stdout.count("\n") == count


@pytest.mark.parametrize("kind", ["nodes", "peers", "locations"])
@pytest.mark.parametrize("env", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_at_80_columns_every_line_fits_and_nothing_of_the_example_is_lost(kind: str, env: dict[str, str]) -> None:
    shown = kgctl_in_terminal(*EXAMPLE, "get", kind, columns=80, env=env)
    assert shown.exit_code == 0
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert "\033" not in shown.stdout
    assert shown.stdout.count("\n") == kgctl(*EXAMPLE, "get", kind).stdout.count("\n")
    assert len(shown.stdout) > 150


@pytest.mark.parametrize("kind", ["nodes", "peers", "locations"])
def test_on_a_narrow_terminal_a_line_runs_on_and_no_token_is_broken(kind: str) -> None:
    shown = kgctl_in_terminal(*EXAMPLE, "get", kind, "-o", "wide", columns=40)
    assert shown.stdout.split() == kgctl(*EXAMPLE, "get", kind, "-o", "wide").stdout.split()
    assert shown.stdout.count("\n") == kgctl(*EXAMPLE, "get", kind).stdout.count("\n")


def test_a_location_has_the_same_name_in_each_list_and_a_node_as_its_own_segment_is_distinguished() -> None:
    cluster = Cluster([node("a1", 1, "a"), node("a", 2, "b", internal_ip="-"), node("c1", 3, "c")])
    assert names_of(cluster, "locations") == ["location/a", "location/c", "location/node:a"]
    assert {row["LOCATION"] for row in rows(cluster, "nodes")} >= {"a", "c"}


def test_on_a_wide_terminal_the_table_is_that_of_a_pipe() -> None:
    piped = kgctl(*EXAMPLE, "get", "nodes", "-o", "wide").stdout
    shown = kgctl_in_terminal(*EXAMPLE, "get", "nodes", "-o", "wide", columns=200)
    assert shown.stdout == piped
    assert "* the endpoint at which the nodes see the node or peer" in shown.stderr


def test_kinds_and_names_are_completed() -> None:
    assert completed(*EXAMPLE, "get", "") == (["nodes", "peers", "locations"], "")
    assert completed(*EXAMPLE, "get", "nodes", "ber") == (["berlin-1", "berlin-2", "berlin-3"], "")
    assert completed(*EXAMPLE, "get", "peer", "l") == (["laptop"], "")
    assert completed(*EXAMPLE, "get", "peer", "-o", "j") == (["json", "jsonpath="], "")


def test_locations_are_drawn_as_the_tree_that_graph_draws() -> None:
    shown = kgctl(*EXAMPLE, "get", "locations", "--tree")
    assert shown.exit_code == 0
    assert shown.stdout == kgctl(*EXAMPLE, "graph", "-o", "text").stdout
    assert "berlin-4" in shown.stdout


@pytest.mark.parametrize(
    "args",
    [
        ("nodes", "--tree"),
        ("locations", "a", "--tree"),
        ("locations", "--tree", "-o", "json"),
        ("locations", "--tree", "--sort-by", "leader"),
        ("loc", "--tree", "-w"),
    ],
)
def test_a_tree_is_of_all_locations_and_text(args: tuple[str, ...]) -> None:
    done = MESH.kgctl("get", *args)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--tree works only with locations" in done.stderr

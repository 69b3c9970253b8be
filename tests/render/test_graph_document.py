import json
import re

from hypothesis import given

from kgctl_py.findings import Kind
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.render.graph.graph_document import graph_document, graph_edges
from tests.docs.pages import DOCS
from tests.in_memory import NOW, Cluster, key, node, owned_peer, peer
from tests.render.meshes import finding, mesh
from tests.strategies import clusters

SECRET = key("a preshared key")
FOUND = finding(Kind.NODE, "n", "odd")
CLUSTER = Cluster(
    [
        node("n", 1, allowed_location_ips="10.9.0.0/24", persistent_keepalive="25"),
        node("o", 2, last_seen=str(NOW - 100)),
        node("p", 3, "b", discovered_endpoints=json.dumps({key("n"): {"IP": "198.51.100.7", "Port": 7}})),
        node("q", 4),
    ],
    [owned_peer("laptop", 1, "ann@example.com", presharedKey=SECRET), peer("lost", 2, allowedIPs=[])],
)
DOCUMENT = graph_document(CLUSTER.mesh(), CLUSTER.topology(), [FOUND])


def test_it_has_its_kind_and_time() -> None:
    assert (DOCUMENT["apiVersion"], DOCUMENT["kind"]) == ("kgctl.kilo.squat.ai/v1", "Graph")
    assert (DOCUMENT["time"], DOCUMENT["granularity"], DOCUMENT["subnet"]) == (
        "2026-01-01T09:00:00Z",
        "location",
        "10.4.0.0/16",
    )


def test_every_field_is_documented() -> None:
    rows = re.findall(r"^\| (`.*) \|$", (DOCS / "graph.md").read_text(), re.MULTILINE)
    documented = {field for row in rows for field in re.findall(r"`(\w+)(?:\[\])?`", row)}
    lists = [one for value in DOCUMENT.values() if isinstance(value, list) for one in value]
    fields = {field for one in (DOCUMENT, *lists, *graph_edges(CLUSTER.topology())) for field in one}
    assert fields <= documented


def test_a_segment_has_its_leader_its_nodes_and_what_is_routed_to_it() -> None:
    assert DOCUMENT["segments"][0] == {
        "name": "location:a",
        "leader": "n",
        "nextLeader": "q",
        "nodes": ["n", "q"],
        "wireguardIP": "10.4.0.1",
        "allowedIPs": ["10.42.1.0/24", "10.1.0.1/32", "10.42.4.0/24", "10.1.0.4/32", "10.4.0.1/32"],
        "allowedLocationIPs": ["10.9.0.0/24"],
    }


def test_a_leader_has_its_addresses_and_where_it_was_seen() -> None:
    assert DOCUMENT["nodes"][0] == {
        "name": "n",
        "location": "a",
        "ready": True,
        "notReady": [],
        "segment": "location:a",
        "leader": True,
        "behindNAT": True,
        "wireguardIP": "10.4.0.1",
        "endpoint": "203.0.113.1:51820",
        "discoveredEndpoint": "198.51.100.7:7",
        "internalIP": "10.1.0.1",
        "podCIDR": "10.42.1.0/24",
        "allowedLocationIPs": ["10.9.0.0/24"],
        "persistentKeepalive": 25,
        "publicKey": key("n"),
        "lastSeen": NOW,
    }


def test_nodes_that_are_not_ready_have_the_reason() -> None:
    unready = DOCUMENT["nodes"][1]
    assert (unready["name"], unready["ready"], unready["notReady"]) == ("o", False, ["last seen 1m40s ago"])
    assert (unready["segment"], unready["leader"], unready["wireguardIP"]) == (None, False, None)
    assert [peer["notReady"] for peer in DOCUMENT["peers"]] == [[], ["it has no allowedIPs"]]


def test_a_node_that_is_not_a_leader_has_no_address_in_the_kilo_subnet() -> None:
    assert (DOCUMENT["nodes"][3]["leader"], DOCUMENT["nodes"][3]["wireguardIP"]) == (False, None)


def test_findings_name_what_they_are_about() -> None:
    assert DOCUMENT["findings"] == [
        {
            "code": "K-VALUE",
            "severity": "warning",
            "subject": {"kind": "node", "name": "n"},
            "field": "",
            "message": "odd",
            "hint": "mend it",
            "command": "",
        }
    ]


def test_it_only_says_whether_there_is_a_preshared_key() -> None:
    assert DOCUMENT["peers"][0]["presharedKey"] is True
    assert [peer["owner"] for peer in DOCUMENT["peers"]] == ["ann@example.com", None]
    assert SECRET not in json.dumps(DOCUMENT)


def test_edges_join_leaders_peers_and_nodes() -> None:
    assert list(graph_edges(CLUSTER.topology())) == [
        {"kind": "tunnel", "from": "node/n", "to": "node/p"},
        {"kind": "peer", "from": "node/n", "to": "peer/laptop"},
        {"kind": "peer", "from": "node/p", "to": "peer/laptop"},
        {"kind": "local", "from": "node/n", "to": "node/q"},
    ]


def test_a_full_mesh_has_an_edge_for_each_pair() -> None:
    assert len(list(graph_edges(mesh(40, peers=3, granularity=Granularity.FULL)))) == 40 * 39 // 2 + 40 * 3


@given(clusters())
def test_all_that_is_named_in_it_is_in_it(cluster: Cluster) -> None:
    document, edges = graph_document(cluster.mesh(), cluster.topology(), ()), graph_edges(cluster.topology())
    nodes = {one["name"]: one for one in document["nodes"]}
    peers = {one["name"] for one in document["peers"] if one["ready"]}
    segments = {one["name"]: one for one in document["segments"]}
    for one in nodes.values():
        assert one["ready"] == (one["segment"] is not None)
        assert not one["segment"] or one["name"] in segments[one["segment"]]["nodes"]
    leaders = {name for name, one in nodes.items() if one["leader"]}
    assert leaders == {one["leader"] for one in segments.values()}
    known = {f"node/{name}" for name in nodes} | {f"peer/{name}" for name in peers}
    assert {end for edge in edges for end in (edge["from"], edge["to"])} <= known

import json
import re

import pytest
from hypothesis import given

from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.render.graph.tree import takes_boxes, tree
from tests.in_memory import NOW, Cluster, key, node, peer
from tests.strategies import clusters, hostile

CLUSTER = Cluster(
    [
        node("n", 1, "aws"),
        node("o", 2, "aws"),
        node("p", 3, "aws", last_seen=str(NOW - 100), key=""),
        node("edge-1", 4, "home", persistent_keepalive="25"),
        node("q", 5, "", discovered_endpoints=json.dumps({key("edge-1"): {"IP": "198.51.100.7", "Port": 7}})),
        node("gone", 6, "lost", endpoint=None),
    ],
    [peer("laptop", 7), peer("nobody", 8, allowedIPs=[])],
)
DRAWN = """\
kilo 10.4.0.0/16 (granularity location)
├── (no location)  leader q  10.4.0.1  203.0.113.5:51820
├── aws            leader n  10.4.0.2  203.0.113.1:51820
│   ├── o          10.1.0.2  10.42.2.0/24
│   └── p          not ready: no key, last seen 1m40s ago
├── home           leader edge-1  10.4.0.3  198.51.100.7:7  (keepalive 25s)
├── lost
│   └── gone       not ready: no endpoint
└── peers
    ├── laptop     10.5.0.7/32
    └── nobody     not ready: it has no allowedIPs
"""


def drawn(cluster: Cluster, granularity: Granularity = Granularity.LOCATION, *, boxes: bool = True) -> str:
    return tree(cluster.mesh(), cluster.topology(granularity), boxes=boxes)


def test_locations_have_their_leaders_and_nodes_and_what_is_not_ready_the_reason() -> None:
    assert drawn(CLUSTER) == DRAWN


def test_without_boxes_it_is_ascii() -> None:
    ascii_ = str.maketrans({"├": "|", "└": "`", "│": "|", "─": "-"})
    assert drawn(CLUSTER, boxes=False) == DRAWN.translate(ascii_)
    assert drawn(CLUSTER, boxes=False).isascii()


def test_in_a_full_mesh_each_node_leads_and_stands_in_its_location() -> None:
    assert (
        drawn(Cluster([node("n", 1), node("o", 2), node("p", 3, "b")]), Granularity.FULL)
        == """\
kilo 10.4.0.0/16 (granularity full)
├── a
│   ├── n  leader  10.4.0.1  203.0.113.1:51820
│   └── o  leader  10.4.0.2  203.0.113.2:51820
└── b
    └── p  leader  10.4.0.3  203.0.113.3:51820
"""
    )


def test_a_node_without_an_internal_ip_leads_itself_beside_the_others_of_its_location() -> None:
    alone = Cluster([node("n", 1), node("o", 2, internal_ip=None, force_internal_ip="-")])
    assert (
        drawn(alone)
        == """\
kilo 10.4.0.0/16 (granularity location)
└── a      leader n  10.4.0.1  203.0.113.1:51820
    └── o  leader  10.4.0.2  203.0.113.2:51820
"""
    )


def test_a_node_without_a_name_in_a_location_without_a_leader_has_a_line() -> None:
    unready = Cluster([node("n", 1), node("", 2, "b", key="")])
    assert drawn(unready).splitlines()[2:] == ["└── b", "    └──   not ready: no key"]


@pytest.mark.parametrize(
    ("encoding", "taken"), [("utf-8", True), ("ascii", False), ("cp437", True), ("latin-1", False)]
)
def test_boxes_are_drawn_where_the_encoding_has_them(encoding: str, taken: bool) -> None:
    assert takes_boxes(encoding) == taken


@given(clusters(hostile))
def test_every_member_has_a_line_and_no_text_breaks_out_of_it(cluster: Cluster) -> None:
    lines = drawn(cluster, boxes=False).removesuffix("\n").split("\n")
    locations = {one.location for one in cluster.mesh().nodes}
    assert all(line.isprintable() for line in lines)
    branches = [line for line in lines[1:] if re.match(r"(\|   |    )?(\|--|`--) ", line)]
    assert len(branches) == len(lines) - 1
    leading = {one.leader.name for one in cluster.topology().segments if one.name.startswith("location:")}
    members = len(cluster.nodes) - len(leading) + len(cluster.peers)
    assert len(branches) == len(locations) + 1 + members

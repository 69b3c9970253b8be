"""Topologies to draw: of any size, and of any text."""

import hashlib
import ipaddress
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from hypothesis import strategies as st

from kgctl_py.findings import Code, Finding, Kind, Subject
from kgctl_py.mesh.address import IPInterface, parse_cidr
from kgctl_py.mesh.build_with_agreed_settings import build_topology
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh, Node, Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import replace
from kgctl_py.wireguard import Endpoint, Key
from tests.strategies import hostile

_NOW = 1767258000
_SUBNET = parse_cidr("10.4.0.0/16")
_DOT_SYNTAX = (
    *("\\N", "\\G", "\\L", "\\n", "\\l", "\\x1b", "\\y", "\\", "\\\\", '\\"', "&lt;", "&#92;", "&#x41;", "&"),
    *("<b>x</b>", "<", ">", "];", "->", "}", "//", "/*", "#", "\n", '"', "e" * 300),
)

hostile_text = st.lists(st.sampled_from(_DOT_SYNTAX) | hostile, min_size=1, max_size=5).map("".join).filter(bool)


def mesh(nodes: int, peers: int = 0, granularity: Granularity = Granularity.FULL, locations: int = 3) -> Topology:
    """A mesh of so many nodes, dealt out to the locations, and of so many peers."""
    return topology(
        [(f"node-{n}", f"location-{n % locations}") for n in range(nodes)],
        [f"peer-{n}" for n in range(peers)],
        granularity,
    )


def topology(
    nodes: Iterable[tuple[str, str]], peers: Iterable[str] = (), granularity: Granularity = Granularity.LOCATION
) -> Topology:
    """A mesh of nodes with these names and locations, and of peers with these names."""
    return Topology.build(
        nodes=[_node(name, location, n) for n, (name, location) in enumerate(nodes, 1)],
        peers=[Peer(name=name, allowed_ips=(_cidr("10.5.0.0", n),)) for n, name in enumerate(peers, 1)],
        granularity=granularity,
        subnet=_SUBNET,
    )


def ready_mesh(
    nodes: int, peers: int = 0, granularity: Granularity = Granularity.LOCATION, locations: int = 3, out: int = 0
) -> tuple[Mesh, Topology]:
    """A mesh as it is read, with its topology; the first `out` nodes have not been seen for two hours."""
    one = mesh(nodes, peers, granularity, locations)
    read = [
        replace(node, key=_key(node.name), last_seen=_NOW - (7200 if int(node.name[5:]) < out else 5))
        for segment in one.segments
        for node in segment.nodes
    ]
    whole = Mesh.of(read, [replace(peer, public_key=_key(peer.name)) for peer in one.given_peers.values()], _NOW)
    return whole, build_topology(whole, granularity=granularity, look_up=lambda _: {})


@st.composite
def hostile_topologies(draw: st.DrawFn) -> Topology:
    """Meshes whose names and locations are whatever somebody wrote."""
    names = draw(st.lists(hostile_text, min_size=1, max_size=5, unique=True))
    peers = draw(st.lists(hostile_text | st.sampled_from(names), max_size=3, unique=True))
    granularity = draw(st.sampled_from(list(Granularity)))
    return topology([(name, draw(hostile_text)) for name in names], peers, granularity)


def finding(kind: Kind, name: str, message: str, *, code: Code = Code.VALUE) -> Finding:
    """A finding, to be shown at what it is about."""
    return Finding(code=code, subject=Subject(kind, name), message=message, hint="mend it")


def drawn_lines(svg: bytes, kind: str) -> list[list[str]]:
    """Return the lines of text that each node or cluster of a picture shows."""
    return [
        [(text.text or "").replace("\xa0", " ") for text in group.findall("{*}text")]
        for group in ET.fromstring(svg).iterfind(f".//{{*}}g[@class='{kind}']")
    ]


def sizes(topologies: Sequence[Topology]) -> list[tuple[int, int, int]]:
    """Count the clusters, the nodes and peers, and the edges that each graph must have."""
    return [_size(one) for one in topologies]


def _size(one: Topology) -> tuple[int, int, int]:
    leaders, peers = len(one.segments), len(one.peers)
    nodes = sum(len(segment.nodes) for segment in one.segments)
    return leaders + 1, nodes + peers, nodes - leaders + leaders * (leaders - 1) // 2 + leaders * peers


def _node(name: str, location: str, number: int) -> Node:
    ip = ipaddress.IPv4Address("203.0.113.0") + number
    return Node(
        name=name,
        location=location,
        endpoint=Endpoint(ip=ip, port=51820),
        internal_ip=_cidr("10.1.0.0", number),
        subnet=parse_cidr(f"10.42.{number % 256}.0/24"),
    )


def _key(owner: str) -> Key:
    return Key(hashlib.sha256(owner.encode()).digest())


def _cidr(base: str, number: int) -> IPInterface:
    return parse_cidr(f"{ipaddress.IPv4Address(base) + number}/32")

"""The mesh as plain data without secrets, for `kgctl graph -o json` and the web page."""

import datetime
import itertools
from collections.abc import Iterable, Iterator, Set
from typing import Any

from kgctl_py import names
from kgctl_py.findings import Finding
from kgctl_py.mesh.behind_nat import leaders_behind_nat
from kgctl_py.mesh.nodes_and_peers import Mesh, Node, Peer
from kgctl_py.mesh.segments_and_leaders import Segment, next_leader
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.finding_data import finding_data

KIND = "Graph"


def graph_document(mesh: Mesh, topology: Topology, findings: Iterable[Finding]) -> dict[str, Any]:
    """Return the nodes and peers, ready or not, the segments, and the findings, without the edges."""
    nat = leaders_behind_nat(topology)
    return {
        "apiVersion": names.OUTPUT_API_VERSION,
        "kind": KIND,
        "time": datetime.datetime.fromtimestamp(int(mesh.now), datetime.UTC).isoformat().replace("+00:00", "Z"),
        "granularity": str(topology.granularity),
        "subnet": str(topology.subnet.network),
        "segments": [_segment(segment) for segment in topology.segments],
        "nodes": [_node(node, mesh, topology, nat) for node in mesh.nodes],
        "peers": [_peer(peer, topology) for peer in mesh.peers],
        "findings": [finding_data(finding) for finding in findings],
    }


def graph_edges(topology: Topology) -> Iterator[dict[str, str]]:
    """Return each edge: the tunnels between leaders, those to peers, and the local paths inside segments."""
    leaders = [f"node/{segment.leader.name}" for segment in topology.segments]
    peers = [f"peer/{peer.name}" for peer in topology.peers]
    for kind, ends in (
        ("tunnel", _tunnels(topology)),
        ("peer", itertools.product(leaders, peers)),
        ("local", _local(topology.segments)),
    ):
        yield from ({"kind": kind, "from": start, "to": end} for start, end in ends)


def _tunnels(topology: Topology) -> Iterator[tuple[str, str]]:
    return ((f"node/{seg.leader.name}", f"node/{other.leader.name}") for seg, other in topology.tunnels())


def _local(segments: Iterable[Segment]) -> Iterator[tuple[str, str]]:
    for segment in segments:
        for node in segment.nodes:
            if node is not segment.leader:
                yield f"node/{segment.leader.name}", f"node/{node.name}"


def _segment(segment: Segment) -> dict[str, Any]:
    following = next_leader(segment)
    return {
        "name": segment.name,
        "leader": segment.leader.name,
        "nextLeader": following.name if following else None,
        "nodes": [node.name for node in segment.nodes],
        "wireguardIP": str(segment.wireguard_ip),
        "allowedIPs": [str(cidr) for cidr in segment.allowed_ips],
        "allowedLocationIPs": [str(cidr) for cidr in segment.allowed_location_ips],
    }


def _node(node: Node, mesh: Mesh, topology: Topology, nat: Set[str]) -> dict[str, Any]:
    why = node.why_not_ready(mesh.now)
    segment = None if why else topology.segment_of(node.name)
    return {
        "name": node.name,
        "location": node.location,
        "ready": not why,
        "notReady": list(why),
        "segment": segment and segment.name,
        "leader": segment is not None and segment.leader.name == node.name,
        "behindNAT": node.name in nat,
        "wireguardIP": _text(segment and segment.leader.name == node.name and segment.wireguard_ip),
        "endpoint": _text(node.endpoint),
        "discoveredEndpoint": _text(topology.discovered_endpoint(node.key, node.persistent_keepalive)),
        "internalIP": _text(node.internal_ip and node.internal_ip.ip),
        "podCIDR": _text(node.subnet),
        "allowedLocationIPs": [str(cidr) for cidr in node.allowed_location_ips],
        "persistentKeepalive": node.persistent_keepalive,
        "publicKey": _text(node.key),
        "lastSeen": node.last_seen or None,
    }


def _peer(peer: Peer, topology: Topology) -> dict[str, Any]:
    return {
        "name": peer.name,
        "ready": not peer.why_not_ready(),
        "notReady": [peer.why_not_ready()] if peer.why_not_ready() else [],
        "allowedIPs": [str(cidr) for cidr in peer.allowed_ips],
        "endpoint": _text(peer.endpoint),
        "discoveredEndpoint": _text(topology.discovered_endpoint(peer.public_key, peer.persistent_keepalive)),
        "persistentKeepalive": peer.persistent_keepalive,
        "presharedKey": peer.preshared_key is not None,
        "publicKey": _text(peer.public_key),
        "owner": peer.annotations.get(names.OWNER) or None,
    }


def _text(value: object) -> str | None:
    return str(value) if value else None

"""`kgctl get nodes`: the nodes, whether they lead, and why they are not ready."""

from collections.abc import Mapping, Sequence
from typing import Any

from kgctl_py.duration_text import elapsed
from kgctl_py.findings import Finding, Kind
from kgctl_py.listing.resource import (
    Column,
    Resource,
    View,
    address_order,
    findings_data,
    keepalive,
    marked,
    short_key,
    summary,
    text_or_none,
    yes_no,
)
from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.nodes_and_peers import Condition, Node
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.render.json_yaml import rfc3339
from kgctl_py.value import Value, replace
from kgctl_py.wireguard import Endpoint


class NodeItem(Value, frozen=True, kw_only=True):
    """A node and its segment in the mesh; a node that is not ready has no segment."""

    node: Node
    age: int | None
    """The seconds since it was last seen; None for never."""
    unmet: tuple[Condition, ...]
    reasons: tuple[str, ...]
    segment: Segment | None
    discovered: Endpoint | None
    findings: Sequence[Finding]

    @property
    def name(self) -> str:
        """The name of the node."""
        return self.node.name

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of the node."""
        return self.node.labels

    @property
    def leads(self) -> bool:
        """Whether the node leads its segment."""
        return self.segment is not None and self.segment.leader.name == self.name

    @property
    def wireguard_ip(self) -> IPAddress | None:
        """The address of a leader in the topology, otherwise the address that the node reports."""
        if self.segment and self.leads:
            return self.segment.wireguard_ip
        return self.node.wireguard_ip.ip if self.node.wireguard_ip and not self.segment else None


def _items(view: View) -> list[NodeItem]:
    topology = view.topology
    ready = {node.name for segment in topology.segments for node in segment.nodes} if topology else set()
    return [
        NodeItem(
            node=node,
            age=max(0, int(view.mesh.now) - node.last_seen) if node.last_seen else None,
            unmet=node.unmet(view.mesh.now),
            reasons=node.why_not_ready(view.mesh.now),
            segment=topology.segment_of(node.name) if topology and node.name in ready else None,
            discovered=topology.discovered_endpoint(node.key, node.persistent_keepalive) if topology else None,
            findings=view.about(Kind.NODE, node.name),
        )
        for node in view.mesh.nodes
    ]


def _reason(item: NodeItem) -> str:
    """Return why the node is not ready, or the codes of its findings; the age is in another column."""
    unmet = ("stale" if term is Condition.FRESH else term.value for term in item.unmet)
    return ", ".join(unmet) or summary(item.findings)


def _state(item: NodeItem) -> object:
    node = replace(item.node, last_seen=0)
    return node, item.leads, item.wireguard_ip, item.discovered, item.unmet, summary(item.findings)


def _status(item: NodeItem) -> dict[str, Any]:
    node = item.node
    return {
        "location": node.location,
        "segment": item.segment.name if item.segment else None,
        "leader": item.leads,
        "ready": not item.reasons,
        "reasons": list(item.reasons),
        "lastSeen": rfc3339(node.last_seen) if node.last_seen else None,
        "granularity": text_or_none(node.granularity),
        "wireGuardIP": text_or_none(item.wireguard_ip),
        "internalIP": text_or_none(node.internal_ip and node.internal_ip.ip),
        "podCIDR": text_or_none(node.subnet),
        "endpoint": text_or_none(node.endpoint),
        "discoveredEndpoint": text_or_none(item.discovered),
        "persistentKeepalive": node.persistent_keepalive,
        "publicKey": text_or_none(node.key),
        "allowedLocationIPs": [str(cidr) for cidr in node.allowed_location_ips],
        "findings": findings_data(item.findings),
    }


NODES: Resource[NodeItem] = Resource(
    names=("node", "nodes", "no"),
    items=_items,
    columns=(
        Column(heading="NAME", text=lambda item: item.name),
        Column(heading="LOCATION", text=lambda item: item.node.location),
        Column(heading="LEADER", text=lambda item: yes_no(item.leads)),
        Column(heading="READY", text=lambda item: yes_no(not item.reasons)),
        Column(
            heading="LAST SEEN",
            text=lambda item: "never" if item.age is None else elapsed(item.age),
            order=lambda item: (item.age is None, item.age),
        ),
        Column(
            heading="WG IP",
            text=lambda item: str(item.wireguard_ip or ""),
            order=lambda item: address_order(item.wireguard_ip),
        ),
        Column(
            heading="INTERNAL IP",
            text=lambda item: str(item.node.internal_ip.ip) if item.node.internal_ip else "",
            order=lambda item: address_order(item.node.internal_ip and item.node.internal_ip.ip),
            wide=True,
        ),
        Column(
            heading="POD CIDR",
            text=lambda item: str(item.node.subnet or ""),
            order=lambda item: address_order(item.node.subnet and item.node.subnet.ip),
            wide=True,
        ),
        Column(heading="ENDPOINT", text=lambda item: marked(item.discovered, item.node.endpoint), wide=True),
        Column(
            heading="KEEPALIVE",
            text=lambda item: keepalive(item.node.persistent_keepalive),
            order=lambda item: item.node.persistent_keepalive,
            wide=True,
        ),
        Column(heading="KEY", text=lambda item: short_key(item.node.key), wide=True),
        Column(heading="REASON", text=_reason),
    ),
    status=_status,
    state=_state,
)

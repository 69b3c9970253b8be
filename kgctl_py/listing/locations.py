"""`kgctl get locations`: the segments, their leaders, and the location IPs that are routed."""

from collections.abc import Mapping, Sequence
from typing import Any

from kgctl_py.findings import Finding, Kind
from kgctl_py.listing.resource import Column, Resource, View, address_order, findings_data, text_or_none
from kgctl_py.mesh.nodes_and_peers import Node
from kgctl_py.mesh.segments_and_leaders import DroppedLocationIP, Segment, group_nodes, leader_reason
from kgctl_py.render.columns import brief
from kgctl_py.value import Value

_NO_LABELS: Mapping[str, str] = {}


class LocationItem(Value, frozen=True, kw_only=True):
    """A segment of the mesh; `segment` is None if none of its nodes is ready."""

    name: str
    segment: Segment | None
    not_ready: tuple[Node, ...]
    dropped: tuple[DroppedLocationIP, ...]
    findings: Sequence[Finding]
    now: float

    @property
    def labels(self) -> Mapping[str, str]:
        """No labels, because a location is not an object of the cluster."""
        return _NO_LABELS

    @property
    def location(self) -> str:
        """The name of the location, or the name of the node if the segment has only this node."""
        return self.name.partition(":")[2]

    @property
    def members(self) -> tuple[str, ...]:
        """The names of the ready nodes."""
        return tuple(node.name for node in self.segment.nodes) if self.segment else ()

    @property
    def ready(self) -> tuple[int, int]:
        """The number of ready nodes, and the number of all nodes."""
        return len(self.members), len(self.members) + len(self.not_ready)


def _items(view: View) -> list[LocationItem]:
    if view.topology is None:
        return []
    segments = {segment.name: segment for segment in view.topology.segments}
    out = [node for node in view.mesh.nodes if node.why_not_ready(view.mesh.now)]
    absent = group_nodes(out, view.topology.granularity)
    return [
        LocationItem(
            name=name,
            segment=segments.get(name),
            not_ready=absent.get(name, ()),
            dropped=tuple(drop for drop in view.topology.dropped if drop.segment == name),
            findings=view.about(Kind.SEGMENT, name),
            now=view.mesh.now,
        )
        for name in sorted({*segments, *absent})
    ]


def _shown_name(name: str) -> str:
    """Return the name of a segment without the prefix of locations; a segment of one node keeps its prefix."""
    return name.removeprefix("location:")


def _why(item: LocationItem) -> str:
    return leader_reason(item.segment).value if item.segment else "no node is ready"


def _dropped(item: LocationItem) -> str:
    return ", ".join(f"{drop.cidr} ({drop.holder} has it)" for drop in item.dropped)


def _state(item: LocationItem) -> object:
    seg = item.segment
    routed = (seg.leader.name, seg.leader.endpoint, seg.allowed_ips, seg.allowed_location_ips) if seg else ()
    return routed, _why(item), item.members, [node.name for node in item.not_ready], item.dropped


def _status(item: LocationItem) -> dict[str, Any]:
    seg = item.segment
    return {
        "location": item.location,
        "leader": seg.leader.name if seg else None,
        "why": _why(item),
        "wireGuardIP": text_or_none(seg and seg.wireguard_ip),
        "endpoint": text_or_none(seg and seg.leader.endpoint),
        "members": list(item.members),
        "notReady": [
            {"name": node.name, "reasons": list(node.why_not_ready(item.now))} for node in item.not_ready
        ],
        "allowedIPs": [str(cidr) for cidr in seg.allowed_ips] if seg else [],
        "allowedLocationIPs": [str(cidr) for cidr in seg.allowed_location_ips] if seg else [],
        "droppedLocationIPs": [{"cidr": str(drop.cidr), "holder": drop.holder} for drop in item.dropped],
        "findings": findings_data(item.findings),
    }


LOCATIONS: Resource[LocationItem] = Resource(
    names=("location", "locations", "loc"),
    items=_items,
    columns=(
        Column(heading="NAME", text=lambda item: _shown_name(item.name)),
        Column(heading="LEADER", text=lambda item: item.segment.leader.name if item.segment else ""),
        Column(
            heading="WG IP",
            text=lambda item: str(item.segment.wireguard_ip) if item.segment else "",
            order=lambda item: address_order(item.segment.wireguard_ip if item.segment else None),
            wide=True,
        ),
        Column(heading="READY", text=lambda item: "{}/{}".format(*item.ready), order=lambda item: item.ready),
        Column(heading="MEMBERS", text=lambda item: ",".join(item.members), wide=True),
        Column(heading="NOT READY", text=lambda item: ",".join(node.name for node in item.not_ready), wide=True),
        Column(
            heading="LOCATION IPS",
            text=lambda item: ",".join(map(str, item.segment.allowed_location_ips)) if item.segment else "",
            brief=lambda item: brief(item.segment.allowed_location_ips) if item.segment else "",
        ),
        Column(heading="DROPPED", text=_dropped, wide=True),
        Column(heading="LEADER REASON", text=_why),
    ),
    status=_status,
    state=_state,
    labelled=False,
    alias=lambda item: item.location,
    shown_name=_shown_name,
)

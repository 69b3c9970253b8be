"""The differences of two meshes as plain data for JSON and YAML, with null for missing values."""

from typing import Any

from kgctl_py import names
from kgctl_py.changes.change import Change, Changes, Member, ReachChange, SegmentChange, SegmentState, TunnelChange
from kgctl_py.render.finding_data import finding_data
from kgctl_py.render.trace import place_data


def changes_data(changes: Changes) -> dict[str, Any]:
    """Return all differences, and whether something is cut off."""
    return {
        "apiVersion": names.OUTPUT_API_VERSION,
        "kind": "Changes",
        "cutOff": changes.cuts_off if changes.reach_is_known else None,
        "fields": [field_data(change) for change in changes.fields],
        "segments": [segment_data(change) for change in changes.segments],
        "tunnels": [_tunnel(change) for change in changes.tunnels],
        "configurations": list(changes.configurations),
        "reach": [_reach(change) for change in changes.reach],
        "findings": {
            "added": [finding_data(finding) for finding in changes.findings_added],
            "removed": [finding_data(finding) for finding in changes.findings_removed],
        },
    }


def field_data(change: Change) -> dict[str, Any]:
    """Return the change of a field; its place is a node or a peer, or null for the whole mesh."""
    return {
        "place": place_data(change.place),
        "field": change.field,
        "old": change.old or None,
        "new": change.new or None,
        "reason": change.new_reason or None,
    }


def segment_data(change: SegmentChange) -> dict[str, Any]:
    """Return a segment before and after."""
    return {"segment": change.segment, "old": _state(change.old), "new": _state(change.new)}


def _state(state: SegmentState | None) -> dict[str, str] | None:
    if state is None:
        return None
    return {"leader": state.leader, "reason": str(state.reason), "wireguardIP": state.wireguard_ip}


def _tunnel(change: TunnelChange) -> dict[str, Any]:
    return {"event": change.event.value, "ends": [place_data(place) for place in change.ends]}


def _reach(change: ReachChange) -> dict[str, Any]:
    return {
        "from": member_data(change.source),
        "to": member_data(change.destination),
        "old": change.old.value,
        "new": change.new.value,
        "reason": change.new_reason or None,
    }


def member_data(member: Member) -> dict[str, str]:
    """Return a member by its kind and name."""
    return {"kind": member.kind.value, "name": member.name}

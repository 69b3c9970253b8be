"""The difference of two configurations, as lines for people or as plain data for programs."""

from collections.abc import Iterable, Iterator
from typing import Any

from kgctl_py import wireguard
from kgctl_py.escape_text import visible
from kgctl_py.wireguard.difference import Change, Difference, Field

_SEVERAL = (Field.ADDRESS, Field.ALLOWED_IPS, Field.DNS)


def difference_text(difference: Difference) -> str:
    """Return a line for each difference: `+` is added, `-` removed, `~` changed."""
    return "".join(f"{line}\n" for line in _lines(difference))


def difference_data(difference: Difference) -> dict[str, Any]:
    """Return the same as plain data: for each field, the values only in the old and only in the new one."""
    return {
        "differs": bool(difference),
        "interface": list(map(_change_data, difference.interface)),
        "added": [_peer_data(peer) for peer in difference.added],
        "removed": [_peer_data(peer) for peer in difference.removed],
        "changed": [
            {**_named(change.new, change.old), "fields": list(map(_change_data, change.changes))}
            for change in difference.changed
        ],
    }


def _lines(difference: Difference) -> Iterator[str]:
    for change in difference.interface:
        yield f"~ interface  {_change(change)}"
    for peer in difference.changed:
        yield from (f"~ {_title(peer.new, peer.old)}  {_change(change)}" for change in peer.changes)
    for sign, peers in (("+", difference.added), ("-", difference.removed)):
        yield from (f"{sign} {_title(peer)}  {_cidrs(peer) or 'no allowed IPs'}" for peer in peers)


def _title(*peers: wireguard.Peer) -> str:
    named = _named(*peers)
    return f"peer {named['publicKey']}" + (f" ({visible(named['name'])})" if named["name"] else "")


def _named(*peers: wireguard.Peer) -> dict[str, str]:
    """Return the name of a peer: its key, and its first comment."""
    return {
        "publicKey": str(peers[0].public_key),
        "name": next((peer.comment for peer in peers if peer.comment), ""),
    }


def _change(change: Change) -> str:
    if change.field in _SEVERAL:
        return f"{change.field} {' '.join((*_signed('-', change.removed), *_signed('+', change.added)))}"
    old, new = (visible(", ".join(values)) or "<none>" for values in (change.removed, change.added))
    return f"{change.field} {old} -> {new}"


def _signed(sign: str, values: Iterable[str]) -> Iterator[str]:
    return (sign + visible(value) for value in values)


def _cidrs(peer: wireguard.Peer) -> str:
    return ", ".join(map(str, peer.allowed_ips))


def _change_data(change: Change) -> dict[str, Any]:
    return {"field": str(change.field), "old": list(change.removed), "new": list(change.added)}


def _peer_data(peer: wireguard.Peer) -> dict[str, Any]:
    endpoint = str(peer.endpoint) if peer.endpoint else None
    return {**_named(peer), "allowedIPs": list(map(str, peer.allowed_ips)), "endpoint": endpoint}

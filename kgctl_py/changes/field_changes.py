"""The fields of the mesh, of nodes, and of peers that differ between two meshes; without secret keys."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from kgctl_py.changes.change import Change
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.claims import Kind, Place
from kgctl_py.mesh.nodes_and_peers import Condition, Mesh, Node, Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.key import UNKNOWN

STATE, ENDPOINT, SEEN_AT, GRANULARITY = "state", "endpoint", "discovered endpoint", "granularity"
READY, NOT_READY, IGNORED = "ready", "not ready", "ignored"
STALE = "stale"

T = TypeVar("T")
Fields = Mapping[str, str]


def field_changes(
    old: Mesh, old_topology: Topology | None, new: Mesh, new_topology: Topology | None
) -> Iterator[Change]:
    """Yield the differences: first those of the mesh, then of each node, then of each peer."""
    yield from _differences(None, _of_mesh(old_topology), _of_mesh(new_topology))
    nodes = _paired({node.name: node for node in old.nodes}, {node.name: node for node in new.nodes})
    for name, before, after in nodes:
        place = Place(Kind.NODE, name)
        yield from _state(place, _node_state(before, old.now), _node_state(after, new.now))
        if before and after:
            fields = _of_node(before, old_topology), _of_node(after, new_topology)
            yield from _differences(place, *fields)
    peers = _paired({peer.name: peer for peer in old.peers}, {peer.name: peer for peer in new.peers})
    for name, earlier, later in peers:
        place = Place(Kind.PEER, name)
        yield from _state(place, _peer_state(earlier), _peer_state(later))
        if earlier and later:
            yield from _differences(place, _of_peer(earlier, old_topology), _of_peer(later, new_topology))
            yield from _secret(place, earlier, later)


def _paired(old: Mapping[str, T], new: Mapping[str, T]) -> Iterator[tuple[str, T | None, T | None]]:
    return ((name, old.get(name), new.get(name)) for name in sorted({*old, *new}))


def _differences(place: Place | None, old: Fields, new: Fields) -> Iterator[Change]:
    for field in old or new:
        before, after = old.get(field, ""), new.get(field, "")
        if before != after:
            yield Change(place=place, field=field, old=before, new=after)


def _state(place: Place, old: tuple[str, str], new: tuple[str, str]) -> Iterator[Change]:
    if old[0] != new[0]:
        yield Change(place=place, field=STATE, old=old[0], new=new[0], old_reason=old[1], new_reason=new[1])


def _node_state(node: Node | None, now: float) -> tuple[str, str]:
    """Return the state of a node and the reasons for it; without ages, which always differ."""
    if node is None:
        return "", ""
    unmet = node.unmet(now)
    reasons = (STALE if term is Condition.FRESH else term.value for term in unmet)
    return (NOT_READY, ", ".join(reasons)) if unmet else (READY, "")


def _peer_state(peer: Peer | None) -> tuple[str, str]:
    if peer is None:
        return "", ""
    why = peer.why_not_ready()
    return (IGNORED, why) if why else (READY, "")


def _of_mesh(topology: Topology | None) -> Fields:
    if topology is None:
        return {}
    return {GRANULARITY: str(topology.granularity), "Kilo subnet": str(topology.subnet.masked())}


def _of_node(node: Node, topology: Topology | None) -> Fields:
    return {
        "location": node.location,
        ENDPOINT: str(node.endpoint or ""),
        SEEN_AT: seen_where(node.key, topology),
        "public key": str(node.key or ""),
        "pod CIDR": str(node.subnet or ""),
        "internal IP": str(node.internal_ip or ""),
        "allowed location IPs": _listed(node.allowed_location_ips),
        GRANULARITY: str(node.granularity or ""),
        "leader annotation": "set" if node.leader else "",
        "keepalive": _seconds(node.persistent_keepalive),
    }


def _of_peer(peer: Peer, topology: Topology | None) -> Fields:
    return {
        "allowed IPs": _listed(peer.allowed_ips),
        ENDPOINT: str(peer.endpoint or ""),
        SEEN_AT: seen_where(peer.public_key, topology),
        "public key": str(peer.public_key or ""),
        "keepalive": _seconds(peer.persistent_keepalive),
    }


def _secret(place: Place, old: Peer, new: Peer) -> Iterator[Change]:
    """Return the change of a preshared key, without the key."""
    if is_another_secret(old.preshared_key, new.preshared_key):
        before, after = ("set" if peer.preshared_key else "" for peer in (old, new))
        yield Change(
            place=place, field="preshared key", old=before, new="another one" if before and after else after
        )


def is_another_secret(old: Key | None, new: Key | None) -> bool:
    """Return whether a preshared key differs; False if it is not known, because bundles do not have it."""
    return old != new and (not (old and new) or not {old, new}.intersection(UNKNOWN))


def seen_where(key: Key | None, topology: Topology | None) -> str:
    """Return the endpoint at which nodes have discovered a key; empty if they have not."""
    return str((topology and topology.discovered.get(str(key))) or "")


def _listed(cidrs: tuple[IPInterface, ...]) -> str:
    return ", ".join(map(str, cidrs))


def _seconds(keepalive: int) -> str:
    return f"{keepalive} s" if keepalive else ""

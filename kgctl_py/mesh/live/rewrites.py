"""The agents that rewrite their WireGuard configuration when the mesh changes.

An agent sets all peers again if its configuration differs from its interface, and that ends all of its sessions
(kilo pkg/mesh/mesh.go, applyTopology; pkg/wireguard/conf.go, Equal and WGConfig).
"""

from collections import defaultdict
from collections.abc import Mapping, Set

from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.nodes_and_peers import Node
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import Value
from kgctl_py.wireguard import Endpoint, Key


class _Entry(Value, frozen=True, kw_only=True):
    """A member of the mesh as agents configure it; the endpoint can differ between agents."""

    key: Key | None
    allowed_ips: frozenset[IPInterface]
    endpoint: Endpoint | None
    roams: bool
    preshared_key: Key | None = None
    segment: Segment | None = None


def rewriting_leaders(before: Topology, after: Topology) -> frozenset[Key]:
    """Return the keys of the leaders whose agents may set all peers again after a change of the mesh.

    New leaders are not included, because they have no sessions yet.
    """
    led = {segment.leader.name: segment for segment in before.segments}
    pairs = [(led[seg.leader.name], seg) for seg in after.segments if seg.leader.name in led]
    same_key = [(old, new) for old, new in pairs if old.leader.key == new.leader.key]
    if _is_unsettled(after):
        return frozenset(new.leader.key for _, new in same_key if new.leader.key)
    comparison = _Comparison(before, after)
    return frozenset(new.leader.key for old, new in same_key if new.leader.key and comparison.differs(old, new))


def _is_unsettled(topology: Topology) -> bool:
    """Return whether an agent may always find a difference, and so set all peers again without a change.

    WireGuard learns the endpoint of each peer that connects, but Kilo adopts it only for a peer with a keepalive.
    """
    return any(peer.endpoint is None and not peer.persistent_keepalive for peer in topology.peers)


class _Comparison:
    """Compares two topologies as the configuration of each leader sees them."""

    def __init__(self, before: Topology, after: Topology) -> None:
        self._before, self._after = _View(before), _View(after)
        self._keys = self._before.entries.keys() | self._after.entries.keys()
        self._changed = {key for key in self._keys if self._before.common(key) != self._after.common(key)}

    def differs(self, before: Segment, after: Segment) -> bool:
        """Return whether the configuration of a leader differs; its segment changes from `before` to `after`."""
        if _settings(before.leader) != _settings(after.leader):
            return True
        keys: Set[str] = self._changed | _discovered_keys(before.leader) | _discovered_keys(after.leader)
        if before.name != after.name or before.leader.location != after.leader.location:
            keys = self._keys  # the leader can have tunnels to other segments now
        return any(self._before.seen_by(before, key) != self._after.seen_by(after, key) for key in keys)


class _View:
    """A topology by public key, as each leader configures it."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self.entries = _entries(topology)

    def common(self, key: str) -> set[object]:
        """Return the entries of a key without discovered endpoints, and the locations of their segments."""
        entries = self.entries.get(key, ())
        return {
            (self._configured(entry, {}), entry.segment and entry.segment.leader.location) for entry in entries
        }

    def seen_by(self, own: Segment, key: str) -> set[object]:
        """Return the entries that the leader of `own` configures for a key: only those with a tunnel to `own`."""
        discovered = own.leader.discovered_endpoints
        entries = self.entries.get(key, ())
        tunnels = (e for e in entries if e.segment is None or self._topology.has_tunnel(own, e.segment))
        return {self._configured(entry, discovered) for entry in tunnels}

    def _configured(self, entry: _Entry, discovered: Mapping[str, Endpoint]) -> object:
        key = str(entry.key)
        found = (discovered.get(key) or self._topology.discovered.get(key)) if entry.roams else None
        return entry.allowed_ips, str(found or entry.endpoint), entry.preshared_key


def _entries(topology: Topology) -> Mapping[str, list[_Entry]]:
    entries: defaultdict[str, list[_Entry]] = defaultdict(list)
    for segment in topology.segments:
        leader = segment.leader
        entries[str(leader.key)].append(
            _Entry(
                key=leader.key,
                allowed_ips=frozenset(segment.allowed_ips + segment.allowed_location_ips),
                endpoint=leader.endpoint,
                roams=bool(leader.persistent_keepalive),
                segment=segment,
            )
        )
    for peer in topology.peers:
        entries[str(peer.public_key)].append(
            _Entry(
                key=peer.public_key,
                allowed_ips=frozenset(peer.allowed_ips),
                endpoint=peer.endpoint,
                roams=bool(peer.persistent_keepalive),
                preshared_key=peer.preshared_key,
            )
        )
    return entries


def _settings(leader: Node) -> tuple[int, int]:
    return leader.persistent_keepalive, leader.endpoint.port if leader.endpoint else 0


def _discovered_keys(leader: Node) -> set[str]:
    return set(leader.discovered_endpoints)

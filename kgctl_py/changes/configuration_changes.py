"""The peers that need a new configuration because other nodes or peers changed."""

from collections.abc import Iterator, Mapping

from kgctl_py import wireguard
from kgctl_py.changes.field_changes import is_another_secret
from kgctl_py.mesh.member_configurations import as_wireguard, segment_peers
from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.mesh.who_can_call import End, never_opens
from kgctl_py.value import replace

_Sections = tuple[wireguard.Peer, ...]


def outdated_configurations(old: Topology | None, new: Topology | None) -> Iterator[str]:
    """Yield the peers of both topologies whose `[Peer]` sections or own settings differ.

    Discovered endpoints are not compared, and neither are peers to which no tunnel is possible.
    """
    if old is None or new is None:
        return
    segments_differ = _segments(old) != _segments(new)
    before, after = _peers(old), _peers(new)
    others = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    for name in sorted(old.given_peers.keys() & new.given_peers.keys()):
        around = others - {name}
        is_outdated = segments_differ or _is_another(old.given_peers[name], new.given_peers[name])
        if is_outdated or any(_matters(old, name, other) or _matters(new, name, other) for other in around):
            yield name


def _segments(topology: Topology) -> _Sections:
    plain = replace(topology, discovered={})
    return tuple(replace(section, comment="") for section in segment_peers(plain, 0, None))


def _peers(topology: Topology) -> Mapping[str, wireguard.Peer]:
    return {
        peer.name: replace(as_wireguard(peer), preshared_key=None, persistent_keepalive=0)
        for peer in topology.peers
    }


def _is_another(old: Peer, new: Peer) -> bool:
    """Return whether the key, the addresses, the keepalive, or the preshared key of a peer differ."""
    own = ((peer.public_key, peer.allowed_ips, peer.persistent_keepalive) for peer in (old, new))
    return len(set(own)) > 1 or is_another_secret(old.preshared_key, new.preshared_key)


def _matters(topology: Topology, name: str, other: str) -> bool:
    if other not in topology.given_peers:
        return False
    return not never_opens(topology, End(topology.given_peers[name]), End(topology.given_peers[other]))

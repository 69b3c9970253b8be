"""The configurations of all peers as text: the text that they share is rendered once.

The configuration of a peer has every segment and every other peer, so the total size grows with the square of the
number of peers. The configurations differ only in the keepalive, the preshared key, and the peer itself.
"""

import functools
from collections.abc import Iterator
from typing import NamedTuple

from kgctl_py.mesh.member_configurations import peer_peers, segment_peers
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.wireguard_conf import peer_section
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.conf import clamped

_ANY = Key(bytes(32))
"""A placeholder for the preshared key: zeros mean no key, so no peer has it."""
_ANY_LINE = f"PresharedKey = {_ANY}\n".encode()


class Shared(NamedTuple):
    """The text that peers with the same keepalive share: segments, with and without a preshared key, and peers."""

    segments: bytes
    without_key: bytes
    peers: memoryview
    places: dict[str, tuple[int, int]]


class PeerConfigurations:
    """The texts of `wireguard_conf` for every ready peer of a topology."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._shared = functools.cache(self._rendered)

    def confs(self) -> Iterator[tuple[str, tuple[bytes | memoryview, ...]]]:
        """Return each ready peer's name, and its configuration in parts, encoded."""
        for name, peer in self._topology.given_peers.items():
            shared = self._shared(clamped(peer.persistent_keepalive))
            start, end = shared.places[name]
            yield name, (_segments(shared, peer.preshared_key), shared.peers[:start], shared.peers[end:])

    def _rendered(self, keepalive: int) -> Shared:
        topology = self._topology
        segments = "\n".join(peer_section(peer) for peer in segment_peers(topology, keepalive, _ANY)).encode()
        sections = [f"\n{peer_section(peer)}".encode() for peer in peer_peers(topology, keepalive, topology.peers)]
        places, start = {}, 0
        for peer, section in zip(topology.peers, sections, strict=True):
            places[peer.name] = start, start + len(section)
            start += len(section)
        return Shared(segments, segments.replace(_ANY_LINE, b""), memoryview(b"".join(sections)), places)


def _segments(shared: Shared, preshared_key: Key | None) -> bytes:
    if preshared_key is None:
        return shared.without_key
    return shared.segments.replace(_ANY_LINE, f"PresharedKey = {preshared_key}\n".encode())

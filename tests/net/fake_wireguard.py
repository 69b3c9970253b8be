"""WireGuard in memory, with the rules of the kernel for peers and their allowed IPs."""

from collections.abc import Iterable

from kgctl_py.net.device_updates import NO_KEY, PeerUpdate
from kgctl_py.value import replace
from kgctl_py.wireguard import Endpoint, Key, Peer
from kgctl_py.wireguard.cidr import IPInterface
from kgctl_py.wireguard.device import DevicePeer, WireGuardDevice


class FakeWireGuard:
    """What WireGuard does with what it is told (wg(8), and the cross-platform protocol)."""

    def __init__(self) -> None:
        self.peers: dict[Key, DevicePeer] = {}
        self.preshared: dict[Key, Key] = {}

    def tell(self, said: Iterable[PeerUpdate]) -> None:
        """Update peers."""
        for one in said:
            if one.remove:
                self.peers.pop(one.public_key, None)
                self.preshared.pop(one.public_key, None)
                continue
            if one.update_only and one.public_key not in self.peers:
                continue
            before = self.peers.get(one.public_key, DevicePeer(public_key=one.public_key))
            kept = () if one.replace_allowed_ips else before.allowed_ips
            if one.preshared_key:
                self.preshared[one.public_key] = one.preshared_key
            self._take(one.allowed_ips)
            self.peers[one.public_key] = DevicePeer(
                public_key=one.public_key,
                endpoint=one.endpoint or before.endpoint,
                allowed_ips=tuple(dict.fromkeys((*kept, *one.allowed_ips))),
                persistent_keepalive=(
                    before.persistent_keepalive if one.persistent_keepalive is None else one.persistent_keepalive
                ),
                has_preshared_key=self.preshared.get(one.public_key, NO_KEY) != NO_KEY,
            )

    def _take(self, cidrs: Iterable[IPInterface]) -> None:
        """A network belongs to one peer alone."""
        gone = set(cidrs)
        for key, peer in self.peers.items():
            left = tuple(cidr for cidr in peer.allowed_ips if cidr not in gone)
            self.peers[key] = replace(peer, allowed_ips=left)

    def roam(self, number: int, endpoint: Endpoint) -> None:
        """Learn the endpoint of one of the peers."""
        if self.peers:
            key = sorted(self.peers, key=str)[number % len(self.peers)]
            self.peers[key] = replace(self.peers[key], endpoint=endpoint)

    @property
    def seen(self) -> WireGuardDevice:
        """The device, as it is read."""
        return WireGuardDevice(peers=tuple(self.peers.values()))


def routed(peers: Iterable[Peer | DevicePeer]) -> dict[Key | None, set[IPInterface]]:
    """Return the allowed IPs of each peer."""
    return {peer.public_key: set(peer.allowed_ips) for peer in peers}

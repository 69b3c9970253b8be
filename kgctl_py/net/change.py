"""From the difference of two configurations to what WireGuard is told: only what changed, so sessions live on."""

from collections.abc import Iterator

from kgctl_py import wireguard
from kgctl_py.net.device import Tunnel
from kgctl_py.value import Value
from kgctl_py.wireguard import Endpoint, Key
from kgctl_py.wireguard.cidr import IPInterface
from kgctl_py.wireguard.difference import Difference, Field, PeerChange, difference

NO_KEY = Key(bytes(32))
"""What WireGuard takes for «no preshared key any more»."""


class PeerUpdate(Value, frozen=True, kw_only=True):
    """What is said of one peer; None leaves as it is. Allowed IPs are added to those there, or replace them."""

    public_key: Key
    remove: bool = False
    endpoint: Endpoint | None = None
    preshared_key: Key | None = None
    persistent_keepalive: int | None = None
    replace_allowed_ips: bool = False
    allowed_ips: tuple[IPInterface, ...] = ()


class TunnelUpdate(Value, frozen=True, kw_only=True):
    """What is said of a whole device; None leaves as it is."""

    private_key: Key | None = None
    listen_port: int | None = None
    peers: tuple[PeerUpdate, ...] = ()


def missing(there: Tunnel, told: wireguard.Conf, wanted: wireguard.Conf) -> Difference:
    """Find what a device lacks to be as `wanted`, given what it was `told` the last time.

    Endpoints that WireGuard learned since are no difference, unless another one is wanted now; a preshared key
    is not read, so that only a changed or a lost one is.
    """
    return difference(_as_told(there, told), wanted)


def updates(found: Difference) -> tuple[PeerUpdate, ...]:
    """Give what to say of each peer: those that leave first, so that what they had is free."""
    return (
        *(PeerUpdate(public_key=_key(peer), remove=True) for peer in found.removed),
        *(_changed(change) for change in found.changed),
        *map(_added, found.added),
    )


def _as_told(there: Tunnel, told: wireguard.Conf) -> wireguard.Conf:
    said = {peer.public_key: peer for peer in told.peers}

    def peers() -> Iterator[wireguard.Peer]:
        for peer in there.peers:
            before = said.get(peer.public_key)
            yield wireguard.Peer(
                public_key=peer.public_key,
                allowed_ips=peer.allowed_ips,
                endpoint=before.endpoint if before and peer.endpoint else peer.endpoint,
                persistent_keepalive=peer.persistent_keepalive,
                preshared_key=(before.preshared_key if before else NO_KEY) if peer.has_preshared_key else None,
            )

    return wireguard.Conf(peers=tuple(peers()))


def _changed(change: PeerChange) -> PeerUpdate:
    new, fields = change.new, change.fields
    ips = next((one for one in change.changes if one.field is Field.ALLOWED_IPS), None)
    only_more = ips is not None and not ips.removed
    come = tuple(cidr for cidr in new.allowed_ips if ips and (not only_more or str(cidr.network) in ips.added))
    return PeerUpdate(
        public_key=_key(new),
        endpoint=new.endpoint if Field.ENDPOINT in fields else None,
        preshared_key=(new.preshared_key or NO_KEY) if Field.PRESHARED_KEY in fields else None,
        persistent_keepalive=new.persistent_keepalive if Field.PERSISTENT_KEEPALIVE in fields else None,
        replace_allowed_ips=ips is not None and not only_more,
        allowed_ips=come,
    )


def _added(peer: wireguard.Peer) -> PeerUpdate:
    return PeerUpdate(
        public_key=_key(peer),
        endpoint=peer.endpoint,
        preshared_key=peer.preshared_key,
        persistent_keepalive=peer.persistent_keepalive,
        replace_allowed_ips=True,
        allowed_ips=peer.allowed_ips,
    )


def _key(peer: wireguard.Peer) -> Key:
    """Give the key of a peer of a difference, which has none without one."""
    return peer.public_key or NO_KEY

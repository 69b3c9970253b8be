"""Updates of a WireGuard device that contain only changes, so that sessions continue."""

from collections import Counter
from collections.abc import Iterator

from kgctl_py import wireguard
from kgctl_py.value import Value
from kgctl_py.wireguard import Endpoint, Key
from kgctl_py.wireguard.cidr import IPInterface
from kgctl_py.wireguard.device import DevicePeer, WireGuardDevice
from kgctl_py.wireguard.difference import Difference, Field, PeerChange, difference

NO_KEY = Key(bytes(32))
"""The preshared key that removes the one of a peer."""


class PeerUpdate(Value, frozen=True, kw_only=True):
    """The update of one peer; None changes nothing. Allowed IPs are added, or replace the current ones.

    If `update_only`, WireGuard ignores the update if the peer does not exist; otherwise it creates the peer.
    """

    public_key: Key
    update_only: bool = False
    remove: bool = False
    endpoint: Endpoint | None = None
    preshared_key: Key | None = None
    persistent_keepalive: int | None = None
    replace_allowed_ips: bool = False
    allowed_ips: tuple[IPInterface, ...] = ()


class DeviceUpdate(Value, frozen=True, kw_only=True):
    """The update of a device; fields that are None do not change."""

    private_key: Key | None = None
    listen_port: int | None = None
    peers: tuple[PeerUpdate, ...] = ()


def plan(live: WireGuardDevice, last_applied: wireguard.Conf, desired: wireguard.Conf) -> Difference:
    """Return the changes from a live device to the desired configuration.

    An endpoint that WireGuard learned is not a difference, unless the desired one changed. A preshared key is not
    read, so only one that changed or was lost is a difference.
    """
    return difference(_live_conf(live, last_applied), desired)


def moved_endpoints(last_applied: wireguard.Conf, conf: wireguard.Conf) -> tuple[PeerUpdate, ...]:
    """Return updates of only the endpoints whose address changed since the last configuration.

    Skip a peer that is twice in `conf`: `plan` decides which of the two counts.
    """
    applied = {peer.public_key: peer.endpoint for peer in last_applied.peers}
    moved = {}
    for peer in conf.peers:
        key, endpoint = peer.public_key, peer.endpoint
        before = applied.get(key, endpoint)
        if before == endpoint or key is None or not _address(endpoint) or _address(before) == _address(endpoint):
            continue
        moved[key] = PeerUpdate(public_key=key, update_only=True, endpoint=endpoint)
    times = Counter(peer.public_key for peer in conf.peers) if moved else Counter()
    return tuple(update for key, update in moved.items() if times[key] == 1)


def updates(planned: Difference) -> tuple[PeerUpdate, ...]:
    """Return the update of each peer: removals first, so that other peers can take their allowed IPs."""
    return (
        *(PeerUpdate(public_key=_key(peer), remove=True) for peer in planned.removed),
        *(_changed(change) for change in planned.changed),
        *map(_added, planned.added),
    )


def _live_conf(live: WireGuardDevice, last_applied: wireguard.Conf) -> wireguard.Conf:
    """Return a live device as a configuration; values that cannot be read come from the last one applied.

    Names and the order of allowed IPs also do, so that a peer that did not change equals the one last applied.
    """
    applied = {peer.public_key: peer for peer in last_applied.peers}

    def peers() -> Iterator[wireguard.Peer]:
        for peer in live.peers:
            before = applied.get(peer.public_key)
            yield wireguard.Peer(
                public_key=peer.public_key,
                allowed_ips=before.allowed_ips if before and _same(before, peer) else peer.allowed_ips,
                endpoint=before.endpoint if before and peer.endpoint else peer.endpoint,
                persistent_keepalive=peer.persistent_keepalive,
                preshared_key=(before.preshared_key if before else NO_KEY) if peer.has_preshared_key else None,
                comment=before.comment if before else "",
            )

    return wireguard.Conf(peers=tuple(peers()))


def _same(applied: wireguard.Peer, live: DevicePeer) -> bool:
    """Return whether the allowed IPs are the same networks in any order."""
    return {cidr.masked() for cidr in applied.allowed_ips} == {cidr.masked() for cidr in live.allowed_ips}


def _address(endpoint: Endpoint | None) -> object:
    """Return the address and the port of an endpoint; None if only its name is known."""
    return (endpoint.ip, endpoint.port) if endpoint and endpoint.ip else None


def _changed(change: PeerChange) -> PeerUpdate:
    new, fields = change.new, change.fields
    ips = next((each for each in change.changes if each.field is Field.ALLOWED_IPS), None)
    only_more = ips is not None and not ips.removed
    added = tuple(cidr for cidr in new.allowed_ips if ips and (not only_more or str(cidr.network) in ips.added))
    return PeerUpdate(
        public_key=_key(new),
        update_only=True,
        endpoint=new.endpoint if Field.ENDPOINT in fields else None,
        preshared_key=(new.preshared_key or NO_KEY) if Field.PRESHARED_KEY in fields else None,
        persistent_keepalive=new.persistent_keepalive if Field.PERSISTENT_KEEPALIVE in fields else None,
        replace_allowed_ips=ips is not None and not only_more,
        allowed_ips=added,
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
    """Return the key of a peer in a difference, which always has one."""
    return peer.public_key or NO_KEY

"""A WireGuard interface of this machine as a configuration that can be compared."""

from collections.abc import Mapping

from kgctl_py import wireguard
from kgctl_py.net.host_interfaces import Device
from kgctl_py.wireguard.device import DevicePeer
from kgctl_py.wireguard.endpoint import IPAddress

_SOME_KEY = wireguard.Key(bytes(32))


def device_conf(
    device: Device, other: wireguard.Conf, addresses: Mapping[str, IPAddress], now: float
) -> wireguard.Conf:
    """Return the configuration of `device`, comparable with `other`, at the Unix time `now`.

    A preshared key cannot be read, so the result has the key of `other`. It has the endpoint of `other` if the
    peer is active, if `addresses` has the address for the DNS name in `other`, and if `other` has no endpoint.
    """
    others = {peer.public_key: peer for peer in other.peers}
    return wireguard.Conf(
        interface=wireguard.Interface(listen_port=device.listen_port, addresses=device.addresses, mtu=device.mtu),
        peers=tuple(_peer(peer, others.get(peer.public_key), addresses, now) for peer in device.peers),
    )


def _peer(
    peer: DevicePeer, other: wireguard.Peer | None, addresses: Mapping[str, IPAddress], now: float
) -> wireguard.Peer:
    same_place = other and (peer.has_session(now) or _may_be_same(peer, other, addresses))
    return wireguard.Peer(
        public_key=peer.public_key,
        allowed_ips=peer.allowed_ips,
        endpoint=other.endpoint if other and same_place else peer.endpoint,
        persistent_keepalive=peer.persistent_keepalive,
        preshared_key=((other and other.preshared_key) or _SOME_KEY) if peer.has_preshared_key else None,
    )


def _may_be_same(peer: DevicePeer, other: wireguard.Peer, addresses: Mapping[str, IPAddress]) -> bool:
    """Return whether `peer` can have the endpoint of `other`; true for an unresolved name."""
    if other.endpoint is None:
        return True
    if peer.endpoint is None:
        return False
    ip = other.endpoint.ip or addresses.get(other.endpoint.name)
    return other.endpoint.port == peer.endpoint.port and ip in (None, peer.endpoint.ip)

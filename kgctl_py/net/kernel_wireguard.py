"""WireGuard in the kernel, read and configured over generic netlink (linux/wireguard.h)."""

from collections.abc import Callable, Iterator
from typing import Any

from kgctl_py.net.device_updates import DeviceUpdate, PeerUpdate
from kgctl_py.net.rtnetlink import netlink_errors
from kgctl_py.value import replace
from kgctl_py.wireguard import Endpoint, Key
from kgctl_py.wireguard.cidr import parse_cidr
from kgctl_py.wireguard.device import DevicePeer, WireGuardDevice
from kgctl_py.wireguard.endpoint import parse_ip

Connect = Callable[[], Any]
"""Return a connection to the kernel: pyroute2's WireGuard, a context manager."""

_MOST_CIDRS = 1000
"""The allowed IPs in one message: a netlink attribute holds 64 KiB, an allowed IP takes up to 44 bytes."""


def _connect() -> Any:
    from pyroute2 import WireGuard

    return WireGuard()


def read_device(name: str, connect: Connect = _connect) -> WireGuardDevice:
    """Return the WireGuard interface `name`, without its private key."""
    with netlink_errors(f'reading the interface "{name}"'), connect() as wireguard:
        messages = list(wireguard.info(name))
    peers: dict[Key, DevicePeer] = {}
    for message in messages:
        for raw in message.get_attr("WGDEVICE_A_PEERS") or ():
            peer = _peer(raw)
            peers[peer.public_key] = _joined(peers.get(peer.public_key), peer)
    return WireGuardDevice(
        public_key=_key(messages[0].get_attr("WGDEVICE_A_PUBLIC_KEY")),
        listen_port=messages[0].get_attr("WGDEVICE_A_LISTEN_PORT") or 0,
        peers=tuple(peers.values()),
    )


def peer_update(name: str, key: Key, connect: Connect = _connect) -> PeerUpdate | None:
    """Return the update that restores the current peer, with its preshared key; None if it cannot be read."""
    with netlink_errors(f'reading the interface "{name}"'), connect() as wireguard:
        messages = list(wireguard.info(name))
    parts = [(_peer(raw), raw) for message in messages for raw in message.get_attr("WGDEVICE_A_PEERS") or ()]
    own = [(peer, raw) for peer, raw in parts if peer.public_key == key]
    if not own or (own[0][0].endpoint is None and own[0][1].get_attr("WGPEER_A_ENDPOINT")):
        return None
    peer, raw = own[0]
    return PeerUpdate(
        public_key=key,
        endpoint=peer.endpoint,
        preshared_key=_key(raw.get_attr("WGPEER_A_PRESHARED_KEY")),
        persistent_keepalive=peer.persistent_keepalive,
        replace_allowed_ips=True,
        allowed_ips=tuple(cidr for part, _ in own for cidr in part.allowed_ips),
    )


def configure_device(name: str, update: DeviceUpdate, connect: Connect = _connect) -> None:
    """Update the WireGuard interface `name`; raise KgctlError if the kernel refuses."""
    with netlink_errors(f'changing the interface "{name}"'), connect() as wireguard:
        if update.private_key or update.listen_port is not None:
            private_key = str(update.private_key) if update.private_key else None
            wireguard.set(name, private_key=private_key, listen_port=update.listen_port)
        for peer in update.peers:
            for message in _messages(peer):
                wireguard.set(name, peer=message)


def _messages(peer: PeerUpdate) -> Iterator[dict[str, object]]:
    """Return the messages for the update of a peer, as many as its allowed IPs need."""
    key: dict[str, object] = {"public_key": str(peer.public_key), "update_only": peer.update_only}
    if peer.remove:
        yield {**key, "remove": True}
        return
    first = dict(key)
    if peer.preshared_key:
        first["preshared_key"] = str(peer.preshared_key)
    if peer.endpoint:
        first |= {"endpoint_addr": str(peer.endpoint.ip), "endpoint_port": peer.endpoint.port}
    if peer.persistent_keepalive is not None:
        first["persistent_keepalive"] = peer.persistent_keepalive
    cidrs = [str(cidr.network) for cidr in peer.allowed_ips]
    yield {**first, "replace_allowed_ips": peer.replace_allowed_ips, "allowed_ips": cidrs[:_MOST_CIDRS]}
    for start in range(_MOST_CIDRS, len(cidrs), _MOST_CIDRS):
        yield {**key, "allowed_ips": cidrs[start : start + _MOST_CIDRS]}


def _joined(earlier: DevicePeer | None, later: DevicePeer) -> DevicePeer:
    """Return a peer with the allowed IPs of several messages joined."""
    if earlier is None:
        return later
    return replace(earlier, allowed_ips=earlier.allowed_ips + later.allowed_ips)


def _peer(raw: Any) -> DevicePeer:
    handshake = raw.get_attr("WGPEER_A_LAST_HANDSHAKE_TIME")
    return DevicePeer(
        public_key=Key.parse(raw.get_attr("WGPEER_A_PUBLIC_KEY").decode()),
        endpoint=_endpoint(raw.get_attr("WGPEER_A_ENDPOINT")),
        allowed_ips=tuple(parse_cidr(cidr["addr"]) for cidr in raw.get_attr("WGPEER_A_ALLOWEDIPS") or ()),
        latest_handshake=handshake["tv_sec"] if handshake else 0,
        received=raw.get_attr("WGPEER_A_RX_BYTES") or 0,
        sent=raw.get_attr("WGPEER_A_TX_BYTES") or 0,
        persistent_keepalive=raw.get_attr("WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL") or 0,
        has_preshared_key=_key(raw.get_attr("WGPEER_A_PRESHARED_KEY")) is not None,
    )


def _key(base64: bytes | None) -> Key | None:
    return Key.parse_or_none(base64.decode()) if base64 else None


def _endpoint(raw: Any) -> Endpoint | None:
    """Return an endpoint; None without one, or for a link-local address, whose zone pyroute2 reads wrong."""
    ip = parse_ip(raw["addr"]) if raw else None
    return Endpoint(ip=ip, port=raw["port"]) if ip and not ip.is_link_local else None

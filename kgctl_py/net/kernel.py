"""WireGuard in the kernel: what it is told and asked over generic netlink (linux/wireguard.h)."""

import contextlib
from collections.abc import Iterator
from typing import Any

from kgctl_py.net.change import PeerUpdate, TunnelUpdate
from kgctl_py.net.netlink import explained
from kgctl_py.value import replace
from kgctl_py.wireguard import Endpoint, Key
from kgctl_py.wireguard.cidr import parse_cidr
from kgctl_py.wireguard.device import DevicePeer, WireGuardDevice
from kgctl_py.wireguard.endpoint import parse_ip

_MOST_CIDRS = 1000
"""An attribute of netlink holds 64 KiB; an allowed IP takes up to 44 bytes of it."""


def read_tunnel(name: str) -> WireGuardDevice:
    """Ask the kernel for the WireGuard interface `name`; its private key is passed over."""
    with _opened(f'reading the interface "{name}"') as wireguard:
        messages = list(wireguard.info(name))
    found: dict[Key, DevicePeer] = {}
    for message in messages:
        for raw in message.get_attr("WGDEVICE_A_PEERS") or ():
            peer = _peer(raw)
            found[peer.public_key] = _continued(found.get(peer.public_key), peer)
    return WireGuardDevice(
        public_key=_key(messages[0].get_attr("WGDEVICE_A_PUBLIC_KEY")),
        listen_port=messages[0].get_attr("WGDEVICE_A_LISTEN_PORT") or 0,
        peers=tuple(found.values()),
    )


def write_tunnel(name: str, update: TunnelUpdate) -> None:
    """Tell the kernel; raise KgctlError when it refuses."""
    with _opened(f'setting the interface "{name}" up') as wireguard:
        if update.private_key or update.listen_port is not None:
            private_key = str(update.private_key) if update.private_key else None
            wireguard.set(name, private_key=private_key, listen_port=update.listen_port)
        for peer in update.peers:
            for part in _said_of(peer):
                wireguard.set(name, peer=part)


def _said_of(peer: PeerUpdate) -> Iterator[dict[str, object]]:
    """Give what is said of a peer, in as many messages as its allowed IPs need."""
    said: dict[str, object] = {"public_key": str(peer.public_key)}
    if peer.remove:
        yield {**said, "remove": True}
        return
    first = dict(said)
    if peer.preshared_key:
        first["preshared_key"] = str(peer.preshared_key)
    if peer.endpoint:
        first |= {"endpoint_addr": str(peer.endpoint.ip), "endpoint_port": peer.endpoint.port}
    if peer.persistent_keepalive is not None:
        first["persistent_keepalive"] = peer.persistent_keepalive
    cidrs = [str(cidr.network) for cidr in peer.allowed_ips]
    yield {**first, "replace_allowed_ips": peer.replace_allowed_ips, "allowed_ips": cidrs[:_MOST_CIDRS]}
    for start in range(_MOST_CIDRS, len(cidrs), _MOST_CIDRS):
        yield {**said, "allowed_ips": cidrs[start : start + _MOST_CIDRS]}


@contextlib.contextmanager
def _opened(what: str) -> Iterator[Any]:
    from pyroute2 import WireGuard

    with explained(what), WireGuard() as wireguard:
        yield wireguard


def _continued(earlier: DevicePeer | None, later: DevicePeer) -> DevicePeer:
    """Join a peer whose allowed IPs did not fit into one message: the next begins with the rest of them."""
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
    ip = parse_ip(raw["addr"]) if raw else None
    return Endpoint(ip=ip, port=raw["port"]) if ip else None

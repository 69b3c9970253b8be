"""WireGuard configurations as text, in the key order and spacing of the reference."""

from collections.abc import Iterator
from typing import NamedTuple

from kgctl_py import wireguard
from kgctl_py.render.templates import template


class Section(NamedTuple):
    """A section of the file: its name, and its lines in order."""

    name: str
    lines: tuple[str, ...]


def wireguard_conf(conf: wireguard.Conf) -> str:
    """Give the configuration as wg(8) reads it, `[Interface]` first if there is one."""
    interface = [Section("Interface", tuple(_interface(conf.interface)))] if conf.interface else []
    peers = [Section("Peer", tuple(_peer(peer))) for peer in conf.peers]
    return template("wireguard.conf.j2").render(sections=interface + peers)


def _interface(interface: wireguard.Interface) -> Iterator[str]:
    if interface.private_key:
        yield f"PrivateKey = {interface.private_key}"
    if interface.listen_port is not None:
        yield f"ListenPort = {interface.listen_port}"


def _peer(peer: wireguard.Peer) -> Iterator[str]:
    if peer.allowed_ips:
        yield f"AllowedIPs = {', '.join(map(str, peer.allowed_ips))}"
    if peer.endpoint:
        yield f"Endpoint = {peer.endpoint}"
    yield f"PersistentKeepalive = {peer.persistent_keepalive}"
    if peer.preshared_key:
        yield f"PresharedKey = {peer.preshared_key}"
    if peer.public_key:
        yield f"PublicKey = {peer.public_key}"

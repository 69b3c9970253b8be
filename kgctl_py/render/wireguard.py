"""WireGuard configurations as text, in the key order and spacing of the reference."""

from collections.abc import Iterator
from typing import NamedTuple

from kgctl_py import wireguard
from kgctl_py.render.templates import template

PLACEHOLDER = "PUT-THE-PRIVATE-KEY-HERE"
"""No key: wg says so, and quotes it."""


class Section(NamedTuple):
    """A section of the file: its name, its lines in order, and the comment above it."""

    name: str
    lines: tuple[str, ...]
    comment: str = ""


def wireguard_conf(conf: wireguard.Conf) -> str:
    """Give the configuration as wg(8) reads it, `[Interface]` first if there is one."""
    interface = [Section("Interface", tuple(_interface(conf.interface)))] if conf.interface else []
    peers = [Section("Peer", tuple(_peer(peer))) for peer in conf.peers]
    return template("wireguard.conf.j2").render(sections=interface + peers)


def wg_quick_conf(conf: wireguard.Conf, title: str) -> str:
    """Give the configuration as wg-quick(8) reads it, under a title, each peer under its name.

    Without a private key a line stands in its place that wg refuses, naming what is missing.
    """
    interface = conf.interface or wireguard.Interface()
    sections = [Section("Interface", (*_quick_interface(interface),), title)]
    sections += [Section("Peer", tuple(_peer(peer)), peer.comment) for peer in conf.peers]
    return template("wireguard.conf.j2").render(sections=sections)


def _quick_interface(interface: wireguard.Interface) -> Iterator[str]:
    yield f"Address = {', '.join(map(str, interface.addresses))}"
    if not interface.private_key:
        yield f"PrivateKey = {PLACEHOLDER}"
    yield from _interface(interface)
    if interface.dns:
        yield f"DNS = {', '.join(interface.dns)}"
    if interface.mtu:
        yield f"MTU = {interface.mtu}"
    if interface.table:
        yield f"Table = {interface.table}"


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

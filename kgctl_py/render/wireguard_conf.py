"""WireGuard configurations as text, with the order of keys and the spacing of the Go kgctl.

This module does not use a template: these configurations are the most frequent output, and importing Jinja would
double the run time.
"""

import shlex
from collections.abc import Iterable, Iterator

from kgctl_py import wireguard
from kgctl_py.wireguard.key import UNKNOWN

PLACEHOLDER = "PUT-THE-PRIVATE-KEY-HERE"
PRESHARED_PLACEHOLDER = "PUT-THE-PRESHARED-KEY-HERE"
"""Placeholders that are not valid keys, so that wg reports and quotes them."""


def wireguard_conf(conf: wireguard.Conf) -> str:
    """Return the configuration in the format of wg(8), with `[Interface]` first, if any."""
    sections = [_section("Interface", _interface(conf.interface))] if conf.interface else []
    sections += map(peer_section, conf.peers)
    return "\n".join(sections)


def wg_quick_conf(
    conf: wireguard.Conf, title: str, private_key_path: str = "", *, splits_dns: bool = False
) -> str:
    """Return the configuration in the format of wg-quick(8), with a title, and the name of each peer.

    Without a private key or a path to one, the text has a placeholder, which wg refuses.
    If it `splits_dns`, a command makes systemd-resolved ask the name servers only for the search domains.
    """
    interface = conf.interface or wireguard.Interface()
    sections = [_section("Interface", _quick_interface(interface, private_key_path, splits_dns=splits_dns), title)]
    sections += [_section("Peer", _peer(peer), peer.comment) for peer in conf.peers]
    return "\n".join(sections)


def peer_section(peer: wireguard.Peer) -> str:
    """Return a `[Peer]` section in the format of wg(8)."""
    return _section("Peer", _peer(peer))


def _section(name: str, lines: Iterable[str], comment: str = "") -> str:
    """Return a section of the file, below its comment, if any."""
    above = _comment(comment) if comment else ""
    return "\n".join((f"{above}[{name}]", *lines, ""))


def _comment(text: str) -> str:
    from kgctl_py.escape_text import visible_comment  # the format of wg(8) has no comments here

    return f"# {visible_comment(text)}\n"


def _quick_interface(interface: wireguard.Interface, private_key_path: str, *, splits_dns: bool) -> Iterator[str]:
    yield f"Address = {', '.join(map(str, interface.addresses))}"
    if private_key_path:
        yield f"PostUp = wg set %i private-key {shlex.quote(private_key_path)}"
    elif not interface.private_key:
        yield f"PrivateKey = {PLACEHOLDER}"
    yield from _interface(interface)
    if interface.dns:
        yield f"DNS = {', '.join(interface.dns)}"
    if splits_dns:
        yield from _split_dns(interface.dns)
    if interface.mtu:
        yield f"MTU = {interface.mtu}"
    if interface.table:
        yield f"Table = {interface.table}"


def _split_dns(dns: tuple[str, ...]) -> Iterator[str]:
    from kgctl_py.wireguard.split_dns import split_dns_command  # most configurations set no DNS

    command = split_dns_command(dns)
    if command:
        yield f"PostUp = {command}"


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
        yield f"PresharedKey = {PRESHARED_PLACEHOLDER if peer.preshared_key in UNKNOWN else peer.preshared_key}"
    if peer.public_key:
        yield f"PublicKey = {peer.public_key}"

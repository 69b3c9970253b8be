"""A script for RouterOS 7, which replaces what an earlier script created."""

import re
from collections.abc import Iterator

from kgctl_py import wireguard
from kgctl_py.errors import UsageError
from kgctl_py.notice import Notice, note
from kgctl_py.render import ConfigFile, Rendered
from kgctl_py.render.config.tunnel import Tunnel, networks, preshared_key, router_dns
from kgctl_py.wireguard.cidr import IPV4

_FAMILY = {IPV4: "ip"}
_WORD = re.compile(r"[a-zA-Z0-9._-]+")
_ESCAPED = '"\\$?'


def routeros(tunnel: Tunnel) -> Rendered:
    """Return the script of a tunnel; raise UsageError for settings that need additional rules in RouterOS."""
    if tunnel.sets_table:
        raise UsageError(
            "--table N does not work with -o routeros: its routing tables have names", hint="use --table off"
        )
    if tunnel.takes_all() and tunnel.interface.table != "off":
        raise UsageError(
            "-o routeros cannot set a default route: the packets of the tunnel itself would also take it",
            hint="add --table off, and set the routes yourself",
        )
    name = f"{tunnel.name}.rsc"
    text = "".join(f"{line}\n" for line in _lines(tunnel))
    return Rendered((ConfigFile(name, text),), (*router_dns(tunnel), _use(tunnel, name)))


def _lines(tunnel: Tunnel) -> Iterator[str]:
    yield f"# {tunnel.heading}"
    yield from _removals(tunnel)
    yield _interface(tunnel)
    for address in tunnel.interface.addresses:
        yield f"/{_family(address.version)} address add address={address} interface={_text(tunnel.name)}"
    for peer in tunnel.peers:
        yield " ".join(_peer(tunnel, peer))
    if tunnel.interface.table != "off":
        yield from _routes(tunnel)
    yield from _dns(tunnel)


def _removals(tunnel: Tunnel) -> Iterator[str]:
    name, mark = _text(tunnel.name), _text(_mark(tunnel))
    for family in ("ip", "ipv6"):
        yield f"/{family} route remove [find comment={mark}]"
        yield f"/{family} address remove [find interface={name}]"
    yield f"/interface wireguard peers remove [find interface={name}]"
    yield f"/interface wireguard remove [find name={name}]"


def _interface(tunnel: Tunnel) -> str:
    interface = tunnel.interface
    mtu = f" mtu={interface.mtu}" if interface.mtu else ""
    port = f" listen-port={interface.listen_port}" if interface.listen_port else ""
    key = f"private-key={_text(tunnel.private_key)}"
    return f"/interface wireguard add name={_text(tunnel.name)}{mtu}{port} {key} comment={_text(tunnel.heading)}"


def _peer(tunnel: Tunnel, peer: wireguard.Peer) -> Iterator[str]:
    yield f"/interface wireguard peers add interface={_text(tunnel.name)} comment={_text(tunnel.comment(peer))}"
    yield f"public-key={_text(str(peer.public_key))}"
    if peer.preshared_key:
        yield f"preshared-key={_text(preshared_key(peer))}"
    if peer.endpoint:
        yield f"endpoint-address={_text(peer.endpoint.host)} endpoint-port={peer.endpoint.port}"
    if peer.persistent_keepalive:
        yield f"persistent-keepalive={peer.persistent_keepalive}s"
    if peer.allowed_ips:
        yield f"allowed-address={','.join(networks(peer))}"


def _routes(tunnel: Tunnel) -> Iterator[str]:
    """Return the routes, which RouterOS does not derive from allowed addresses."""
    for cidr in tunnel.routes:
        gateway = f"gateway={_text(tunnel.name)} comment={_text(_mark(tunnel))}"
        yield f"/{_family(cidr.version)} route add dst-address={cidr} {gateway}"


def _dns(tunnel: Tunnel) -> Iterator[str]:
    """Return the DNS settings for names of the cluster as comments, because other hosts use the router's DNS."""
    for server in tunnel.name_servers()[:1]:
        for domain in tunnel.domains:
            yield f"# /ip dns static add type=FWD match-subdomain=yes name={domain} forward-to={server}"


def _family(version: int) -> str:
    return _FAMILY.get(version, "ipv6")


def _mark(tunnel: Tunnel) -> str:
    return f"kgctl {tunnel.name}"


def _text(text: str) -> str:
    """Return a string of RouterOS, with the bytes of non-ASCII characters escaped."""
    return f'"{"".join(map(_character, text))}"'


def _character(character: str) -> str:
    if character in _ESCAPED:
        return f"\\{character}"
    return character if character.isascii() else "".join(f"\\{byte:02X}" for byte in character.encode())


def _use(tunnel: Tunnel, name: str) -> Notice:
    save, path = tunnel.saved(name)
    copy = tunnel.copied(name)
    word = copy if _WORD.fullmatch(copy) else _text(copy)
    return note(f"note: to use the configuration: {save}copy {path} to the router, and type there: /import {word}")

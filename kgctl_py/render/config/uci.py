"""A shell script for OpenWrt, which replaces the interface and its peers in the configuration of UCI."""

import re
import shlex
from collections.abc import Iterator

from kgctl_py import wireguard
from kgctl_py.errors import UsageError
from kgctl_py.notice import Notice, note
from kgctl_py.render import ConfigFile, Rendered
from kgctl_py.render.config.tunnel import Tunnel, networks, preshared_key, useless_dns

_SECTION = re.compile(r"[a-zA-Z0-9_]+")
_NAME = "a-zA-Z0-9_"
_LONGEST = 40


def uci(tunnel: Tunnel) -> Rendered:
    """Return the script of a tunnel; raise UsageError for an invalid section name."""
    if not _SECTION.fullmatch(tunnel.name):
        raise UsageError(
            f'OpenWrt accepts only letters, digits, and _ in "{tunnel.name}"', hint="for example: --interface kilo"
        )
    name = f"{tunnel.name}.sh"
    text = "".join(f"{line}\n" for line in _lines(tunnel))
    return Rendered((ConfigFile(name, text),), (*useless_dns(tunnel), _use(tunnel, name)))


def _lines(tunnel: Tunnel) -> Iterator[str]:
    yield "#!/bin/sh"
    yield f"# {tunnel.heading}"
    yield f"while uci -q delete network.@wireguard_{tunnel.name}[0]; do :; done"
    yield f"uci -q delete network.{tunnel.name}"
    yield "uci batch <<'END'"
    yield from _interface(tunnel)
    for label, peer in zip(tunnel.labels(_NAME, _LONGEST), tunnel.peers, strict=True):
        yield from _peer(tunnel, f"network.{tunnel.name}_{label}", peer)
    yield "commit network"
    yield from _dns(tunnel)
    yield "END"


def _interface(tunnel: Tunnel) -> Iterator[str]:
    interface, section = tunnel.interface, f"network.{tunnel.name}"
    yield f"set {section}=interface"
    yield f"set {section}.proto='wireguard'"
    yield f"set {section}.private_key={_text(tunnel.private_key)}"
    if interface.mtu:
        yield f"set {section}.mtu='{interface.mtu}'"
    if interface.listen_port:
        yield f"set {section}.listen_port='{interface.listen_port}'"
    for address in interface.addresses:
        yield f"add_list {section}.addresses='{address}'"
    if tunnel.sets_table:
        yield f"set {section}.ip4table='{interface.table}'"
        yield f"set {section}.ip6table='{interface.table}'"


def _peer(tunnel: Tunnel, section: str, peer: wireguard.Peer) -> Iterator[str]:
    yield f"set {section}=wireguard_{tunnel.name}"
    yield f"set {section}.description={_text(tunnel.comment(peer))}"
    yield f"set {section}.public_key='{peer.public_key}'"
    if peer.preshared_key:
        yield f"set {section}.preshared_key={_text(preshared_key(peer))}"
    if peer.endpoint:
        yield f"set {section}.endpoint_host={_text(peer.endpoint.host)}"
        yield f"set {section}.endpoint_port='{peer.endpoint.port}'"
    if peer.persistent_keepalive:
        yield f"set {section}.persistent_keepalive='{peer.persistent_keepalive}'"
    if tunnel.interface.table != "off":
        yield f"set {section}.route_allowed_ips='1'"
    for network in networks(peer):
        yield f"add_list {section}.allowed_ips='{network}'"


def _dns(tunnel: Tunnel) -> Iterator[str]:
    """Return the settings of dnsmasq to resolve only names of the cluster in the tunnel, to private addresses."""
    lists = [("rebind_domain", domain) for domain in tunnel.domains if tunnel.name_servers()]
    lists += [("server", f"/{domain}/{server}") for domain in tunnel.domains for server in tunnel.name_servers()]
    for option, value in lists:
        for command in ("del_list", "add_list"):  # so that a second run does not add it again
            yield f"{command} dhcp.@dnsmasq[0].{option}={_text(value)}"
    if lists:
        yield "commit dhcp"


def _text(text: str) -> str:
    escaped = text.replace("'", "'\\''")
    return f"'{escaped}'"


def _use(tunnel: Tunnel, name: str) -> Notice:
    save, path = tunnel.saved(name)
    copy = shlex.quote(tunnel.copied(name))
    restart = " && /etc/init.d/dnsmasq restart" if tunnel.domains and tunnel.name_servers() else ""
    return note(
        f"note: to use the configuration: {save}copy {path} to the router, and run there: "
        f"sh {copy} && /etc/init.d/network reload{restart}; "
        f"then add the interface {tunnel.name} to a firewall zone"
    )

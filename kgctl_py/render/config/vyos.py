"""Commands for the configuration mode of VyOS 1.4 and later."""

import re
import shlex
from collections.abc import Iterator

from kgctl_py import wireguard
from kgctl_py.errors import UsageError
from kgctl_py.notice import Notice, note, warning
from kgctl_py.render import ConfigFile, Rendered
from kgctl_py.render.config.tunnel import Tunnel, networks, preshared_key, router_dns
from kgctl_py.wireguard.cidr import IPV4

_INTERFACE = re.compile(r"wg[0-9]+")
_NAME = "a-zA-Z0-9_-"
_LONGEST = 40
_MAX_TABLE = 200


def vyos(tunnel: Tunnel) -> Rendered:
    """Return the commands of a tunnel; raise UsageError for settings that VyOS does not accept."""
    _check(tunnel)
    name = f"{tunnel.name}.vyos"
    text = "".join(f"{line}\n" for line in _lines(tunnel))
    return Rendered((ConfigFile(name, text),), (*_lost(tunnel), _use(tunnel, name)))


def _check(tunnel: Tunnel) -> None:
    table = tunnel.interface.table
    if not _INTERFACE.fullmatch(tunnel.name):
        raise UsageError(
            f'VyOS requires interface names such as wg0, not "{tunnel.name}"', hint="use --interface wg0"
        )
    if tunnel.sets_table and not 1 <= int(table) <= _MAX_TABLE:
        raise UsageError(
            f'--table "{table}" is not one of the routing tables of VyOS, 1 to {_MAX_TABLE}',
            hint="for example: --table 100",
        )
    if tunnel.takes_all() and not table:
        raise UsageError(
            "-o vyos cannot set a default route: the packets of the tunnel itself would also take it",
            hint="add --table 100, and a policy route to this table",
        )


def _lines(tunnel: Tunnel) -> Iterator[str]:
    interface = f"interfaces wireguard {tunnel.name}"
    yield f"# {tunnel.heading}"
    yield f"delete {interface}"
    yield from (f"set {interface} {words}" for words in _interface(tunnel))
    for label, peer in zip(tunnel.labels(_NAME, _LONGEST), tunnel.peers, strict=True):
        if peer.allowed_ips:
            yield f"# {tunnel.comment(peer)}"
            yield from (f"set {interface} peer {label} {words}" for words in _peer(peer))
    yield from _routes(tunnel)
    yield from _dns(tunnel)


def _interface(tunnel: Tunnel) -> Iterator[str]:
    interface = tunnel.interface
    for address in interface.addresses:
        yield f"address '{address}'"
    yield f"private-key '{tunnel.private_key}'"
    if interface.mtu:
        yield f"mtu '{interface.mtu}'"
    if interface.listen_port:
        yield f"port '{interface.listen_port}'"


def _peer(peer: wireguard.Peer) -> Iterator[str]:
    yield f"public-key '{peer.public_key}'"
    if peer.preshared_key:
        yield f"preshared-key '{preshared_key(peer)}'"
    if peer.endpoint:
        yield f"{'host-name' if peer.endpoint.name else 'address'} '{peer.endpoint.host}'"
        yield f"port '{peer.endpoint.port}'"
    if peer.persistent_keepalive:
        yield f"persistent-keepalive '{peer.persistent_keepalive}'"
    for network in networks(peer):
        yield f"allowed-ips '{network}'"


def _routes(tunnel: Tunnel) -> Iterator[str]:
    """Return the routes, which VyOS does not derive from allowed IPs."""
    if tunnel.interface.table == "off":
        return
    table = f"table {tunnel.interface.table} " if tunnel.sets_table else ""
    for cidr in tunnel.routes:
        route = "route" if cidr.version == IPV4 else "route6"
        yield f"set protocols static {table}{route} {cidr} interface {tunnel.name}"


def _dns(tunnel: Tunnel) -> Iterator[str]:
    """Return the DNS settings for names of the cluster as comments, because other hosts use the router's DNS."""
    for domain in tunnel.domains:
        for server in tunnel.name_servers():
            yield f"# set service dns forwarding domain {domain} name-server {server}"


def _lost(tunnel: Tunnel) -> Iterator[Notice]:
    for peer in tunnel.peers:
        if not peer.allowed_ips:
            yield warning(f'VyOS does not accept peers without allowed IPs: "{tunnel.comment(peer)}" is left out')
    names = [peer.endpoint.name for peer in tunnel.peers if peer.endpoint and peer.endpoint.name]
    if names:
        yield note(f"note: an endpoint with a DNS name, such as {names[0]}, needs VyOS 1.5 or later")
    yield from router_dns(tunnel)


def _use(tunnel: Tunnel, name: str) -> Notice:
    save, path = tunnel.saved(name)
    copy = shlex.quote(tunnel.copied(name))
    return note(
        f"note: to use the configuration: {save}copy {path} to the router, and type there: "
        f"configure; source {copy}; commit; save"
    )

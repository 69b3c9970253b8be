"""A connection for NetworkManager as a keyfile."""

import uuid
from collections.abc import Iterable, Iterator

from kgctl_py import wireguard
from kgctl_py.notice import Notice, note, warning
from kgctl_py.render import ConfigFile, Rendered
from kgctl_py.render.config.tunnel import Tunnel, endpoint, networks, preshared_key, useless_dns
from kgctl_py.wireguard.cidr import IPV4, IPV6

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://kilo.squat.ai")
_FOLDER = "/etc/NetworkManager/system-connections"


def networkmanager(tunnel: Tunnel) -> Rendered:
    """Return the keyfile of a tunnel."""
    name = f"{tunnel.name}.nmconnection"
    text = "\n".join("\n".join((*section, "")) for section in _sections(tunnel))
    return Rendered((ConfigFile(name, text),), (*_lost(tunnel), *useless_dns(tunnel), _use(tunnel, name)))


def _sections(tunnel: Tunnel) -> Iterator[Iterator[str]]:
    yield _connection(tunnel)
    yield _wireguard(tunnel)
    for peer in tunnel.peers:
        yield _peer(tunnel, peer)
    yield _family(tunnel, IPV4)
    yield _family(tunnel, IPV6)


def _connection(tunnel: Tunnel) -> Iterator[str]:
    yield f"# {tunnel.heading}"
    yield "[connection]"
    yield f"id={tunnel.name}"
    yield f"uuid={uuid.uuid5(_NAMESPACE, f'{tunnel.name} {tunnel.title}')}"  # stable: a new file replaces the old
    yield "type=wireguard"
    yield f"interface-name={tunnel.name}"
    yield "autoconnect=false"


def _wireguard(tunnel: Tunnel) -> Iterator[str]:
    interface = tunnel.interface
    yield "[wireguard]"
    if interface.mtu:
        yield f"mtu={interface.mtu}"
    yield f"private-key={tunnel.private_key}"
    if interface.listen_port:
        yield f"listen-port={interface.listen_port}"
    if interface.table == "off":
        yield "peer-routes=false"


def _peer(tunnel: Tunnel, peer: wireguard.Peer) -> Iterator[str]:
    yield f"# {tunnel.comment(peer)}"
    yield f"[wireguard-peer.{peer.public_key}]"
    if peer.endpoint:
        yield f"endpoint={endpoint(peer)}"
    if peer.preshared_key:
        yield f"preshared-key={preshared_key(peer)}"
        yield "preshared-key-flags=0"  # otherwise, NetworkManager drops the key silently
    if peer.persistent_keepalive:
        yield f"persistent-keepalive={peer.persistent_keepalive}"
    if peer.allowed_ips:
        yield f"allowed-ips={_list(networks(peer))}"


def _family(tunnel: Tunnel, version: int) -> Iterator[str]:
    yield f"[ipv{version}]"
    addresses = tunnel.addresses(version)
    if not addresses:
        yield "method=disabled"
        return
    yield "method=manual"
    for number, address in enumerate(addresses, 1):
        yield f"address{number}={address}"
    yield from _dns(tunnel, version)
    if tunnel.sets_table:
        yield f"route-table={tunnel.interface.table}"
    if not tunnel.takes_all(version):
        yield "never-default=true"


def _dns(tunnel: Tunnel, version: int) -> Iterator[str]:
    """Return the name servers and their domains; with a gateway, `~.` uses them for all names."""
    servers = tunnel.name_servers(version)
    if servers:
        yield f"dns={_list(servers)}"
        searched = (*tunnel.domains, *(["~."] if tunnel.takes_all() else []))
        if searched:
            yield f"dns-search={_list(searched)}"


def _list(words: Iterable[str]) -> str:
    return "".join(f"{word};" for word in words)


def _lost(tunnel: Tunnel) -> Iterator[Notice]:
    """Return the settings that NetworkManager ignores in an IP version without an address."""
    for version in (IPV4, IPV6):
        if tunnel.addresses(version):
            continue
        missing = f"without an IPv{version} address"
        routes = [str(cidr) for cidr in tunnel.routes if cidr.version == version]
        if routes and tunnel.interface.table != "off":
            source = "to the allowed IPs of the peer" if tunnel.of_several else "with --address"
            hint = "to leave out IPv6, add --ipv4-only" if version == IPV6 else f"add an IPv4 address {source}"
            yield warning(f"NetworkManager sets no IPv{version} routes {missing}: {', '.join(routes)}", hint)
        servers = tunnel.name_servers(version)
        if servers:
            yield warning(
                f"NetworkManager does not accept an IPv{version} name server {missing}: {', '.join(servers)}"
            )


def _use(tunnel: Tunnel, name: str) -> Notice:
    place = f"{_FOLDER}/{name}"
    save, path = tunnel.saved(name)
    return note(
        f"note: to use the configuration: {save}{'and run: ' if save else ''}"
        f"sudo install -m 600 {path} {place} && sudo nmcli connection load {place} && "
        f"nmcli connection up {tunnel.name}"
    )

"""A tunnel for netplan, which writes the files of systemd-networkd or NetworkManager."""

import json
from collections.abc import Iterable, Iterator

from kgctl_py import wireguard
from kgctl_py.errors import UsageError
from kgctl_py.notice import Notice, note, warning
from kgctl_py.render import ConfigFile, Rendered
from kgctl_py.render.config.tunnel import Tunnel, endpoint, networks, preshared_key, useless_dns


def netplan(tunnel: Tunnel) -> Rendered:
    """Return the YAML of a tunnel; raise UsageError if it would carry all traffic."""
    if tunnel.takes_all() and not tunnel.interface.table:
        raise UsageError(
            "-o netplan cannot set a default route: the packets of the tunnel itself would also take it",
            hint="use -o networkd",
        )
    name = f"90-{tunnel.name}.yaml"
    text = "".join(f"{line}\n" for line in _lines(tunnel))
    return Rendered((ConfigFile(name, text),), (*_lost(tunnel), *useless_dns(tunnel), _use(tunnel, name)))


def _lines(tunnel: Tunnel) -> Iterator[str]:
    yield f"# {tunnel.heading}"
    yield "network:"
    yield "  version: 2"
    yield "  tunnels:"
    yield f"    {_text(tunnel.name)}:"
    yield from (f"      {line}" for line in (*_interface(tunnel), *_routes(tunnel), *_peers(tunnel)))


def _interface(tunnel: Tunnel) -> Iterator[str]:
    interface = tunnel.interface
    yield "mode: wireguard"
    yield "optional: true"  # do not wait for it at boot
    if interface.mtu:
        yield f"mtu: {interface.mtu}"
    yield f"key: {_text(tunnel.private_key_path or tunnel.private_key)}"
    if interface.listen_port:
        yield f"port: {interface.listen_port}"
    yield f"addresses: {_list(map(str, interface.addresses))}"
    servers, searched = tunnel.name_servers(), tuple(_searched(tunnel))
    if servers or searched:
        yield f"nameservers: {{addresses: {_list(servers)}, search: {_list(searched)}}}"


def _searched(tunnel: Tunnel) -> Iterator[str]:
    """Return the domains; `~` marks domains only for routing, and a domain below another one completes names."""
    if tunnel.name_servers() and tunnel.takes_all():
        yield "~."
    for domain in tunnel.domains:
        is_below = any(domain.endswith(f".{other}") for other in tunnel.domains)
        yield domain if is_below else f"~{domain}"


def _routes(tunnel: Tunnel) -> Iterator[str]:
    """Return the routes, which netplan does not derive from allowed IPs."""
    if tunnel.interface.table == "off" or not tunnel.routes:
        return
    table = f", table: {tunnel.interface.table}" if tunnel.sets_table else ""
    yield "routes:"
    for cidr in tunnel.routes:
        yield f"- {{to: {_text(str(cidr))}, scope: link{table}}}"


def _peers(tunnel: Tunnel) -> Iterator[str]:
    peers = [peer for peer in tunnel.peers if peer.allowed_ips]
    if peers:
        yield "peers:"
    for peer in peers:
        yield f"# {tunnel.comment(peer)}"
        yield from _peer(peer)


def _peer(peer: wireguard.Peer) -> Iterator[str]:
    shared = f", shared: {_text(preshared_key(peer))}" if peer.preshared_key else ""
    yield f"- keys: {{public: {_text(str(peer.public_key))}{shared}}}"
    yield f"  allowed-ips: {_list(networks(peer))}"
    if peer.endpoint:
        yield f"  endpoint: {_text(endpoint(peer))}"
    if peer.persistent_keepalive:
        yield f"  keepalive: {peer.persistent_keepalive}"


def _lost(tunnel: Tunnel) -> Iterator[Notice]:
    for peer in tunnel.peers:
        if not peer.allowed_ips:
            yield warning(
                f'netplan does not accept peers without allowed IPs: "{tunnel.comment(peer)}" is left out'
            )


def _list(words: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, words))}]"


def _text(text: str) -> str:
    """Return any text as a YAML string."""
    return json.dumps(text)


def _use(tunnel: Tunnel, name: str) -> Notice:
    save, path = tunnel.saved(name)
    return note(
        f"note: to use the configuration: {save}{'and run: ' if save else ''}"
        f"sudo install -m 600 {path} /etc/netplan/{name} && sudo netplan apply"
    )

"""The two files of a tunnel for systemd-networkd: a netdev for WireGuard, and a network for addresses and DNS."""

from collections.abc import Iterator

from kgctl_py import wireguard
from kgctl_py.notice import Notice, note
from kgctl_py.render import ConfigFile, Rendered
from kgctl_py.render.config.tunnel import Tunnel, endpoint, networks, preshared_key, useless_dns

_FOLDER = "/etc/systemd/network"
_MARK = 51820
"""The mark of the packets of the tunnel, and the table of the others if all traffic goes through the tunnel."""


def networkd(tunnel: Tunnel) -> Rendered:
    """Return the two files of a tunnel; only the first one has secrets."""
    name = f"90-{tunnel.name}"
    netdev = _text(_netdev(tunnel), _wireguard(tunnel), *(_peer(tunnel, peer) for peer in tunnel.peers))
    network = _text(_match(tunnel), _network(tunnel), *(_rules() if _marks(tunnel) else ()))
    files = (ConfigFile(f"{name}.netdev", netdev), ConfigFile(f"{name}.network", network, is_secret=False))
    return Rendered(files, (*useless_dns(tunnel), _use(name, tunnel)))


def _text(*sections: Iterator[str]) -> str:
    return "\n".join("\n".join((*section, "")) for section in sections)


def _marks(tunnel: Tunnel) -> bool:
    """Return whether the packets of the tunnel need a mark, because all other traffic goes through it."""
    return tunnel.takes_all() and not tunnel.interface.table


def _netdev(tunnel: Tunnel) -> Iterator[str]:
    yield f"# {tunnel.heading}"
    yield "[NetDev]"
    yield f"Name={tunnel.name}"
    yield "Kind=wireguard"
    if tunnel.interface.mtu:
        yield f"MTUBytes={tunnel.interface.mtu}"


def _wireguard(tunnel: Tunnel) -> Iterator[str]:
    yield "[WireGuard]"
    if tunnel.private_key_path:
        yield f"PrivateKeyFile={tunnel.private_key_path}"
    else:
        yield f"PrivateKey={tunnel.private_key}"
    if tunnel.interface.listen_port:
        yield f"ListenPort={tunnel.interface.listen_port}"
    if _marks(tunnel):
        yield f"FirewallMark={_MARK}"
        yield f"RouteTable={_MARK}"
    else:
        yield f"RouteTable={tunnel.interface.table or 'main'}"  # off by default, without routes


def _peer(tunnel: Tunnel, peer: wireguard.Peer) -> Iterator[str]:
    yield f"# {tunnel.comment(peer)}"
    yield "[WireGuardPeer]"
    yield f"PublicKey={peer.public_key}"
    if peer.preshared_key:
        yield f"PresharedKey={preshared_key(peer)}"
    if peer.allowed_ips:
        yield f"AllowedIPs={','.join(networks(peer))}"
    if peer.endpoint:
        yield f"Endpoint={endpoint(peer)}"
    if peer.persistent_keepalive:
        yield f"PersistentKeepalive={peer.persistent_keepalive}"


def _match(tunnel: Tunnel) -> Iterator[str]:
    yield f"# {tunnel.heading}"
    yield "[Match]"
    yield f"Name={tunnel.name}"
    yield ""
    yield "[Link]"
    yield "RequiredForOnline=no"  # do not wait for it at boot


def _network(tunnel: Tunnel) -> Iterator[str]:
    yield "[Network]"
    for address in tunnel.interface.addresses:
        yield f"Address={address}"
    servers = tunnel.name_servers()
    for server in servers:
        yield f"DNS={server}"
    domains = (*(["~."] if servers and tunnel.takes_all() else []), *tunnel.domains)
    if domains:
        yield f"Domains={' '.join(domains)}"
    if servers and not tunnel.takes_all():
        yield "DNSDefaultRoute=no"  # other name servers resolve other domains
    yield "LinkLocalAddressing=no"
    yield "LLMNR=no"
    yield "MulticastDNS=no"


def _rules() -> Iterator[Iterator[str]]:
    """Return the rules of wg-quick(8): all packets except those of the tunnel, without a more specific route."""
    yield iter(("[RoutingPolicyRule]", "Family=both", "SuppressPrefixLength=0", "Table=main", "Priority=32764"))
    marked = (f"FirewallMark={_MARK}", "InvertRule=yes", f"Table={_MARK}", "Priority=32765")
    yield iter(("[RoutingPolicyRule]", "Family=both", *marked))


def _use(name: str, tunnel: Tunnel) -> Notice:
    netdev, network = (tunnel.path_in_folder(f"{name}.{ending}") for ending in ("netdev", "network"))
    readable = (
        f"; the user systemd-network must be able to read {tunnel.private_key_path}"
        if tunnel.private_key_path
        else ""
    )
    return note(
        f"note: to use the configuration: sudo install -m 640 -g systemd-network {netdev} {_FOLDER}/ && "
        f"sudo install -m 644 {network} {_FOLDER}/ && sudo networkctl reload{readable}"
    )

"""Change the peers of a mesh for a configuration of wg-quick(8): add and remove routes."""

from collections.abc import Container, Iterable

from kgctl_py import wireguard
from kgctl_py.mesh.address import IPInterface, parse_cidr
from kgctl_py.value import replace
from kgctl_py.wireguard.cidr import IPV4

EVERYTHING = (parse_cidr("0.0.0.0/0"), parse_cidr("::/0"))


def with_services(
    conf: wireguard.Conf, cidrs: Iterable[IPInterface], key: wireguard.Key | None = None
) -> wireguard.Conf:
    """Route the Service CIDRs through the peer with this key, or the first peer, unless a peer has them."""
    keys = [peer.public_key for peer in conf.peers]
    return with_routes(conf, key if key in keys else keys[0], cidrs) if keys else conf


def with_routes(conf: wireguard.Conf, key: wireguard.Key | None, cidrs: Iterable[IPInterface]) -> wireguard.Conf:
    """Route `cidrs` through the peer with this key, except those that a peer has already."""
    routed = {cidr.masked() for peer in conf.peers for cidr in peer.allowed_ips}
    added = tuple(cidr for cidr in dict.fromkeys(cidrs) if cidr.masked() not in routed)
    peers = (
        replace(peer, allowed_ips=peer.allowed_ips + added) if peer.public_key == key else peer
        for peer in conf.peers
    )
    return replace(conf, peers=tuple(peers))


def with_only(conf: wireguard.Conf, keys: Container[wireguard.Key | None]) -> wireguard.Conf:
    """Leave out every peer without one of these public keys."""
    return replace(conf, peers=tuple(peer for peer in conf.peers if peer.public_key in keys))


def without_peers(conf: wireguard.Conf, keys: Container[wireguard.Key | None]) -> wireguard.Conf:
    """Leave out every peer with one of these public keys."""
    return replace(conf, peers=tuple(peer for peer in conf.peers if peer.public_key not in keys))


def with_gateway(conf: wireguard.Conf, key: wireguard.Key | None) -> wireguard.Conf:
    """Route everything through the peer with this public key, except the networks of other peers."""

    def routes(peer: wireguard.Peer) -> tuple[IPInterface, ...]:
        if peer.public_key == key:
            return EVERYTHING
        return tuple(cidr for cidr in peer.allowed_ips if cidr.prefixlen)

    peers = (replace(peer, allowed_ips=routes(peer)) for peer in conf.peers)
    return replace(conf, peers=tuple(peers))


def without_ipv6(conf: wireguard.Conf) -> wireguard.Conf:
    """Leave out IPv6 addresses, name servers, and allowed IPs, and every peer that had no other allowed IPs."""

    def kept(cidrs: Iterable[IPInterface]) -> tuple[IPInterface, ...]:
        return tuple(cidr for cidr in cidrs if cidr.version == IPV4)

    interface = conf.interface and replace(
        conf.interface,
        addresses=kept(conf.interface.addresses),
        dns=tuple(word for word in conf.interface.dns if ":" not in word),
    )
    reduced = (replace(peer, allowed_ips=kept(peer.allowed_ips)) for peer in conf.peers)
    peers = (
        peer
        for peer, before in zip(reduced, conf.peers, strict=True)
        if peer.allowed_ips or not before.allowed_ips
    )
    return replace(conf, interface=interface, peers=tuple(peers))

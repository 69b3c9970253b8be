"""Change the peers of a mesh to a configuration that wg-quick(8) can bring up: add and leave out routes."""

from collections.abc import Container, Iterable, Iterator, Mapping

from kgctl_py import wireguard
from kgctl_py.mesh.address import IPAddress, IPInterface, host_cidr, parse_cidr
from kgctl_py.value import Value, replace
from kgctl_py.wireguard.cidr import BITS, IPV4

EVERYTHING = (parse_cidr("0.0.0.0/0"), parse_cidr("::/0"))


class Loop(Value, frozen=True, kw_only=True):
    """An allowed IP, `route` of `through`, that contains the endpoint of `peer`: a tunnel into itself."""

    route: IPInterface
    through: wireguard.Peer
    peer: wireguard.Peer

    @property
    def avoidable(self) -> bool:
        """Whether the route is only for the endpoint, so that leaving it out has no other effect."""
        return self.route.prefixlen == self.route.max_prefixlen


def host_addresses(cidrs: Iterable[IPInterface]) -> tuple[IPInterface, ...]:
    """Return the host routes, /32 and /128, which can be addresses of an interface."""
    return tuple(cidr for cidr in cidrs if cidr.prefixlen == cidr.max_prefixlen)


def with_services(
    conf: wireguard.Conf, cidrs: Iterable[IPInterface], key: wireguard.Key | None = None
) -> wireguard.Conf:
    """Route the Service CIDRs through the peer with this key, or else the first one, unless a peer has them."""
    keys = [peer.public_key for peer in conf.peers]
    return with_routes(conf, key if key in keys else keys[0], cidrs) if keys else conf


def with_routes(conf: wireguard.Conf, key: wireguard.Key | None, cidrs: Iterable[IPInterface]) -> wireguard.Conf:
    """Route `cidrs` through the peer with this key, unless a peer has them: WireGuard has each route once."""
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


def loops(conf: wireguard.Conf, addresses: Mapping[str, IPAddress] | None = None) -> Iterator[Loop]:
    """Yield the allowed IPs that contain an endpoint of their configuration; `addresses` are those of DNS names.

    A /0 route is exempt, because wg-quick(8) then marks the packets of the tunnel.
    """
    endpoints = _Endpoints(conf, addresses or {})
    if not endpoints.any_inside(conf):
        return
    numbered_loops = [
        (peer, route.prefixlen, Loop(route=route, through=through, peer=conf.peers[peer]))
        for through in conf.peers
        for route in through.allowed_ips
        if route.prefixlen
        for peer in endpoints.inside(route)
    ]
    for _, _, loop in sorted(numbered_loops, key=lambda numbered: numbered[:2]):
        yield loop


class _Endpoints:
    """The endpoints of a configuration by prefix, computed once for each length."""

    def __init__(self, conf: wireguard.Conf, addresses: Mapping[str, IPAddress]) -> None:
        self._hosts = [
            (host_cidr(ip), index)
            for index, peer in enumerate(conf.peers)
            if peer.endpoint and (ip := peer.endpoint.ip or addresses.get(peer.endpoint.name))
        ]
        self._by_length: dict[tuple[int, int], dict[int, list[int]]] = {}

    def any_inside(self, conf: wireguard.Conf) -> bool:
        """Return whether any allowed IP except /0 contains an endpoint, which is rare."""
        numbers: dict[tuple[int, int], list[int]] = {}
        for peer in conf.peers:
            for version, number, length in peer.allowed_ips:
                if length:
                    numbers.setdefault((version, length), []).append(number)
        for (version, length), routes in numbers.items():
            shift = BITS[version] - length
            hosts = {host.number >> shift for host, _ in self._hosts if host.version == version}
            if not hosts.isdisjoint(number >> shift for number in routes):
                return True
        return False

    def inside(self, route: IPInterface) -> Iterable[int]:
        """Return the indices of the peers whose endpoints are in `route`."""
        version, length = route.version, route.prefixlen
        by_prefix = self._by_length.get((version, length))
        if by_prefix is None:
            by_prefix = self._by_length[version, length] = {}
            for host, index in self._hosts:
                if host.version == version:
                    by_prefix.setdefault(host.prefix(length), []).append(index)
        return by_prefix.get(route.prefix(length), ())


def without(conf: wireguard.Conf, unwanted: Iterable[Loop]) -> wireguard.Conf:
    """Leave out the allowed IPs that are only for an endpoint; wider ones stay."""
    routes = {loop.route for loop in unwanted if loop.avoidable}
    if not routes:
        return conf
    peers = (
        replace(peer, allowed_ips=tuple(cidr for cidr in peer.allowed_ips if cidr not in routes))
        for peer in conf.peers
    )
    return replace(conf, peers=tuple(peers))

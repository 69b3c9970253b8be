"""A configuration of a WireGuard interface as values, and its loops: allowed IPs that contain an endpoint."""

import re
from collections.abc import Iterable, Iterator, Mapping

from kgctl_py.value import Value, replace
from kgctl_py.wireguard.cidr import BITS, IPV4, IPV6, IPAddress, IPInterface
from kgctl_py.wireguard.endpoint import Endpoint
from kgctl_py.wireguard.key import Key

MAX_KEEPALIVE = 65535
OUT_OF_RANGE = (
    f"is outside of the range of WireGuard, 0 to {MAX_KEEPALIVE}, so kgctl writes 0, which turns keepalives off"
)
"""The problem of a keepalive that `clamped` changes, after its name and value."""

MAX_INTERFACE_NAME = 15
_INTERFACE_NAME = re.compile(rf"[a-zA-Z0-9_=+.-]{{1,{MAX_INTERFACE_NAME}}}")


class Interface(Value, frozen=True, kw_only=True):
    """The `[Interface]` section: first the fields of wg(8), then those of wg-quick(8)."""

    private_key: Key | None = None
    listen_port: int | None = None
    addresses: tuple[IPInterface, ...] = ()
    dns: tuple[str, ...] = ()
    mtu: int | None = None
    table: str = ""


class Peer(Value, frozen=True, kw_only=True):
    """A `[Peer]` section; `persistent_keepalive` in seconds, 0 for off."""

    public_key: Key | None
    allowed_ips: tuple[IPInterface, ...] = ()
    endpoint: Endpoint | None = None
    persistent_keepalive: int = 0
    preshared_key: Key | None = None
    comment: str = ""


class Conf(Value, frozen=True, kw_only=True):
    """A configuration; without `interface`, it contains only peers for an existing interface."""

    interface: Interface | None = None
    peers: tuple[Peer, ...] = ()


def is_interface_name(name: str) -> bool:
    """Return whether wg-quick(8) accepts `name` as an interface name."""
    return _INTERFACE_NAME.fullmatch(name) is not None


def clamped(keepalive: int) -> int:
    """Return a keepalive in seconds that `wg` accepts: 0 (off) if it is outside the range."""
    return keepalive if 0 <= keepalive <= MAX_KEEPALIVE else 0


def is_unambiguous(conf: Conf, own_key: Key | None) -> bool:
    """Return whether WireGuard keeps all peers as they are: no public key and no allowed IP exists twice."""
    keys = [own_key, *(peer.public_key for peer in conf.peers)]
    cidrs = [cidr for peer in conf.peers for cidr in {cidr.masked() for cidr in peer.allowed_ips}]
    return len(set(keys)) == len(keys) and len(set(cidrs)) == len(cidrs)


class Loop(Value, frozen=True, kw_only=True):
    """An allowed IP, `route` of `through`, that contains the endpoint of `peer`: a tunnel into itself."""

    route: IPInterface
    through: Peer
    peer: Peer

    @property
    def avoidable(self) -> bool:
        """Whether the allowed IP contains only the endpoint, so that leaving it out has no other effect."""
        return self.route.prefixlen == self.route.max_prefixlen


def find_loops(conf: Conf, addresses: Mapping[str, IPAddress] | None = None) -> Iterator[Loop]:
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

    def __init__(self, conf: Conf, addresses: Mapping[str, IPAddress]) -> None:
        self._hosts: dict[int, list[tuple[int, int]]] = {IPV4: [], IPV6: []}
        """By version, the address of each endpoint as a number, and the index of its peer."""
        for index, peer in enumerate(conf.peers):
            if peer.endpoint and (ip := peer.endpoint.ip or addresses.get(peer.endpoint.name)):
                self._hosts[ip.version].append((int(ip), index))
        self._by_length: dict[tuple[int, int], dict[int, list[int]]] = {}

    def any_inside(self, conf: Conf) -> bool:
        """Return whether any allowed IP except a /0 contains an endpoint."""
        numbers: dict[tuple[int, int], list[int]] = {}
        for peer in conf.peers:
            for version, number, length in peer.allowed_ips:
                if length:
                    numbers.setdefault((version, length), []).append(number)
        for (version, length), routes in numbers.items():
            shift = BITS[version] - length
            hosts = {number >> shift for number, _ in self._hosts[version]}
            if not hosts.isdisjoint(number >> shift for number in routes):
                return True
        return False

    def inside(self, route: IPInterface) -> Iterable[int]:
        """Return the indices of the peers whose endpoints are in `route`."""
        version, length = route.version, route.prefixlen
        by_prefix = self._by_length.get((version, length))
        if by_prefix is None:
            by_prefix = self._by_length[version, length] = {}
            for number, index in self._hosts[version]:
                by_prefix.setdefault(number >> BITS[version] - length, []).append(index)
        return by_prefix.get(route.prefix(length), ())


def without_loops(conf: Conf, unwanted: Iterable[Loop]) -> Conf:
    """Return `conf` without those allowed IPs of `unwanted` that contain only an endpoint."""
    routes = {loop.route for loop in unwanted if loop.avoidable}
    if not routes:
        return conf
    peers = (
        replace(peer, allowed_ips=tuple(cidr for cidr in peer.allowed_ips if cidr not in routes))
        for peer in conf.peers
    )
    return replace(conf, peers=tuple(peers))

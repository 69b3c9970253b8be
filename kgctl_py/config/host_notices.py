"""Notices about a wg-quick file: the reasons why `wg-quick up` would fail on this machine."""

from collections.abc import Iterator

from kgctl_py import wireguard
from kgctl_py.config.configuration import Configuration
from kgctl_py.net.this_host import ipv4_routes, is_ipv6_disabled
from kgctl_py.notice import Notice, note, warning
from kgctl_py.wireguard.cidr import IPV6

_MAIN_TABLE = ("", "auto")


def host_notices(configuration: Configuration) -> Iterator[Notice]:
    """Return what makes `wg-quick up` fail as a whole, and not only for one peer."""
    yield from _unresolved(configuration)
    yield from _disabled_ipv6(configuration.conf)
    yield from _same_networks(configuration.conf)


def _unresolved(configuration: Configuration) -> Iterator[Notice]:
    for peer in configuration.unresolved:
        yield warning(
            f'the endpoint "{peer.endpoint}" of "{peer.comment}" does not resolve on this machine; '
            "wg-quick up fails on any machine on which it does not resolve",
            "correct the endpoint, or leave it out with --only LOCATION,...",
        )


def _disabled_ipv6(conf: wireguard.Conf) -> Iterator[Notice]:
    addresses = conf.interface.addresses if conf.interface else ()
    cidrs = (*addresses, *(cidr for peer in conf.peers for cidr in peer.allowed_ips))
    if any(cidr.version == IPV6 for cidr in cidrs) and is_ipv6_disabled():
        yield note(
            "note: IPv6 is disabled on this machine, so wg-quick up fails here; to leave out IPv6, add --ipv4-only"
        )


def _same_networks(conf: wireguard.Conf) -> Iterator[Notice]:
    """Yield a warning for each network to which this host already has a route, because wg-quick cannot add it."""
    if not conf.interface or conf.interface.table not in _MAIN_TABLE:
        return
    interfaces = {route.destination: route.interface for route in ipv4_routes() if route.destination.prefixlen}
    for peer in conf.peers:
        for cidr in peer.allowed_ips:
            if name := interfaces.get(cidr.masked()):
                yield warning(
                    f'this machine already has a route to {cidr}, an allowed IP of "{peer.comment}", through '
                    f'{name}; wg-quick up fails here with "File exists"',
                    "to connect only to other locations, add --only LOCATION,...; to set no routes, "
                    "add --table off",
                )

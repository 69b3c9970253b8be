from typing import cast

from kgctl_py.net.host_interfaces import Link, Route
from kgctl_py.net.rtnetlink import Netlink, NoIPv6Error
from kgctl_py.net.wg_interface import Reconciled, Settings, reconcile
from kgctl_py.wireguard.cidr import IPInterface, parse_cidr


class Host:
    """A host that has one interface, and routes of others; notes each change."""

    def __init__(self, addresses: str, routes: str, taken: str = "") -> None:
        self._addresses, self._routes, self._taken = cidrs(addresses), cidrs(routes), cidrs(taken)
        self.changes: list[str] = []

    def addresses(self, _link: Link) -> tuple[IPInterface, ...]:
        return self._addresses

    def routes(self, _link: Link) -> tuple[Route, ...]:
        return tuple(Route(destination=destination) for destination in self._routes)

    def set_link(self, _link: Link, *, up: bool, mtu: int) -> None:
        self.changes.append(f"link up={up} mtu={mtu}")

    def change_address(self, _link: Link, address: IPInterface, *, add: bool) -> None:
        self.changes.append(f"address {'+' if add else '-'}{address}")

    def change_route(self, _link: Link, destination: IPInterface, *, add: bool) -> bool:
        self.changes.append(f"route {'+' if add else '-'}{destination}")
        return destination not in self._taken


def cidrs(text: str) -> tuple[IPInterface, ...]:
    return tuple(map(parse_cidr, text.split()))


def reconciled(host: Host, link: Link, addresses: str, routes: str) -> Reconciled:
    settings = Settings(mtu=1420, addresses=cidrs(addresses), routes=cidrs(routes))
    return reconcile(cast("Netlink", host), link, settings)


def test_the_host_is_changed_even_if_the_result_is_not_used() -> None:
    host = Host("10.0.0.1/32 10.0.0.2/32", "10.1.0.0/16 10.2.0.0/16")
    reconciled(host, Link(index=1, name="kilo"), "10.0.0.2/32 10.0.0.3/32", "10.2.0.0/16 10.3.0.0/16")
    assert host.changes == [
        "link up=True mtu=1420",
        "address +10.0.0.3/32",
        "address -10.0.0.1/32",
        "route -10.1.0.0/16",
        "route +10.3.0.0/16",
    ]


def test_networks_that_another_interface_routes_are_returned() -> None:
    host = Host("", "", taken="10.2.0.0/16")
    link = Link(index=1, name="kilo", up=True, mtu=1420)
    assert reconciled(host, link, "", "10.1.0.0/16 10.2.0.0/16").taken == cidrs("10.2.0.0/16")


def test_settings_that_do_not_differ_are_not_changed() -> None:
    host = Host("10.0.0.1/32", "10.1.0.0/16")
    reconciled(host, Link(index=1, name="kilo", up=True, mtu=1420), "10.0.0.1/32", "10.1.0.0/16")
    assert host.changes == []


class WithoutIPv6(Host):
    """A host on which IPv6 is off."""

    def change_address(self, _link: Link, address: IPInterface, *, add: bool) -> None:
        self._refuse(address)
        super().change_address(_link, address, add=add)

    def change_route(self, _link: Link, destination: IPInterface, *, add: bool) -> bool:
        self._refuse(destination)
        return super().change_route(_link, destination, add=add)

    def _refuse(self, cidr: IPInterface) -> None:
        if cidr.version == 6:
            raise NoIPv6Error("IPv6 is disabled on this machine")


def test_where_ipv6_is_off_only_ipv4_is_set() -> None:
    host, link = WithoutIPv6("", ""), Link(index=1, name="kilo", up=True, mtu=1420)
    result = reconciled(host, link, "10.0.0.1/32 fd00::1/128", "fd00:1::/64 10.1.0.0/16")
    assert result == Reconciled(without_ipv6=cidrs("fd00::1/128 fd00:1::/64"))
    assert host.changes == ["address +10.0.0.1/32", "route +10.1.0.0/16"]

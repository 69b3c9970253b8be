"""Interfaces, addresses, and routes over rtnetlink(7); only this and kernel_wireguard.py import pyroute2."""

import contextlib
import errno
import os
import sys
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar

from kgctl_py import os_errors
from kgctl_py.errors import KgctlError
from kgctl_py.net.host_interfaces import Link, Route
from kgctl_py.net.permission import AS_ROOT
from kgctl_py.net.route_dump import dump_routes
from kgctl_py.wireguard.cidr import IPAddress, IPInterface, parse_cidr

T = TypeVar("T")

_IFF_UP = 1
_LINK_SCOPE = 253
_NO_DUPLICATE_DETECTION = 2
"""IFA_F_NODAD: no neighbour in a tunnel could have the same address."""
_IPV6 = 6
_IPV6_OFF = (errno.EACCES, errno.EOPNOTSUPP, errno.EAFNOSUPPORT)
"""The answers to an IPv6 address or route if IPv6 is off: by sysctl (disable_ipv6), or in the kernel."""
_NO_DEVICE, _DENIED = (errno.ENODEV, errno.ENOENT), (errno.EPERM, errno.EACCES)


class NoIPv6Error(KgctlError):
    """IPv6 is disabled on this machine."""


class Netlink:
    """A netlink socket, open in a `with` block; each method raises KgctlError if the kernel refuses."""

    def __enter__(self) -> Self:
        if sys.platform != "linux":
            raise KgctlError("kgctl can read interfaces only on Linux")
        from pyroute2 import IPRoute

        self._socket: Any = IPRoute()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def link(self, name: str) -> Link | None:
        """Return the interface `name`, or None if it does not exist."""
        with netlink_errors(f'reading the interface "{name}"'):
            messages = _none_if_absent(lambda: list(self._socket.link("get", ifname=name)))
        if not messages:
            return None
        message = messages[0]
        info = message.get_attr("IFLA_LINKINFO")
        return Link(
            index=message["index"],
            name=name,
            kind=(info.get_attr("IFLA_INFO_KIND") if info else "") or "",
            up=bool(message["flags"] & _IFF_UP),
            mtu=message.get_attr("IFLA_MTU") or 0,
            alias=message.get_attr("IFLA_IFALIAS") or "",
        )

    def addresses(self, link: Link) -> tuple[IPInterface, ...]:
        """Return the addresses of an interface, without the IPv6 link-local ones that the kernel adds."""
        with netlink_errors(f'reading the addresses of "{link.name}"'):
            messages = list(self._socket.get_addr(index=link.index))
        addresses = (
            parse_cidr(
                f"{message.get_attr('IFA_LOCAL') or message.get_attr('IFA_ADDRESS')}/{message['prefixlen']}"
            )
            for message in messages
        )
        return tuple(address for address in addresses if not address.ip.is_link_local)

    def routes(self, link: Link) -> tuple[Route, ...]:
        """Return the routes through an interface, without those that the kernel adds for its addresses."""
        with netlink_errors(f'reading the routes through "{link.name}"'):
            return dump_routes(link.index)

    def add_link(self, name: str, kind: str) -> bool:
        """Add an interface; return False if the kernel does not support its kind."""
        with netlink_errors(f'creating the interface "{name}"'):
            return _done_unless(errno.EOPNOTSUPP, lambda: self._socket.link("add", ifname=name, kind=kind))

    def set_link(self, link: Link, *, up: bool = False, mtu: int | None = None, alias: str | None = None) -> None:
        """Set the given properties of an interface."""
        changes: dict[str, object] = {}
        if up:
            changes["state"] = "up"
        if mtu is not None:
            changes["mtu"] = mtu
        if alias is not None:
            changes["ifalias"] = alias
        with netlink_errors(f'setting up the interface "{link.name}"'):
            self._socket.link("set", index=link.index, **changes)

    def remove_link(self, link: Link) -> None:
        """Remove an interface, and with it its addresses and routes."""
        with netlink_errors(f'removing the interface "{link.name}"'):
            _none_if_absent(lambda: self._socket.link("del", index=link.index))

    def change_address(self, link: Link, address: IPInterface, *, add: bool) -> None:
        """Add an address to an interface, or remove it; raise NoIPv6Error for an IPv6 address if IPv6 is off."""
        with netlink_errors(f'{"adding" if add else "removing"} the address "{address}"'), _ipv6_errors(address):
            self._socket.addr(
                "add" if add else "del",
                index=link.index,
                address=str(address.ip),
                prefixlen=address.network.prefixlen,
                **({"flags": _NO_DUPLICATE_DETECTION} if add and address.version == _IPV6 else {}),
            )

    def change_route(self, link: Link, destination: IPInterface, *, add: bool) -> bool:
        """Add a route through an interface, or remove it; return False if another interface has that route.

        Raise NoIPv6Error for an IPv6 route if IPv6 is off.
        """
        with (
            netlink_errors(f'{"adding" if add else "removing"} the route to "{destination}"'),
            _ipv6_errors(destination),
        ):
            return _done_unless(
                errno.EEXIST if add else errno.ESRCH,
                lambda: self._socket.route(
                    "add" if add else "del",
                    dst=str(destination.network),
                    oif=link.index,
                    **({"scope": _LINK_SCOPE} if destination.version != _IPV6 else {}),
                ),
            )

    def output_interface(self, ip: IPAddress) -> int | None:
        """Return the index of the interface that packets to `ip` use; None without a route."""
        from pyroute2 import NetlinkError

        with netlink_errors(f'reading the route to "{ip}"'):
            try:
                messages = list(self._socket.route("get", dst=str(ip)))
            except NetlinkError as error:
                if error.code in (errno.ENETUNREACH, errno.EHOSTUNREACH, *_IPV6_OFF):
                    return None
                raise
        return messages[0].get_attr("RTA_OIF") if messages else None


@contextlib.contextmanager
def _ipv6_errors(cidr: IPInterface) -> Iterator[None]:
    """Raise NoIPv6Error if the kernel refuses an operation in the block because IPv6 is off."""
    from pyroute2 import NetlinkError

    try:
        yield
    except NetlinkError as error:
        if cidr.version != _IPV6 or error.code not in _IPV6_OFF:
            raise
        raise NoIPv6Error("IPv6 is disabled on this machine") from None


def _none_if_absent(ask: Callable[[], T]) -> T | None:
    from pyroute2 import NetlinkError

    try:
        return ask()
    except NetlinkError as error:
        if error.code not in _NO_DEVICE:
            raise
        return None


def _done_unless(code: int, do: Callable[[], object]) -> bool:
    """Run the block and return True; return False if the kernel returns `code`."""
    from pyroute2 import NetlinkError

    try:
        do()
    except NetlinkError as error:
        if error.code != code:
            raise
        return False
    return True


@contextlib.contextmanager
def netlink_errors(what: str) -> Iterator[None]:
    """Raise KgctlError with the failed operation if the kernel refuses it in the block."""
    from pyroute2 import NetlinkError

    try:
        yield
    except (NetlinkError, OSError) as error:
        code = getattr(error, "code", None) or getattr(error, "errno", None) or 0
        if code in _DENIED:
            raise KgctlError(f"{what} needs root, or CAP_NET_ADMIN", hint=AS_ROOT) from None
        raise KgctlError(f"{what} failed: {os_errors.reason(OSError(code, os.strerror(code)))}") from None

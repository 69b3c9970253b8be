"""Read the routes of an interface without pyroute2, which is slow for the 15,000 routes of a large mesh."""

import errno
import os
import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, Self

from kgctl_py.net.host_interfaces import Route
from kgctl_py.wireguard.cidr import IPV4, IPV6, IPInterface, address

_MESSAGE = struct.Struct("=IHHII")
"""The header of a message: its length and type, flags, a number, and a port (linux/netlink.h)."""
_ROUTE = struct.Struct("=8BI")
"""Family, lengths of destination and source, TOS, table, protocol, scope, type, and flags (linux/rtnetlink.h)."""
_ATTRIBUTE = struct.Struct("=HH")
_INDEX = struct.Struct("=I")
_ERROR = struct.Struct("=i")

_GET_ROUTES, _NEW_ROUTE = 26, 24
_IS_ERROR, _IS_LAST = 2, 3
_REQUEST, _DUMP, _INTERRUPTED = 0x001, 0x300, 0x010
_DESTINATION, _INTERFACE, _GATEWAY = 1, 4, 5

_MAIN_TABLE = 254
_UNICAST = 1
_BY_KERNEL = 2
"""The protocol of routes that the kernel adds for an address (RTPROT_KERNEL)."""
_CLONED = 0x200
"""The flag of a path MTU that the kernel learned (RTM_F_CLONED), which is no route that anybody added."""
_VERSIONS = {socket.AF_INET: IPV4, socket.AF_INET6: IPV6}
_TRIES = 5
_LARGEST = 2**17
"""The bytes of the largest datagram of the kernel, and more."""


class Kernel(Protocol):
    """A netlink socket, closed after the block."""

    def __enter__(self) -> Self:
        """Return it."""
        ...

    def __exit__(self, *_: object) -> object:
        """Close it."""

    def sendto(self, data: bytes, address: tuple[int, int], /) -> int:
        """Send a request."""
        ...

    def recv(self, size: int, /) -> bytes:
        """Return the next datagram."""
        ...


def netlink_socket() -> Kernel:
    """Return a socket to the routes of the kernel."""
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)


def dump_routes(index: int, connect: Callable[[], Kernel] = netlink_socket) -> tuple[Route, ...]:
    """Return the unicast routes of the main table through the interface with this index.

    Routes that the kernel adds for an address are left out. Raise OSError if the kernel refuses.
    """
    return tuple(route for family in _VERSIONS for route in _routes(_dump(family, connect), index))


def _dump(family: int, connect: Callable[[], Kernel]) -> list[bytes]:
    """Return the datagrams with all routes of a family, read again if they change meanwhile."""
    for _ in range(_TRIES):
        datagrams = list(_datagrams(family, connect))
        if not any(flags & _INTERRUPTED for data in datagrams for _, flags, _, _ in _messages(data)):
            break
    return datagrams


def _datagrams(family: int, connect: Callable[[], Kernel]) -> Iterator[bytes]:
    request = _ROUTE.pack(family, *bytes(7), 0)
    header = _MESSAGE.pack(_MESSAGE.size + len(request), _GET_ROUTES, _REQUEST | _DUMP, 1, 0)
    with connect() as kernel:
        kernel.sendto(header + request, (0, 0))
        while True:
            data = kernel.recv(_LARGEST)
            yield data
            for kind, _, start, end in _messages(data):
                if kind in (_IS_ERROR, _IS_LAST):
                    _check(data[start:end])
                    return


def _check(result: bytes) -> None:
    """Raise OSError if the kernel could not read all routes; the end of a dump can have an error, too."""
    code = _ERROR.unpack_from(result)[0] if len(result) >= _ERROR.size else 0
    if code < 0:
        raise OSError(-code, os.strerror(-code))


def _messages(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield the type, flags, start, and end of each message in a datagram."""
    at = 0
    while at < len(data):
        length, kind, flags, _, _ = _MESSAGE.unpack_from(data, at)
        if length < _MESSAGE.size:
            raise OSError(errno.EBADMSG, os.strerror(errno.EBADMSG))
        yield kind, flags, at + _MESSAGE.size, at + length
        at = _aligned(at + length)


def _routes(datagrams: Iterable[bytes], index: int) -> Iterator[Route]:
    for data in datagrams:
        for kind, _, start, end in _messages(data):
            if kind != _NEW_ROUTE:
                continue
            family, length, _, _, table, protocol, _, type_, flags = _ROUTE.unpack_from(data, start)
            if (table, type_) != (_MAIN_TABLE, _UNICAST) or protocol == _BY_KERNEL or family not in _VERSIONS:
                continue
            if flags & _CLONED:
                continue
            values = _attributes(data, start + _ROUTE.size, end)
            if _INTERFACE in values and _INDEX.unpack(values[_INTERFACE])[0] == index:
                yield _route(_VERSIONS[family], length, values)


def _route(version: int, length: int, values: dict[int, bytes]) -> Route:
    """Return a route; the kernel omits the destination of a default route."""
    number = int.from_bytes(values.get(_DESTINATION, b""), "big")
    gateway = values.get(_GATEWAY)
    return Route(
        destination=IPInterface(version, number, length),
        gateway=str(address(version, int.from_bytes(gateway, "big"))) if gateway else "",
    )


def _attributes(data: bytes, at: int, end: int) -> dict[int, bytes]:
    """Return the values of the attributes between two offsets, by type."""
    values = {}
    while at + _ATTRIBUTE.size <= end:
        length, kind = _ATTRIBUTE.unpack_from(data, at)
        if length < _ATTRIBUTE.size:
            break
        values[kind] = data[at + _ATTRIBUTE.size : at + length]
        at = _aligned(at + length)
    return values


def _aligned(offset: int) -> int:
    return (offset + 3) & ~3

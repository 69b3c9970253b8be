"""The settings of this machine that decide whether `wg-quick up` works, on Linux only."""

import socket
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from kgctl_py.value import Value
from kgctl_py.wireguard.cidr import IPInterface, parse_cidr

_ROOT = Path("/")
_WITHOUT_HARDWARE = 65534
"""The type of a tunnel, such as one of WireGuard (linux/if_arp.h, ARPHRD_NONE)."""
_READ_TYPE = 0x8927
"""The ioctl that reads the type and the hardware address of an interface (SIOCGIFHWADDR)."""


class Ipv4Route(Value, frozen=True):
    """A route of the main table; `ip route add` fails for a second route to the same destination."""

    destination: IPInterface
    interface: str


def is_ipv6_disabled(root: Path = _ROOT) -> bool:
    """Return whether a new interface has no IPv6; False if unknown."""
    return _text(root / "proc/sys/net/ipv6/conf/default/disable_ipv6").strip() == "1"


def is_tunnel(interface: str) -> bool:
    """Return whether an interface has no hardware; False if unknown."""
    if sys.platform != "linux":
        return False
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as query:
        try:
            answer = fcntl.ioctl(query, _READ_TYPE, struct.pack("16s24x", interface.encode()))
        except OSError:
            return False
    return bool(struct.unpack_from("=H", answer, 16)[0] == _WITHOUT_HARDWARE)


def ipv4_routes(root: Path = _ROOT, is_tunnel: Callable[[str], bool] = is_tunnel) -> tuple[Ipv4Route, ...]:
    """Return the routes without a metric that are not through a tunnel; an empty tuple if unknown."""
    lines = _text(root / "proc/net/route").splitlines()[1:]
    return tuple(route for route in _routes(lines) if not is_tunnel(route.interface))


def _routes(lines: list[str]) -> Iterator[Ipv4Route]:
    for line in lines:
        name, destination, _, _, _, _, metric, mask, *_ = line.split()
        if metric == "0":
            yield Ipv4Route(parse_cidr(f"{_dotted(destination)}/{int(mask, 16).bit_count()}"), name)


def _dotted(address: str) -> str:
    """Return an address that the kernel prints as a number in the byte order of the machine."""
    return ".".join(str(byte) for byte in int(address, 16).to_bytes(4, sys.byteorder))


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, ValueError):
        return ""

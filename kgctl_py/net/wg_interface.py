"""A WireGuard interface of this host: made, changed as far as it differs, and removed; marked by its alias."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from kgctl_py.errors import KgctlError
from kgctl_py.net import kernel, uapi
from kgctl_py.net.change import TunnelUpdate
from kgctl_py.net.device import Kind, Link
from kgctl_py.net.netlink import Netlink
from kgctl_py.net.state import WIREGUARD
from kgctl_py.value import Value
from kgctl_py.wireguard.cidr import IPInterface

PROGRAM = "WG_QUICK_USERSPACE_IMPLEMENTATION"
"""The environment variable of wg-quick(8) that names another program than wireguard-go."""

_TUN = Path("/dev/net/tun")
_SECONDS = 10


class Settings(Value, frozen=True, kw_only=True):
    """What an interface is to be, besides its tunnel: its MTU in bytes, its addresses, what is routed by it."""

    mtu: int
    addresses: tuple[IPInterface, ...]
    routes: tuple[IPInterface, ...]


def program() -> str:
    """Give the program that does WireGuard where the kernel does not."""
    return os.environ.get(PROGRAM) or "wireguard-go"


def make(netlink: Netlink, name: str, alias: str) -> Kind:
    """Make the interface, by the kernel if it has WireGuard, else by a program, and mark it with `alias`."""
    kind = Kind.KERNEL if netlink.add_link(name, WIREGUARD) else Kind.USERSPACE
    if kind is Kind.USERSPACE:
        _start(program(), name)
    link = netlink.link(name)
    if link is None:
        raise KgctlError(f'the interface "{name}" was made and is not there')
    try:
        netlink.set_link(link, alias=alias)
    except BaseException:  # without its mark nobody would ever remove it
        remove(netlink, link)
        raise
    return kind


def remove(netlink: Netlink, link: Link) -> None:
    """Remove the interface, with its routes and addresses; a program behind it ends by that."""
    netlink.remove_link(link)
    uapi.await_end(link.name)


def write_tunnel(kind: Kind, name: str, update: TunnelUpdate) -> None:
    """Tell whoever does the WireGuard of the interface."""
    (kernel if kind is Kind.KERNEL else uapi).write_tunnel(name, update)


def settle(netlink: Netlink, link: Link, wanted: Settings) -> Iterator[IPInterface]:
    """Make the interface as wanted, touching only what differs; give the networks that others route already."""
    if link.mtu != wanted.mtu or not link.up:
        netlink.set_link(link, up=True, mtu=wanted.mtu)
    there = netlink.addresses(link)
    for address in _only_in(wanted.addresses, there):
        netlink.change_address(link, address, add=True)
    for address in _only_in(there, wanted.addresses):
        netlink.change_address(link, address, add=False)
    routed = [route.destination for route in netlink.routes(link)]
    for destination in _only_in(routed, wanted.routes):
        netlink.change_route(link, destination, add=False)
    for destination in _only_in(wanted.routes, routed):
        if not netlink.change_route(link, destination, add=True):
            yield destination


def _only_in(some: Iterable[IPInterface], others: Iterable[IPInterface]) -> list[IPInterface]:
    known = set(others)
    return [one for one in dict.fromkeys(some) if one not in known]


def _start(command: str, name: str) -> None:
    """Start the program, which makes the interface and stays in the background."""
    path = shutil.which(command)
    if path is None:
        raise KgctlError(
            f'this kernel has no WireGuard, and there is no "{command}" on the PATH',
            hint="install the package wireguard-go",
        )
    if not _TUN.exists():
        raise KgctlError(f'"{command}" needs {_TUN}, which is not there', hint="modprobe tun")
    null = subprocess.DEVNULL  # it keeps what it was given, and who waits for a pipe of it waits for ever
    try:
        code = subprocess.run(  # noqa: S603 - as wg-quick does
            (path, name), stdin=null, stdout=null, stderr=null, timeout=_SECONDS, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        code = None
    if code != 0:
        raise KgctlError(f'"{command}" did not make the interface "{name}"', hint=f"{command} -f {name} says why")

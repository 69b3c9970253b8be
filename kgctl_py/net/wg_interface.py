"""Create, reconcile, and remove a WireGuard interface of this machine; its alias names its creator."""

import os
import shutil
import subprocess
from collections.abc import Collection, Iterable
from pathlib import Path

from kgctl_py.errors import KgctlError
from kgctl_py.net import kernel_wireguard, userspace_wireguard
from kgctl_py.net.device_updates import DeviceUpdate
from kgctl_py.net.host_interfaces import Implementation, Link
from kgctl_py.net.read_device import WIREGUARD
from kgctl_py.net.rtnetlink import Netlink, NoIPv6Error
from kgctl_py.value import Value
from kgctl_py.wireguard.cidr import IPInterface

PROGRAM = "WG_QUICK_USERSPACE_IMPLEMENTATION"
"""The environment variable of wg-quick(8) for another program than wireguard-go."""

_TUN = Path("/dev/net/tun")
_SECONDS = 10


class Settings(Value, frozen=True, kw_only=True):
    """The desired MTU in bytes, addresses, and routed networks of an interface."""

    mtu: int
    addresses: tuple[IPInterface, ...]
    routes: tuple[IPInterface, ...]


class Reconciled(Value, frozen=True, kw_only=True):
    """The settings that failed: networks that another interface routes, and IPv6 addresses and routes."""

    taken: tuple[IPInterface, ...] = ()
    without_ipv6: tuple[IPInterface, ...] = ()


def userspace_program() -> str:
    """Return the program that implements WireGuard outside the kernel."""
    return os.environ.get(PROGRAM) or "wireguard-go"


def create(netlink: Netlink, name: str, alias: str) -> Implementation:
    """Create the interface in the kernel if it supports WireGuard, otherwise with a program, and set its alias."""
    in_kernel = netlink.add_link(name, WIREGUARD)
    if not in_kernel:
        _start(userspace_program(), name)
    link = netlink.link(name)
    if link is None:
        raise KgctlError(f'another program removed the interface "{name}"')
    try:
        netlink.set_link(link, alias=alias)
    except BaseException:  # without an alias, no later run would remove the interface
        remove(netlink, link)
        raise
    return Implementation.KERNEL if in_kernel else Implementation.USERSPACE


def remove(netlink: Netlink, link: Link) -> None:
    """Remove the interface with its routes and addresses, which ends a program behind it."""
    netlink.remove_link(link)
    userspace_wireguard.await_end(link.name)


def configure_device(implementation: Implementation, name: str, update: DeviceUpdate) -> None:
    """Send an update to the WireGuard implementation; raise KgctlError if it refuses."""
    (kernel_wireguard if implementation is Implementation.KERNEL else userspace_wireguard).configure_device(
        name, update
    )


def reconcile(netlink: Netlink, link: Link, desired: Settings) -> Reconciled:
    """Change what differs from the desired settings; return what could not be changed."""
    if link.mtu != desired.mtu or not link.up:
        netlink.set_link(link, up=True, mtu=desired.mtu)
    without_ipv6 = _reconcile_addresses(netlink, link, desired.addresses)
    routes = update_routes(netlink, link, [route.destination for route in netlink.routes(link)], desired.routes)
    return Reconciled(taken=routes.taken, without_ipv6=without_ipv6 + routes.without_ipv6)


def _reconcile_addresses(
    netlink: Netlink, link: Link, desired: tuple[IPInterface, ...]
) -> tuple[IPInterface, ...]:
    """Return the IPv6 addresses that the interface cannot have."""
    live = netlink.addresses(link)
    without_ipv6 = []
    for address in _only_in(desired, live):
        try:
            netlink.change_address(link, address, add=True)
        except NoIPv6Error:
            without_ipv6.append(address)
    for address in _only_in(live, desired):
        netlink.change_address(link, address, add=False)
    return tuple(without_ipv6)


def update_routes(
    netlink: Netlink, link: Link, live: Collection[IPInterface], desired: Collection[IPInterface]
) -> Reconciled:
    """Change the routes that differ between `live` and `desired`; return those that could not be added."""
    for destination in _only_in(live, desired):
        netlink.change_route(link, destination, add=False)
    taken, without_ipv6 = [], []
    for destination in _only_in(desired, live):
        try:
            if not netlink.change_route(link, destination, add=True):
                taken.append(destination)
        except NoIPv6Error:
            without_ipv6.append(destination)
    return Reconciled(taken=tuple(taken), without_ipv6=tuple(without_ipv6))


def _only_in(some: Iterable[IPInterface], others: Iterable[IPInterface]) -> list[IPInterface]:
    excluded = set(others)
    return [cidr for cidr in dict.fromkeys(some) if cidr not in excluded]


def _start(command: str, name: str) -> None:
    """Start the program, which creates the interface and stays in the background."""
    path = shutil.which(command)
    if path is None:
        raise KgctlError(
            f'this kernel has no WireGuard, and "{command}" is not on the PATH',
            hint="install the package wireguard-go",
        )
    if not _TUN.exists():
        raise KgctlError(
            f'"{command}" needs {_TUN}, which does not exist', hint="to load the module: modprobe tun"
        )
    null = subprocess.DEVNULL  # the program keeps its streams open, so a pipe would never end
    try:
        code = subprocess.run(  # noqa: S603 - as wg-quick does
            (path, name),
            stdin=null,
            stdout=null,
            stderr=null,
            start_new_session=True,  # Ctrl-C is for kgctl, which decides whether the interface stays
            timeout=_SECONDS,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        code = None
    if code != 0:
        raise KgctlError(
            f'"{command}" did not create the interface "{name}"', hint=f"to see why: {command} -f {name}"
        )

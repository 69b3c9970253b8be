"""Read the WireGuard interfaces of this machine, without secrets."""

import contextlib
import socket
from collections.abc import Iterator

from kgctl_py.errors import KgctlError
from kgctl_py.net import kernel_wireguard, userspace_wireguard
from kgctl_py.net.host_interfaces import Device, Implementation, Link
from kgctl_py.net.rtnetlink import Netlink
from kgctl_py.wireguard.cidr import IPAddress
from kgctl_py.wireguard.device import WireGuardDevice

WIREGUARD = "wireguard"
"""The kind of a WireGuard interface in the kernel; for a program, it is `tun`."""


def read_device(name: str) -> Device | None:
    """Return the WireGuard interface `name`, or None if no interface has this name.

    Raise KgctlError for an interface of another kind, or without permission to read it (CAP_NET_ADMIN).
    """
    with Netlink() as netlink:
        link = netlink.link(name)
        return _device(netlink, link) if link else None


def output_interface(ip: IPAddress) -> str | None:
    """Return the name of the interface that packets to `ip` use; None without a route."""
    with Netlink() as netlink:
        index = netlink.output_interface(ip)
    return socket.if_indextoname(index) if index else None


def read_wireguard(link: Link) -> tuple[Implementation, WireGuardDevice]:
    """Return the device of an interface from its WireGuard implementation; raise KgctlError without one."""
    with removal_explained(link.name):
        if link.kind == WIREGUARD:
            return Implementation.KERNEL, kernel_wireguard.read_device(link.name)
        device = userspace_wireguard.read_device(link.name)
        if device is None:
            raise KgctlError(f'"{link.name}" is not a WireGuard interface')
        return Implementation.USERSPACE, device


@contextlib.contextmanager
def removal_explained(name: str) -> Iterator[None]:
    """Raise KgctlError with the real reason if the block fails because the interface was just removed."""
    try:
        yield
    except KgctlError:
        with Netlink() as netlink:
            if netlink.link(name) is not None:
                raise
        raise KgctlError(f'another program removed the interface "{name}"') from None


def _device(netlink: Netlink, link: Link) -> Device:
    implementation, wireguard = read_wireguard(link)
    return Device(
        name=link.name,
        implementation=implementation,
        up=link.up,
        mtu=link.mtu,
        alias=link.alias,
        addresses=netlink.addresses(link),
        public_key=wireguard.public_key,
        listen_port=wireguard.listen_port,
        peers=wireguard.peers,
    )

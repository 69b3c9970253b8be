"""WireGuard interfaces of this host as they are now; nothing is changed, and no secret is kept."""

from kgctl_py.errors import KgctlError
from kgctl_py.net import kernel_wireguard, userspace_wireguard
from kgctl_py.net.device import Device, Implementation, Link
from kgctl_py.net.rtnetlink import Netlink
from kgctl_py.wireguard.device import WireGuardDevice

WIREGUARD = "wireguard"
"""The kernel's kind of a WireGuard interface; that of a program is `tun`."""


def read_device(name: str) -> Device | None:
    """Return the WireGuard interface `name`, or None when no interface has this name.

    Raise KgctlError when it is of another kind, or may not be read (that takes CAP_NET_ADMIN).
    """
    with Netlink() as netlink:
        link = netlink.link(name)
        return _device(netlink, link) if link else None


def read_wireguard(link: Link) -> tuple[Implementation, WireGuardDevice]:
    """Return what the implementation of WireGuard knows of an interface; raise KgctlError when it has none."""
    if link.kind == WIREGUARD:
        return Implementation.KERNEL, kernel_wireguard.read_device(link.name)
    device = userspace_wireguard.read_device(link.name)
    if device is None:
        raise KgctlError(f'"{link.name}" is not a WireGuard interface')
    return Implementation.USERSPACE, device


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

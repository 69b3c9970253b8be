"""What the interfaces of this host are right now; nothing is changed, and no secret is kept."""

from kgctl_py.errors import KgctlError
from kgctl_py.net import kernel, uapi
from kgctl_py.net.device import Device, Kind, Link
from kgctl_py.net.netlink import Netlink
from kgctl_py.wireguard.device import WireGuardDevice

WIREGUARD = "wireguard"
"""The kernel's own kind of interface for WireGuard; that of a program is a `tun`."""


def read_device(name: str) -> Device | None:
    """Read the WireGuard interface `name`; None when there is no interface of that name.

    Raises KgctlError when it may not be read (that takes CAP_NET_ADMIN), or is no WireGuard interface.
    """
    with Netlink() as netlink:
        link = netlink.link(name)
        return device(netlink, link) if link else None


def device(netlink: Netlink, link: Link) -> Device:
    """Read the WireGuard interface that `link` is; raise KgctlError when it is none, or may not be read."""
    kind, tunnel = read_tunnel(link)
    return Device(
        name=link.name,
        kind=kind,
        up=link.up,
        mtu=link.mtu,
        alias=link.alias,
        addresses=netlink.addresses(link),
        public_key=tunnel.public_key,
        listen_port=tunnel.listen_port,
        peers=tunnel.peers,
    )


def read_tunnel(link: Link) -> tuple[Kind, WireGuardDevice]:
    """Ask whoever does the WireGuard of an interface."""
    if link.kind == WIREGUARD:
        return Kind.KERNEL, kernel.read_tunnel(link.name)
    tunnel = uapi.read_tunnel(link.name)
    if tunnel is None:
        raise KgctlError(f'the interface "{link.name}" is no WireGuard interface')
    return Kind.USERSPACE, tunnel

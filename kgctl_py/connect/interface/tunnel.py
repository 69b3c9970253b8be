"""The interface of this machine while it is a peer: read it, change it, and restart its sessions."""

from kgctl_py import wireguard
from kgctl_py.connect.interface.desired_interface import DesiredInterface
from kgctl_py.connect.interface.reconciler import Applied, Reconciler
from kgctl_py.connect.interface.resync import Resync
from kgctl_py.errors import KgctlError
from kgctl_py.net import wg_interface
from kgctl_py.net.device_updates import DeviceUpdate
from kgctl_py.net.host_interfaces import Implementation, Link
from kgctl_py.net.read_device import read_wireguard, removal_explained
from kgctl_py.net.restart_session import restart_session
from kgctl_py.net.rtnetlink import Netlink
from kgctl_py.net.wg_interface import userspace_program
from kgctl_py.wireguard.device import WireGuardDevice


class Tunnel:
    """An existing interface.

    Each call opens a new netlink socket, because pyroute2 caches links while a socket is open.
    """

    def __init__(self, name: str, implementation: Implementation, resync: Resync) -> None:
        self.name = name
        self.implementation = implementation
        self._reconciler = Reconciler(self, resync)

    def move_endpoints(self, conf: wireguard.Conf) -> int:
        """Set the endpoints of known peers that differ in `conf`, without reading the device; return their number.

        `apply` does everything else, and returns what changed.
        """
        return self._reconciler.move_endpoints(conf)

    def apply(self, desired: DesiredInterface) -> Applied:
        """Change what differs from the desired interface, and keep everything else, with its sessions."""
        with removal_explained(self.name), Netlink() as netlink:
            return self._reconciler.apply(netlink, self._link(netlink), desired)

    @property
    def is_resync_due(self) -> bool:
        """Whether the next `apply` compares the whole interface with the desired one."""
        return self._reconciler.is_resync_due

    def check_peers(self, device: WireGuardDevice) -> None:
        """Make a resync due if another program removed peers from the device."""
        self._reconciler.check_peers(device)

    def read(self) -> WireGuardDevice:
        """Return the current state of WireGuard."""
        with Netlink() as netlink:
            return read_wireguard(self._link(netlink))[1]

    def configure(self, update: DeviceUpdate) -> None:
        """Change WireGuard; raise KgctlError if another program removed the interface."""
        with removal_explained(self.name):
            with Netlink() as netlink:
                self._link(netlink)
            wg_interface.configure_device(self.implementation, self.name, update)

    def restart_session(self, key: wireguard.Key) -> bool:
        """Restart the session with a peer; return False if the interface has no such peer."""
        with removal_explained(self.name):
            return restart_session(self.implementation, self.name, key)

    @property
    def implementation_name(self) -> str:
        """The name of the WireGuard implementation."""
        return "WireGuard in the kernel" if self.implementation is Implementation.KERNEL else userspace_program()

    def _link(self, netlink: Netlink) -> Link:
        link = netlink.link(self.name)
        if link is None:
            raise KgctlError(f'another program removed the interface "{self.name}"')
        return link

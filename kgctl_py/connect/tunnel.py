"""The interface of this host while it is a peer: create, reconcile, and remove it."""

import contextlib
from collections.abc import Iterator

from kgctl_py import wireguard
from kgctl_py.connect.desired_interface import DesiredInterface
from kgctl_py.errors import KgctlError
from kgctl_py.net import wg_interface
from kgctl_py.net.device_updates import DeviceUpdate, moved_endpoints, plan, updates
from kgctl_py.net.host_interfaces import Implementation, Link
from kgctl_py.net.read_device import read_wireguard
from kgctl_py.net.restart_session import restart_session
from kgctl_py.net.rtnetlink import Netlink
from kgctl_py.net.wg_interface import userspace_program
from kgctl_py.notice import Tell, note
from kgctl_py.value import Value
from kgctl_py.wireguard.device import WireGuardDevice
from kgctl_py.wireguard.difference import Difference

_MARK = "kgctl connect "


class Applied(Value, frozen=True, kw_only=True):
    """The device before the change, what changed in WireGuard, and what the interface could not get."""

    before: WireGuardDevice
    difference: Difference
    reconciled: wg_interface.Reconciled


class Tunnel:
    """An existing interface, and the configuration that was last applied to it.

    Each call opens a new netlink socket, because pyroute2 caches links while a socket is open.
    """

    def __init__(self, name: str, implementation: Implementation) -> None:
        self.name = name
        self.implementation = implementation
        self._last_applied = wireguard.Conf()

    def move_endpoints(self, conf: wireguard.Conf) -> int:
        """Set the endpoints of known peers that differ in `conf`, without reading the device; return their number.

        `apply` does everything else, and returns what changed.
        """
        moved = moved_endpoints(self._last_applied, conf)
        if moved:
            with Netlink() as netlink:
                self._link(netlink)
            wg_interface.configure_device(self.implementation, self.name, DeviceUpdate(peers=moved))
        return len(moved)

    def apply(self, desired: DesiredInterface) -> Applied:
        """Change what differs from the desired interface, and keep everything else, with its sessions."""
        with Netlink() as netlink:
            link = self._link(netlink)
            before = read_wireguard(link)[1]
            difference = plan(before, self._last_applied, desired.conf)
            if difference:
                update = DeviceUpdate(peers=updates(difference))
                wg_interface.configure_device(self.implementation, self.name, update)
            self._last_applied = desired.conf
            reconciled = wg_interface.reconcile(netlink, link, desired.settings)
        return Applied(before=before, difference=difference, reconciled=reconciled)

    def read(self) -> WireGuardDevice:
        """Return the current state of WireGuard."""
        with Netlink() as netlink:
            return read_wireguard(self._link(netlink))[1]

    def restart_session(self, key: wireguard.Key) -> bool:
        """Restart the session with a peer; return False when the interface has no such peer."""
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


@contextlib.contextmanager
def create_tunnel(name: str, peer: str, key: wireguard.Key, tell: Tell, *, clean_up: bool) -> Iterator[Tunnel]:
    """Create the interface `name` of `peer` for the block; raise KgctlError if another program created one.

    An interface with the mark of an earlier run is replaced.
    """
    earlier = remove_marked_interface(name)
    if earlier is not None:
        tell(note(f'removed interface "{name}" of an earlier run for peer "{earlier}"'))
    try:
        with Netlink() as netlink:
            tunnel = Tunnel(name, wg_interface.create(netlink, name, _MARK + peer))
        wg_interface.configure_device(tunnel.implementation, name, DeviceUpdate(private_key=key))
        tell(note(f'interface "{name}" created: {tunnel.implementation_name}'))
        yield tunnel
    finally:
        if clean_up and remove_marked_interface(name) is not None:
            tell(note(f'interface "{name}" removed'))


def check_interface_free(name: str) -> None:
    """Raise KgctlError if there is an interface `name` that connect did not create."""
    with Netlink() as netlink:
        _marked_peer(netlink, name)


def remove_marked_interface(name: str) -> str | None:
    """Remove the interface that connect created, and return its peer; None without such an interface.

    Raise KgctlError before any change if another program created the interface.
    """
    with Netlink() as netlink:
        peer, link = _marked_peer(netlink, name), netlink.link(name)
        if peer is not None and link:
            wg_interface.remove(netlink, link)
    return peer


def _marked_peer(netlink: Netlink, name: str) -> str | None:
    """Return the peer of the interface; None if no interface has this name."""
    link = netlink.link(name)
    if link is None:
        return None
    if not link.alias.startswith(_MARK):
        raise KgctlError(
            f'interface "{name}" exists and is not from "kgctl connect"',
            hint="choose another name with -i NAME; on a node of the cluster, kg uses kilo0",
        )
    return link.alias.removeprefix(_MARK)

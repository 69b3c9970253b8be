"""Reconcile the interface: apply what changed since the last mesh, or everything that differs."""

from typing import Protocol

from kgctl_py import wireguard
from kgctl_py.connect.interface.desired_interface import DesiredInterface
from kgctl_py.connect.interface.resync import Resync
from kgctl_py.mesh.address import IPInterface
from kgctl_py.net import wg_interface
from kgctl_py.net.device_updates import DeviceUpdate, moved_endpoints, plan, updates
from kgctl_py.net.host_interfaces import Link
from kgctl_py.net.rtnetlink import Netlink
from kgctl_py.net.wg_interface import Reconciled, Settings
from kgctl_py.value import Value
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.device import WireGuardDevice
from kgctl_py.wireguard.difference import Difference, difference

_TRIES = 3
"""How many resyncs a missing peer requests: another program can remove it again, or WireGuard can refuse it."""


class Applied(Value, frozen=True, kw_only=True):
    """The changes in WireGuard, and the networks and addresses that the interface could not get."""

    difference: Difference
    reconciled: Reconciled


class Device(Protocol):
    """The WireGuard implementation of the interface."""

    def read(self) -> WireGuardDevice:
        """Return its current state, which takes long with thousands of peers."""

    def configure(self, update: DeviceUpdate) -> None:
        """Send an update to the device."""


class Reconciler:
    """Applies one desired interface after the other, and remembers the last one.

    A resync compares everything, and so reverts what other programs changed.
    """

    def __init__(self, device: Device, resync: Resync) -> None:
        self._device, self._resync = device, resync
        self._conf = wireguard.Conf()
        self._settings: Settings | None = None
        self._missing = Reconciled()
        self._put_back: dict[Key, int] = {}
        """How often each absent peer was put back without being seen since then."""

    def move_endpoints(self, conf: wireguard.Conf) -> int:
        """Set the endpoints of known peers that differ in `conf`, and return their number."""
        moved = moved_endpoints(self._conf, conf)
        if moved:
            self._device.configure(DeviceUpdate(peers=moved))
        return len(moved)

    @property
    def is_resync_due(self) -> bool:
        """Whether the next `apply` compares everything."""
        return self._resync.is_due

    def check_peers(self, device: WireGuardDevice) -> None:
        """Request a resync if peers are missing, except those that several resyncs could not add."""
        wanted = {peer.public_key for peer in self._conf.peers if peer.public_key}
        absent = wanted - {peer.public_key for peer in device.peers}
        tries = {key: self._put_back.get(key, 0) + 1 for key in absent}
        if any(count <= _TRIES for count in tries.values()):
            self._resync.request()
        self._put_back = tries

    def apply(self, netlink: Netlink, link: Link, desired: DesiredInterface) -> Applied:
        """Change what differs from the desired interface, and keep everything else, with its sessions."""
        changes = difference(self._conf, desired.conf)
        if self._resync.is_due or not self._has_settings(link, desired.settings):
            changes = plan(self._device.read(), self._conf, desired.conf)
            self._configure(changes)
            self._missing = wg_interface.reconcile(netlink, link, desired.settings)
            self._resync.done()
        else:
            self._configure(changes)
            self._missing = self._update_routes(netlink, link, desired.settings)
        self._conf, self._settings = desired.conf, desired.settings
        return Applied(difference=changes, reconciled=self._missing)

    def _configure(self, changes: Difference) -> None:
        if changes:
            self._device.configure(DeviceUpdate(peers=updates(changes)))

    def _has_settings(self, link: Link, desired: Settings) -> bool:
        """Return whether the link and the last applied addresses match the desired settings."""
        applied = self._settings
        return bool(applied and applied.addresses == desired.addresses and link.up and link.mtu == desired.mtu)

    def _update_routes(self, netlink: Netlink, link: Link, desired: Settings) -> Reconciled:
        """Change the routes that differ from the last applied ones; return what the interface could not get."""
        updated = wg_interface.update_routes(netlink, link, self._routes(), desired.routes)
        if set(updated.taken) - set(self._missing.taken):  # another program may have added it to this interface
            return wg_interface.reconcile(netlink, link, desired)
        addresses = (cidr for cidr in self._missing.without_ipv6 if cidr in desired.addresses)
        return Reconciled(taken=updated.taken, without_ipv6=(*addresses, *updated.without_ipv6))

    def _routes(self) -> list[IPInterface]:
        """Return the routes that were added."""
        missing = {*self._missing.taken, *self._missing.without_ipv6}
        return [cidr for cidr in (self._settings.routes if self._settings else ()) if cidr not in missing]

"""The interface of this host while it is a peer: made, changed as the mesh changes, taken away in the end."""

import contextlib
from collections.abc import Callable, Iterator

from kgctl_py import wireguard
from kgctl_py.connect.desired import Wanted
from kgctl_py.errors import KgctlError
from kgctl_py.net import wg_interface
from kgctl_py.net.device import Implementation, Link
from kgctl_py.net.device_updates import DeviceUpdate, plan, updates
from kgctl_py.net.netlink import Netlink
from kgctl_py.net.read_device import read_wireguard
from kgctl_py.net.wg_interface import userspace_program
from kgctl_py.value import Value
from kgctl_py.wireguard.device import WireGuardDevice
from kgctl_py.wireguard.difference import Difference

_MARK = "kgctl connect "


class Applied(Value, frozen=True, kw_only=True):
    """What was changed in WireGuard, and the networks that were not routed since other interfaces have them."""

    difference: Difference
    not_routed: tuple[str, ...]


class Tunnel:
    """An interface that is there, and what it was told the last time.

    Each time a new netlink socket is opened: pyroute2 keeps the answers about links for as long as one is open.
    """

    def __init__(self, name: str, implementation: Implementation) -> None:
        self.name = name
        self.implementation = implementation
        self._told = wireguard.Conf()

    def apply(self, wanted: Wanted) -> Applied:
        """Make the interface as it is wanted; what is so already is not touched, and no session ends by that."""
        with Netlink() as netlink:
            link = self._link(netlink)
            found = plan(read_wireguard(link)[1], self._told, wanted.conf)
            if found:
                update = DeviceUpdate(peers=updates(found))
                wg_interface.configure_device(self.implementation, self.name, update)
            self._told = wanted.conf
            taken = tuple(str(cidr) for cidr in wg_interface.reconcile(netlink, link, wanted.settings))
        return Applied(difference=found, not_routed=taken)

    def read(self) -> WireGuardDevice:
        """Read what WireGuard says now."""
        with Netlink() as netlink:
            return read_wireguard(self._link(netlink))[1]

    @property
    def words(self) -> str:
        """Who does the WireGuard, in words."""
        return "WireGuard in the kernel" if self.implementation is Implementation.KERNEL else userspace_program()

    def _link(self, netlink: Netlink) -> Link:
        link = netlink.link(self.name)
        if link is None:
            raise KgctlError(f'somebody removed the interface "{self.name}"')
        return link


@contextlib.contextmanager
def up(
    name: str, peer: str, key: wireguard.Key, say: Callable[[str], None], *, clean_up: bool
) -> Iterator[Tunnel]:
    """Make the interface `name` for `peer`, and remove it in the end; raise KgctlError when it is another's.

    One that an earlier run has left, as its mark tells, is replaced.
    """
    earlier = remove_marked(name)
    if earlier is not None:
        say(f'interface "{name}" that an earlier run left for peer "{earlier}" removed')
    try:
        with Netlink() as netlink:
            tunnel = Tunnel(name, wg_interface.create(netlink, name, _MARK + peer))
        wg_interface.configure_device(tunnel.implementation, name, DeviceUpdate(private_key=key))
        say(f'interface "{name}" made: {tunnel.words}')
        yield tunnel
    finally:
        if clean_up and remove_marked(name) is not None:
            say(f'interface "{name}" removed')


def check_free(name: str) -> None:
    """Raise KgctlError when there is an interface `name` that connect did not make."""
    with Netlink() as netlink:
        marked_for(netlink, name)


def remove_marked(name: str) -> str | None:
    """Remove the interface that a run of connect made, and give its peer; None when there is none.

    Raises KgctlError, before anything is changed, when it is not marked as such.
    """
    with Netlink() as netlink:
        peer, link = marked_for(netlink, name), netlink.link(name)
        if peer is not None and link:
            wg_interface.remove(netlink, link)
    return peer


def marked_for(netlink: Netlink, name: str) -> str | None:
    """Give the peer that the interface was made for; None when there is no interface of that name."""
    link = netlink.link(name)
    if link is None:
        return None
    if not link.alias.startswith(_MARK):
        raise KgctlError(
            f'there is an interface "{name}" that "kgctl connect" did not make',
            hint="choose another name with -i NAME: that of kg on a node is kilo0",
        )
    return link.alias.removeprefix(_MARK)

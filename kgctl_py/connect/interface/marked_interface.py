"""The interface that connect creates, with a mark that a later run can find."""

import contextlib
from collections.abc import Iterator

from kgctl_py import wireguard
from kgctl_py.connect.interface.resync import Resync
from kgctl_py.connect.interface.tunnel import Tunnel
from kgctl_py.errors import KgctlError
from kgctl_py.net import wg_interface
from kgctl_py.net.device_updates import DeviceUpdate
from kgctl_py.net.rtnetlink import Netlink
from kgctl_py.notice import Tell, note

_MARK = "kgctl connect "


@contextlib.contextmanager
def create_tunnel(
    name: str, peer: str, key: wireguard.Key, resync: Resync, tell: Tell, *, clean_up: bool
) -> Iterator[Tunnel]:
    """Create the interface `name` of `peer` for the block; raise KgctlError if another program created one.

    An interface with the mark of an earlier run is replaced.
    """
    earlier = remove_marked_interface(name)
    if earlier is not None:
        tell(note(f'removed interface "{name}" of an earlier run for peer "{earlier}"'))
    try:
        with Netlink() as netlink:
            tunnel = Tunnel(name, wg_interface.create(netlink, name, _MARK + peer), resync)
        tunnel.configure(DeviceUpdate(private_key=key))
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
            f'interface "{name}" already exists and is not from "kgctl connect"',
            hint="choose another interface with --interface NAME",
        )
    return link.alias.removeprefix(_MARK)

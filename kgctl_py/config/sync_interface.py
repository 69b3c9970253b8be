"""Apply a configuration to an interface of this machine: WireGuard peers, addresses, and routes."""

import time
from collections.abc import Callable, Mapping

from kgctl_py import wireguard
from kgctl_py.config.device_conf import device_conf
from kgctl_py.errors import KgctlError
from kgctl_py.mesh.address import IPAddress, IPInterface, masked
from kgctl_py.net import wg_interface
from kgctl_py.net.device_updates import DeviceUpdate, PeerUpdate, updates
from kgctl_py.net.host_interfaces import Device
from kgctl_py.net.read_device import read_device
from kgctl_py.net.resolve import look_up
from kgctl_py.net.rtnetlink import Netlink
from kgctl_py.net.wg_interface import Reconciled, Settings
from kgctl_py.value import Value, replace
from kgctl_py.wireguard.difference import Difference, difference, effective_conf
from kgctl_py.wireguard.keygen import public_key

_OWN_TABLES = ("", "auto")


class Synced(Value, frozen=True, kw_only=True):
    """The changes of the interface, and the settings that could not be applied.

    `mtu` is None if it did not change; `added` and `removed` are the networks of routes.
    """

    difference: Difference
    addresses: tuple[IPInterface, ...] = ()
    mtu: int | None = None
    added: tuple[IPInterface, ...] = ()
    removed: tuple[IPInterface, ...] = ()
    reconciled: Reconciled = Reconciled()


def sync_interface(
    name: str, conf: wireguard.Conf, look_up: Callable[[set[str]], Mapping[str, IPAddress]] = look_up
) -> Synced:
    """Change only what differs from the configuration, so that sessions and other settings stay.

    Raise KgctlError if the interface does not exist, or has another private key. A route is removed if it was for
    an allowed IP that no peer has now. If the configuration sets a routing table, no route changes.
    """
    device = read_device(name)
    if device is None:
        raise KgctlError(f'interface "{name}" not found', hint="create it first, for example with wg-quick up")
    interface = conf.interface or wireguard.Interface()
    if interface.private_key and public_key(interface.private_key) != device.public_key:
        raise KgctlError(f'interface "{name}" does not have the private key of the configuration')
    names = {peer.endpoint.name for peer in conf.peers if peer.endpoint and peer.endpoint.name}
    addresses = look_up(names) if names else {}
    desired = effective_conf(conf, device.public_key)
    changes = difference(
        replace(device_conf(device, desired, addresses, time.time()), interface=None),
        replace(desired, interface=None),
    )
    wg_interface.configure_device(
        device.implementation,
        name,
        DeviceUpdate(peers=(*_resolved(changes, addresses), *_preshared_keys(desired))),
    )
    return _with_addresses_and_routes(device, desired, changes)


def _resolved(changes: Difference, addresses: Mapping[str, IPAddress]) -> tuple[PeerUpdate, ...]:
    """Return the updates with an address for each DNS name; an endpoint that does not resolve is not changed."""

    def resolved(update: PeerUpdate) -> PeerUpdate:
        endpoint = update.endpoint
        if endpoint is None or not endpoint.name:
            return update
        ip = endpoint.ip or addresses.get(endpoint.name)
        return replace(update, endpoint=wireguard.Endpoint(ip=ip, port=endpoint.port) if ip else None)

    return tuple(map(resolved, updates(changes)))


def _preshared_keys(conf: wireguard.Conf) -> tuple[PeerUpdate, ...]:
    """Return updates that set all preshared keys, because kgctl cannot read those of the interface."""
    keys = ((peer.public_key, peer.preshared_key) for peer in conf.peers)
    return tuple(
        PeerUpdate(public_key=key, update_only=True, preshared_key=secret)
        for key, secret in keys
        if key and secret
    )


def _with_addresses_and_routes(device: Device, conf: wireguard.Conf, changes: Difference) -> Synced:
    interface = conf.interface or wireguard.Interface()
    sets_routes = interface.table in _OWN_TABLES
    before, wanted = (_networks(device.peers), _networks(conf.peers)) if sets_routes else ({}, {})
    with Netlink() as netlink:
        link = netlink.link(device.name)
        if link is None:
            raise KgctlError(f'another program removed the interface "{device.name}"')
        held = netlink.addresses(link)  # others can have added addresses since the device was read
        live = tuple(route.destination for route in netlink.routes(link))
        kept = tuple(cidr for cidr in live if cidr not in before or cidr in wanted)
        settings = Settings(
            mtu=interface.mtu or link.mtu,
            addresses=tuple(dict.fromkeys((*held, *interface.addresses))),
            routes=tuple(dict.fromkeys((*kept, *(cidr for cidr in wanted if cidr.prefixlen)))),
        )
        reconciled = wg_interface.reconcile(netlink, link, settings)
    missing = (*reconciled.taken, *reconciled.without_ipv6)
    return Synced(
        difference=changes,
        addresses=tuple(cidr for cidr in settings.addresses if cidr not in (*held, *missing)),
        mtu=settings.mtu if settings.mtu != link.mtu else None,
        added=tuple(cidr for cidr in settings.routes if cidr not in live and cidr not in missing),
        removed=tuple(cidr for cidr in live if cidr not in settings.routes),
        reconciled=reconciled,
    )


def _networks(
    peers: tuple[wireguard.Peer, ...] | tuple[wireguard.device.DevicePeer, ...],
) -> dict[IPInterface, None]:
    return dict.fromkeys(masked(cidr) for peer in peers for cidr in peer.allowed_ips)

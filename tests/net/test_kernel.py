"""What is told to WireGuard in the kernel is a message that netlink can carry, and what it tells is read whole.

This machine's kernel may have none: pyroute2 encodes the messages and decodes them again.
"""

from typing import Any

import pytest

from kgctl_py.net import kernel_wireguard
from kgctl_py.net.device_updates import DeviceUpdate, PeerUpdate
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.cidr import parse_cidr
from kgctl_py.wireguard.device import DevicePeer
from kgctl_py.wireguard.endpoint import parse_endpoint

wireguard = pytest.importorskip("pyroute2.netlink.generic.wireguard", reason="netlink is Linux'")

KEY, OTHER = Key(bytes([1]) * 32), Key(bytes([2]) * 32)


class Kernel:
    """Takes what `set` is given through the encoding, and gives it back as `info` does."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    def __enter__(self) -> "Kernel":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def set(self, name: str, *, peer: Any = None, **_: object) -> None:
        message = wireguard.wgmsg()
        message["attrs"].append(["WGDEVICE_A_IFNAME", name])
        if peer:
            wireguard.AsyncWireGuard._wg_set_peer(_Checks, message, peer)
        message.encode()
        decoded = wireguard.wgmsg(message.data)
        decoded.decode()
        self.messages.append(decoded)

    def info(self, _: str) -> list[Any]:
        return self.messages


class _Checks:
    _wg_test_key = staticmethod(lambda key: wireguard.AsyncWireGuard._wg_test_key(None, key))
    _wg_build_allowedips = staticmethod(lambda ips: wireguard.AsyncWireGuard._wg_build_allowedips(None, ips))


@pytest.fixture
def device() -> Kernel:
    return Kernel()


@pytest.mark.parametrize("endpoint", ["203.0.113.1:51820", "[2001:db8::1]:51820"])
def test_a_peer_is_read_as_it_was_configured(device: Kernel, endpoint: str) -> None:
    cidrs = tuple(parse_cidr(text) for text in ("10.1.0.0/16", "fd00::/64"))
    told = PeerUpdate(
        public_key=KEY,
        endpoint=parse_endpoint(endpoint),
        preshared_key=OTHER,
        persistent_keepalive=25,
        replace_allowed_ips=True,
        allowed_ips=cidrs,
    )
    kernel_wireguard.configure_device("kilo0", DeviceUpdate(peers=(told,)), lambda: device)
    (peer,) = kernel_wireguard.read_device("kilo0", lambda: device).peers
    assert peer == DevicePeer(
        public_key=KEY,
        endpoint=parse_endpoint(endpoint),
        allowed_ips=cidrs,
        persistent_keepalive=25,
        has_preshared_key=True,
    )


def test_a_peer_of_very_many_allowed_ips_is_told_and_read_in_several_messages(device: Kernel) -> None:
    cidrs = tuple(parse_cidr(f"10.{n >> 8}.{n & 255}.0/24") for n in range(2500))
    kernel_wireguard.configure_device(
        "kilo0", DeviceUpdate(peers=(PeerUpdate(public_key=KEY, allowed_ips=cidrs),)), lambda: device
    )
    assert len(device.messages) == 3
    (peer,) = kernel_wireguard.read_device("kilo0", lambda: device).peers
    assert peer.allowed_ips == cidrs


def test_the_update_of_a_removed_peer_only_removes_it(device: Kernel) -> None:
    kernel_wireguard.configure_device(
        "kilo0", DeviceUpdate(peers=(PeerUpdate(public_key=KEY, remove=True),)), lambda: device
    )
    (peer,) = device.messages[0].get_attr("WGDEVICE_A_PEERS")
    assert peer.get_attr("WGPEER_A_FLAGS") == wireguard.WGPEER_F_REMOVE_ME
    assert peer.get_attr("WGPEER_A_ALLOWEDIPS") is None


def test_a_change_of_a_peer_adds_none_that_is_not_there(device: Kernel) -> None:
    cidrs = tuple(parse_cidr(f"10.{n >> 8}.{n & 255}.0/24") for n in range(1500))
    change = PeerUpdate(public_key=KEY, update_only=True, replace_allowed_ips=True, allowed_ips=cidrs)
    kernel_wireguard.configure_device("kilo0", DeviceUpdate(peers=(change,)), lambda: device)
    flags = [
        peer.get_attr("WGPEER_A_FLAGS") for one in device.messages for peer in one.get_attr("WGDEVICE_A_PEERS")
    ]
    only, replaced = wireguard.WGPEER_F_UPDATE_ONLY, wireguard.WGPEER_F_REPLACE_ALLOWEDIPS
    assert flags == [only | replaced, only]


def test_a_peer_can_be_restored_with_its_preshared_key(device: Kernel) -> None:
    told = PeerUpdate(
        public_key=KEY,
        endpoint=parse_endpoint("203.0.113.1:51820"),
        preshared_key=OTHER,
        persistent_keepalive=25,
        replace_allowed_ips=True,
        allowed_ips=tuple(parse_cidr(f"10.{number // 256}.{number % 256}.0/24") for number in range(2500)),
    )
    kernel_wireguard.configure_device("kilo0", DeviceUpdate(peers=(told,)), lambda: device)
    assert kernel_wireguard.peer_update("kilo0", KEY, lambda: device) == told
    assert kernel_wireguard.peer_update("kilo0", OTHER, lambda: device) is None


def test_a_peer_with_a_link_local_endpoint_is_never_restored_without_its_zone(device: Kernel) -> None:
    told = PeerUpdate(public_key=KEY, endpoint=parse_endpoint("[fe80::1]:51820"))
    kernel_wireguard.configure_device("kilo0", DeviceUpdate(peers=(told,)), lambda: device)
    assert kernel_wireguard.peer_update("kilo0", KEY, lambda: device) is None

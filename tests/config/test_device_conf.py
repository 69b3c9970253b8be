"""Which endpoints of an interface that is up are held against it."""

import ipaddress

from kgctl_py.config.device_conf import device_conf
from kgctl_py.net.host_interfaces import Device, Implementation
from kgctl_py.wireguard import Conf, Endpoint, Key, Peer
from kgctl_py.wireguard.device import REJECT_AFTER_SECONDS, DevicePeer
from kgctl_py.wireguard.difference import difference
from kgctl_py.wireguard.endpoint import parse_endpoint

A = Key(b"a" * 32)
NOW = 1000.0


def differs(there: str, wanted: str, *, handshake: float = 0, found: str = "") -> bool:
    """Return whether a device with one endpoint differs from a configuration with another one."""
    peer = DevicePeer(public_key=A, endpoint=endpoint(there), latest_handshake=int(handshake))
    device = Device(
        name="wg0", implementation=Implementation.KERNEL, up=True, mtu=1420, alias="", addresses=(), peers=(peer,)
    )
    conf = Conf(peers=(Peer(public_key=A, endpoint=endpoint(wanted)),))
    addresses = {"vpn.example.com": ipaddress.ip_address(found)} if found else {}
    return bool(difference(device_conf(device, conf, addresses, NOW), conf))


def endpoint(text: str) -> Endpoint | None:
    return parse_endpoint(text) if text else None


def test_another_endpoint_is_a_difference_while_it_does_not_answer() -> None:
    assert differs("192.0.2.1:1", "192.0.2.2:1")
    assert differs("192.0.2.1:1", "192.0.2.2:1", handshake=NOW - REJECT_AFTER_SECONDS)
    assert differs("", "192.0.2.2:1")


def test_an_endpoint_that_answers_is_right_wherever_it_has_moved() -> None:
    assert not differs("192.0.2.1:1", "192.0.2.2:1", handshake=NOW - 10)


def test_an_endpoint_that_was_learned_is_no_difference_where_none_is_stated() -> None:
    assert not differs("192.0.2.1:1", "")


def test_a_name_is_where_it_leads_to() -> None:
    assert not differs("192.0.2.1:51", "vpn.example.com:51", found="192.0.2.1")
    assert differs("192.0.2.1:51", "vpn.example.com:51", found="192.0.2.7")
    assert differs("192.0.2.1:51", "vpn.example.com:52", found="192.0.2.1")


def test_a_name_that_cannot_be_looked_up_is_given_the_benefit_of_the_doubt() -> None:
    assert not differs("192.0.2.1:51", "vpn.example.com:51")

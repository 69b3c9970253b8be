"""WireGuard is told only what differs, and becomes by that what is wanted."""

from hypothesis import given
from hypothesis import strategies as st

from kgctl_py import wireguard
from kgctl_py.net.device_updates import NO_KEY, PeerUpdate, moved_endpoints, plan, updates
from kgctl_py.wireguard import Conf, Endpoint, Key, Peer
from kgctl_py.wireguard.cidr import IPInterface
from kgctl_py.wireguard.device import DevicePeer, WireGuardDevice
from kgctl_py.wireguard.endpoint import parse_endpoint
from tests.net.confs import CIDRS, ENDPOINTS, KEYS, confs
from tests.net.fake_wireguard import FakeWireGuard, routed


@given(st.lists(confs(), min_size=1, max_size=4))
def test_after_any_changes_wireguard_is_what_was_wanted_last(wanted: list[Conf]) -> None:
    device, told = FakeWireGuard(), Conf()
    for conf in wanted:
        device.tell(updates(plan(device.seen, told, conf)))
        told = conf
        assert routed(device.seen.peers) == routed(conf.peers)
        for peer in conf.peers:
            assert peer.public_key is not None
            there = device.peers[peer.public_key]
            assert there.endpoint == peer.endpoint or not peer.endpoint
            assert there.persistent_keepalive == peer.persistent_keepalive
            assert device.preshared.get(peer.public_key, NO_KEY) == (peer.preshared_key or NO_KEY)
        assert updates(plan(device.seen, told, conf)) == ()


def conf(*cidrs: IPInterface, endpoint: Endpoint | None = None) -> Conf:
    return Conf(peers=(Peer(public_key=KEYS[0], allowed_ips=cidrs, endpoint=endpoint),))


def seen(*cidrs: IPInterface, endpoint: Endpoint | None = None) -> WireGuardDevice:
    return WireGuardDevice(peers=(DevicePeer(public_key=KEYS[0], allowed_ips=cidrs, endpoint=endpoint),))


def test_an_endpoint_that_was_learned_is_kept_until_another_one_is_wanted() -> None:
    told = conf(CIDRS[0], endpoint=ENDPOINTS[0])
    roamed = seen(CIDRS[0], endpoint=ENDPOINTS[1])
    assert updates(plan(roamed, told, told)) == ()
    moved = conf(CIDRS[0], endpoint=ENDPOINTS[2])
    assert updates(plan(roamed, told, moved)) == (
        PeerUpdate(public_key=KEYS[0], update_only=True, endpoint=ENDPOINTS[2]),
    )


def test_more_allowed_ips_are_added_to_those_that_are_there() -> None:
    found = updates(plan(seen(CIDRS[0]), conf(CIDRS[0]), conf(CIDRS[0], CIDRS[2])))
    assert found == (PeerUpdate(public_key=KEYS[0], update_only=True, allowed_ips=(CIDRS[2],)),)


def test_allowed_ips_in_another_order_are_no_difference() -> None:
    told = conf(*CIDRS[:3], endpoint=ENDPOINTS[0])
    assert not plan(seen(*reversed(CIDRS[:3]), endpoint=ENDPOINTS[1]), told, told)


def test_a_peer_that_was_added_by_hand_is_removed() -> None:
    assert updates(plan(seen(CIDRS[0]), wireguard.Conf(), wireguard.Conf())) == (
        PeerUpdate(public_key=KEYS[0], remove=True),
    )


def test_only_known_peers_with_another_address_move() -> None:
    one, two, three, four = KEYS[:4]
    applied = Conf(peers=(_at(one, "203.0.113.1:1"), _at(two, "203.0.113.2:2"), _at(three, None)))
    desired = Conf(
        peers=(
            _at(one, "203.0.113.9:1"),
            _at(two, "203.0.113.2:2"),
            _at(three, "203.0.113.3:3"),
            _at(four, "203.0.113.4:4"),
        )
    )
    moved = moved_endpoints(applied, desired)
    assert [(each.public_key, str(each.endpoint)) for each in moved] == [
        (one, "203.0.113.9:1"),
        (three, "203.0.113.3:3"),
    ]
    assert all(
        each == PeerUpdate(public_key=each.public_key, update_only=True, endpoint=each.endpoint) for each in moved
    )


def test_an_endpoint_without_an_address_and_a_peer_that_is_there_twice_wait() -> None:
    applied = Conf(peers=tuple(_at(key, "203.0.113.1:1") for key in KEYS[:3]))
    twice = (_at(KEYS[2], "203.0.113.3:3"), _at(KEYS[2], "203.0.113.4:4"))
    desired = Conf(peers=(_at(KEYS[0], None), _at(KEYS[1], "vpn.example.com:1"), *twice))
    assert moved_endpoints(applied, desired) == ()


def _at(key: Key, endpoint: str | None) -> Peer:
    return Peer(public_key=key, endpoint=parse_endpoint(endpoint) if endpoint else None)

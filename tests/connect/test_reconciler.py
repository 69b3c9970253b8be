"""Changes since the last mesh lead to the same interface as a comparison of everything."""

from collections.abc import Sequence
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.connect.interface.desired_interface import DesiredInterface
from kgctl_py.connect.interface.reconciler import Applied, Reconciler
from kgctl_py.connect.interface.resync import Resync
from kgctl_py.net.device_updates import DeviceUpdate, PeerUpdate
from kgctl_py.net.host_interfaces import Link, Route
from kgctl_py.net.rtnetlink import Netlink, NoIPv6Error
from kgctl_py.net.wg_interface import Settings
from kgctl_py.value import replace
from kgctl_py.wireguard import Conf, Endpoint, Key, Peer
from kgctl_py.wireguard.cidr import IPInterface, parse_cidr
from kgctl_py.wireguard.device import WireGuardDevice
from tests.net.confs import CIDRS, ENDPOINTS, KEYS, confs
from tests.net.fake_wireguard import FakeWireGuard, routed

PERIOD = 30.0
TAKEN = parse_cidr("10.2.0.0/16")
ADDRESSES = [parse_cidr(text) for text in ("10.5.0.1/32", "10.5.0.2/32", "fd00:5::1/128")]


class Host:
    """An interface with its WireGuard, on a host with or without IPv6; another interface may have a network."""

    def __init__(self, *, ipv6: bool, taken: Sequence[IPInterface]) -> None:
        self.wireguard = FakeWireGuard()
        self.link = Link(index=1, name="kilo0")
        self.held: set[IPInterface] = set()
        self.routed: set[IPInterface] = set()
        self.reads = 0
        self.now = 0.0
        self._ipv6, self._taken = ipv6, taken
        self._reconciler = Reconciler(self, Resync(PERIOD, lambda: self.now))

    def apply(self, desired: DesiredInterface) -> Applied:
        self._reconciler.move_endpoints(desired.conf)
        return self._reconciler.apply(cast("Netlink", self), self.link, desired)

    def look(self, desired: DesiredInterface) -> None:
        """Look at the device as connect does from time to time, and compare everything if that is due."""
        self._reconciler.check_peers(self.wireguard.seen)
        if self._reconciler.is_resync_due:
            self.apply(desired)

    def read(self) -> WireGuardDevice:
        self.reads += 1
        return self.wireguard.seen

    def configure(self, update: DeviceUpdate) -> None:
        self.wireguard.tell(update.peers)

    def set_link(self, _link: Link, *, up: bool, mtu: int) -> None:
        self.link = replace(self.link, up=up, mtu=mtu)

    def addresses(self, _link: Link) -> tuple[IPInterface, ...]:
        return tuple(self.held)

    def routes(self, _link: Link) -> tuple[Route, ...]:
        return tuple(Route(destination=destination) for destination in self.routed)

    def change_address(self, _link: Link, address: IPInterface, *, add: bool) -> None:
        self._change(self.held, address, add=add)

    def change_route(self, _link: Link, destination: IPInterface, *, add: bool) -> bool:
        if (add and destination in (*self._taken, *self.routed)) or (not add and destination not in self.routed):
            return False
        self._change(self.routed, destination, add=add)
        return True

    def _change(self, cidrs: set[IPInterface], cidr: IPInterface, *, add: bool) -> None:
        if cidr.version == 6 and not self._ipv6:
            raise NoIPv6Error("IPv6 is disabled on this machine")
        (cidrs.add if add else cidrs.remove)(cidr)

    @property
    def state(self) -> tuple[object, ...]:
        peers = {peer.public_key: replace(peer, allowed_ips=()) for peer in self.wireguard.seen.peers}
        allowed = routed(self.wireguard.seen.peers)
        return peers, allowed, self.wireguard.preshared, self.link, self.held, self.routed


@st.composite
def desired_interfaces(draw: st.DrawFn) -> DesiredInterface:
    """Return an interface with few choices, so that much of it is as before."""
    conf = draw(confs())
    addresses = draw(st.lists(st.sampled_from(ADDRESSES), unique=True, max_size=2))
    routes = tuple(cidr for peer in conf.peers for cidr in peer.allowed_ips)
    settings = Settings(mtu=draw(st.sampled_from([1420, 1420, 1380])), addresses=tuple(addresses), routes=routes)
    return DesiredInterface(conf=conf, settings=settings)


Roamed = tuple[int, Endpoint]


@given(
    st.lists(
        st.tuples(desired_interfaces(), st.none() | st.tuples(st.integers(0, 4), st.sampled_from(ENDPOINTS)))
    ),
    st.booleans(),
    st.sampled_from([(), (TAKEN,)]),
)
def test_any_changes_lead_to_the_interface_that_a_comparison_of_everything_gives(
    steps: list[tuple[DesiredInterface, Roamed | None]], ipv6: bool, taken: tuple[IPInterface, ...]
) -> None:
    changed, compared = Host(ipv6=ipv6, taken=taken), Host(ipv6=ipv6, taken=taken)
    for desired, roamed in steps:
        compared.now += PERIOD
        applied, expected = changed.apply(desired), compared.apply(desired)
        assert changed.state == compared.state
        assert set(applied.reconciled.taken) == set(expected.reconciled.taken)
        assert set(applied.reconciled.without_ipv6) == set(expected.reconciled.without_ipv6)
        if roamed:
            changed.wireguard.roam(*roamed)
            compared.wireguard.roam(*roamed)
    assert compared.reads == len(steps)


def interface(*cidrs: IPInterface, endpoint: Endpoint = ENDPOINTS[0]) -> DesiredInterface:
    conf = Conf(peers=(Peer(public_key=KEYS[0], allowed_ips=cidrs, endpoint=endpoint),))
    return DesiredInterface(conf=conf, settings=Settings(mtu=1420, addresses=(ADDRESSES[0],), routes=cidrs))


def test_the_device_is_read_at_first_and_at_a_resync_but_not_for_a_change() -> None:
    host = Host(ipv6=True, taken=())
    host.apply(interface(CIDRS[0]))
    assert host.reads == 1
    for number in range(1, 5):
        host.now += 1
        assert host.apply(interface(*CIDRS[:number])).difference or number == 1
    assert host.reads == 1
    host.now += PERIOD
    host.apply(interface(*CIDRS[:4]))
    assert host.reads == 2


def test_what_another_program_changes_is_reverted_by_the_next_resync() -> None:
    host = Host(ipv6=True, taken=())
    host.apply(interface(*CIDRS[:2]))
    expected = host.state
    host.wireguard.tell([PeerUpdate(public_key=KEYS[0], remove=True), PeerUpdate(public_key=KEYS[1])])
    host.routed.clear()
    host.now += PERIOD
    host.apply(interface(*CIDRS[:2]))
    assert host.state == expected


def test_an_endpoint_that_was_learned_stays_at_a_change_and_at_a_resync() -> None:
    host = Host(ipv6=True, taken=())
    host.apply(interface(CIDRS[0]))
    host.wireguard.roam(0, ENDPOINTS[1])
    for seconds, more in ((1, CIDRS[1]), (PERIOD, CIDRS[2])):
        host.now += seconds
        host.apply(interface(CIDRS[0], more))
        assert host.wireguard.peers[KEYS[0]].endpoint == ENDPOINTS[1]
    host.apply(interface(CIDRS[0], endpoint=ENDPOINTS[2]))
    assert host.wireguard.peers[KEYS[0]].endpoint == ENDPOINTS[2]


def test_a_link_that_somebody_sets_down_is_compared_as_a_whole() -> None:
    host = Host(ipv6=True, taken=())
    host.apply(interface(CIDRS[0]))
    host.link, host.routed = replace(host.link, up=False), set()
    host.apply(interface(*CIDRS[:2]))
    assert (host.link.up, host.routed) == (True, set(CIDRS[:2]))


def test_a_route_that_somebody_added_to_the_interface_does_not_count_as_taken() -> None:
    host = Host(ipv6=True, taken=())
    host.apply(interface(CIDRS[0]))
    host.routed.add(CIDRS[1])
    assert host.apply(interface(*CIDRS[:2])).reconciled.taken == ()


def test_everything_is_compared_once_a_period_whatever_changes_meanwhile() -> None:
    host = Host(ipv6=True, taken=())
    for now, reads in (
        (0.0, 1),
        (PERIOD / 3, 1),
        (PERIOD * 0.99, 1),
        (PERIOD, 2),
        (PERIOD * 1.9, 2),
        (PERIOD * 2, 3),
    ):
        host.now = now
        host.look(interface(CIDRS[0]))
        host.apply(interface(*CIDRS[: 1 + reads % 2]))
        assert host.reads == reads


@given(
    st.lists(
        st.tuples(desired_interfaces(), st.lists(st.sampled_from(KEYS), unique=True)),
        min_size=1,
    )
)
def test_peers_that_another_program_removes_are_put_back_whole_at_the_next_look(
    steps: list[tuple[DesiredInterface, list[Key]]],
) -> None:
    changed, compared = Host(ipv6=True, taken=()), Host(ipv6=True, taken=())
    for desired, removed in steps:
        compared.now += PERIOD
        changed.apply(desired)
        changed.look(desired)
        changed.look(desired)  # connect looks every second, and so sees that they are back
        compared.apply(desired)
        assert changed.state == compared.state
        for host in (changed, compared):
            host.wireguard.tell(PeerUpdate(public_key=key, remove=True) for key in removed)


def test_a_peer_that_another_program_removed_is_not_added_with_only_what_changes() -> None:
    host = Host(ipv6=True, taken=())
    host.apply(interface(*CIDRS[:2]))
    host.wireguard.tell([PeerUpdate(public_key=KEYS[0], remove=True)])
    host.apply(interface(*CIDRS[:2], endpoint=ENDPOINTS[2]))
    assert host.wireguard.peers == {}
    host.look(interface(*CIDRS[:2], endpoint=ENDPOINTS[2]))
    assert host.wireguard.peers[KEYS[0]].allowed_ips == tuple(CIDRS[:2])
    assert host.reads == 2


def test_a_peer_that_is_removed_again_before_the_next_look_is_put_back_again() -> None:
    host = Host(ipv6=True, taken=())
    host.apply(interface(CIDRS[0]))
    for _ in range(2):
        host.wireguard.tell([PeerUpdate(public_key=KEYS[0], remove=True)])
        host.look(interface(CIDRS[0]))
        assert KEYS[0] in host.wireguard.peers


def test_a_peer_that_wireguard_refuses_is_tried_three_times_and_then_once_a_period() -> None:
    host = Host(ipv6=True, taken=())
    host.apply(interface(CIDRS[0]))
    for period in range(3):
        for _ in range(9):
            host.wireguard.tell([PeerUpdate(public_key=KEYS[0], remove=True)])
            host.look(interface(CIDRS[0]))
            host.now += PERIOD / 10
        assert host.reads == 1 + 3 + period
        host.now += PERIOD / 10

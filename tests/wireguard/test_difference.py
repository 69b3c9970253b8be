"""A difference is all that makes one configuration of another, and nothing more; no secret is in it."""

import ipaddress
from collections.abc import Mapping

from hypothesis import given

from kgctl_py.mesh.address import IPInterface, parse_cidr
from kgctl_py.value import fields as struct_fields
from kgctl_py.value import replace
from kgctl_py.wireguard import Conf, Endpoint, Interface, Key, Peer
from kgctl_py.wireguard.difference import Change, Difference, Field, difference, effective
from tests.wireguard.confs import KEYS, confs

A, B, SECRET, OTHER = KEYS


def applied(change: Difference, peers: Mapping[Key, Peer]) -> dict[Key | None, Peer]:
    """Do to `peers` what a difference says, as a device would have it done: field by field, by their values."""
    removed = {peer.public_key for peer in change.removed}
    result: dict[Key | None, Peer] = {key: peer for key, peer in peers.items() if key not in removed}
    result |= {peer.public_key: peer for peer in change.added}
    for one in change.changed:
        fields = {field.lower() for field in one.fields}
        names = [f.name for f in struct_fields(Peer) if f.name.replace("_", "") in fields]
        assert len(names) == len(fields)
        values = {name: getattr(one.new, name) for name in names}
        result[one.new.public_key] = replace(result[one.new.public_key], **values)
    return result


def meaning(peer: Peer) -> object:
    """Return what a peer is to WireGuard."""
    networks = frozenset(cidr.network for cidr in peer.allowed_ips)
    where = peer.endpoint and (peer.endpoint.host, peer.endpoint.port)
    return networks, where, peer.persistent_keepalive, peer.preshared_key


@given(confs, confs)
def test_a_difference_applied_to_the_old_configuration_gives_the_new_one(old: Conf, new: Conf) -> None:
    result = applied(difference(old, new), effective(old))
    assert {key: meaning(peer) for key, peer in result.items()} == {
        key: meaning(peer) for key, peer in effective(new).items()
    }


@given(confs)
def test_a_configuration_does_not_differ_from_itself(conf: Conf) -> None:
    assert not difference(conf, conf)


@given(confs, confs)
def test_allowed_ips_that_change_are_reported_one_by_one(old: Conf, new: Conf) -> None:
    for one in difference(old, new).changed:
        for change in one.changes:
            if change.field is Field.ALLOWED_IPS:
                before = {str(cidr.network) for cidr in one.old.allowed_ips}
                after = {str(cidr.network) for cidr in one.new.allowed_ips}
                assert (set(change.removed), set(change.added)) == (before - after, after - before)


@given(confs, confs)
def test_a_change_contains_no_secret(old: Conf, new: Conf) -> None:
    found = difference(old, new)
    told = [text for one in found.changed for change in one.changes for text in change.removed + change.added]
    told += [text for change in found.interface for text in change.removed + change.added]
    assert not {str(key) for key in KEYS} & set(told)


@given(confs)
def test_no_network_belongs_to_two_peers(conf: Conf) -> None:
    networks = [network for peer in effective(conf).values() for network in {c.network for c in peer.allowed_ips}]
    assert len(networks) == len(set(networks))


def test_host_bits_order_and_comments_do_not_count() -> None:
    one = Peer(public_key=A, allowed_ips=cidrs("10.0.0.1/24", "10.1.0.0/24"), comment="peer a")
    other = Peer(public_key=A, allowed_ips=cidrs("10.1.0.0/24", "10.0.0.0/24", "10.0.0.7/24"), comment="peer b")
    assert not difference(Conf(peers=(one,)), Conf(peers=(other,)))


def test_a_name_is_the_same_however_it_is_written_and_resolved() -> None:
    written = Endpoint(name="vpn.example.com", port=51, text="[vpn.example.com]:051")
    resolved = Endpoint(name="vpn.example.com", ip=ipaddress.ip_address("203.0.113.1"), port=51)
    one, other = (Conf(peers=(Peer(public_key=A, endpoint=endpoint),)) for endpoint in (written, resolved))
    assert not difference(one, other)


def test_a_changed_peer_has_each_field_with_old_and_new_values() -> None:
    old = Peer(public_key=A, allowed_ips=cidrs("10.0.0.0/24"), endpoint=endpoint("203.0.113.2"))
    new = Peer(
        public_key=A,
        allowed_ips=cidrs("10.0.1.0/24"),
        endpoint=endpoint("2001:db8::1"),
        persistent_keepalive=25,
        preshared_key=SECRET,
    )
    (changed,) = difference(Conf(peers=(old,)), Conf(peers=(new,))).changed
    assert (changed.old, changed.new) == (old, new)
    assert changed.changes == (
        Change(Field.ALLOWED_IPS, ("10.0.0.0/24",), ("10.0.1.0/24",)),
        Change(Field.ENDPOINT, ("203.0.113.2:51820",), ("[2001:db8::1]:51820",)),
        Change(Field.PERSISTENT_KEEPALIVE, ("0",), ("25",)),
        Change(Field.PRESHARED_KEY, (), ("one",)),
    )


def test_a_changed_preshared_key_is_distinguished_from_a_missing_one() -> None:
    def changes(old: Key | None, new: Key | None) -> tuple[Change, ...]:
        before, after = (Conf(peers=(Peer(public_key=A, preshared_key=psk),)) for psk in (old, new))
        return difference(before, after).changed[0].changes

    assert changes(SECRET, OTHER) == (Change(Field.PRESHARED_KEY, ("one",), ("another one",)),)
    assert changes(SECRET, None) == (Change(Field.PRESHARED_KEY, ("one",), ()),)


def test_of_the_interface_only_what_the_new_configuration_states_is_compared() -> None:
    old = Interface(
        private_key=SECRET, listen_port=51820, addresses=cidrs("10.5.0.1/32"), dns=("10.96.0.10",), mtu=1380
    )
    assert not difference(Conf(interface=old), Conf(interface=Interface()))
    assert not difference(Conf(interface=old), Conf())
    new = replace(old, private_key=OTHER, listen_port=51821, addresses=cidrs("10.5.0.2/32"), table="off")
    assert difference(Conf(interface=old), Conf(interface=new)).interface == (
        Change(Field.PRIVATE_KEY, ("one",), ("another one",)),
        Change(Field.ADDRESS, ("10.5.0.1/32",), ("10.5.0.2/32",)),
        Change(Field.LISTEN_PORT, ("51820",), ("51821",)),
        Change(Field.TABLE, (), ("off",)),
    )


def test_a_network_belongs_to_the_last_peer_that_states_it() -> None:
    conf = Conf(peers=tuple(Peer(public_key=key, allowed_ips=cidrs("10.0.0.0/24")) for key in (A, B)))
    assert effective(conf)[A].allowed_ips == ()
    assert effective(conf)[B].allowed_ips == cidrs("10.0.0.0/24")


def test_two_sections_of_one_key_are_one_peer() -> None:
    first = Peer(public_key=A, allowed_ips=cidrs("10.0.0.0/24"), endpoint=endpoint("203.0.113.2"))
    conf = Conf(peers=(first, Peer(public_key=A, allowed_ips=cidrs("10.0.1.0/24"))))
    assert effective(conf) == {A: replace(first, allowed_ips=cidrs("10.0.1.0/24"))}


def cidrs(*texts: str) -> tuple[IPInterface, ...]:
    return tuple(map(parse_cidr, texts))


def endpoint(ip: str) -> Endpoint:
    return Endpoint(ip=ipaddress.ip_address(ip), port=51820)

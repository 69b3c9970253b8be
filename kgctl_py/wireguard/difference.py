"""The difference of two configurations of one interface."""

import enum
from collections.abc import Iterable, Mapping

from kgctl_py.value import Value, replace
from kgctl_py.wireguard.cidr import IPInterface
from kgctl_py.wireguard.conf import Conf, Interface, Peer
from kgctl_py.wireguard.endpoint import Endpoint
from kgctl_py.wireguard.key import Key


class Field(enum.StrEnum):
    """The fields that can differ, with the names of wg(8) and wg-quick(8)."""

    PRIVATE_KEY = "PrivateKey"
    PUBLIC_KEY = "PublicKey"
    """The public key of the interface, which is not in a `Conf`."""
    ADDRESS = "Address"
    LISTEN_PORT = "ListenPort"
    DNS = "DNS"
    MTU = "MTU"
    TABLE = "Table"
    ALLOWED_IPS = "AllowedIPs"
    ENDPOINT = "Endpoint"
    PERSISTENT_KEEPALIVE = "PersistentKeepalive"
    PRESHARED_KEY = "PresharedKey"


class Change(Value, frozen=True):
    """A field that differs: the values only in the old configuration, and those only in the new one.

    For a secret field, the values are words that say whether it is set or changed.
    """

    field: Field
    removed: tuple[str, ...]
    added: tuple[str, ...]


class PeerChange(Value, frozen=True):
    """A peer in both configurations, and the fields that differ."""

    old: Peer
    new: Peer
    changes: tuple[Change, ...]

    @property
    def fields(self) -> frozenset[Field]:
        """The fields that differ."""
        return frozenset(change.field for change in self.changes)


class Difference(Value, frozen=True, kw_only=True):
    """The changes from an old configuration to a new one; false if there are none.

    The peers are those of `effective`, in the order of their configuration.
    """

    interface: tuple[Change, ...] = ()
    added: tuple[Peer, ...] = ()
    removed: tuple[Peer, ...] = ()
    changed: tuple[PeerChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.interface or self.added or self.removed or self.changed)


def difference(old: Conf, new: Conf) -> Difference:
    """Return the difference for WireGuard, without comments, the order of allowed IPs, and their host bits.

    The interface is compared only if both configurations have one, and only in the fields that `new` sets.
    """
    before, after = effective(old), effective(new)
    kept = ((before[key], peer) for key, peer in after.items() if key in before and before[key] != peer)
    compared = (PeerChange(peer, desired, _peer(peer, desired)) for peer, desired in kept)
    return Difference(
        interface=_interface(old.interface, new.interface) if old.interface and new.interface else (),
        added=tuple(peer for key, peer in after.items() if key not in before),
        removed=tuple(peer for key, peer in before.items() if key not in after),
        changed=tuple(change for change in compared if change.changes),
    )


def effective(conf: Conf) -> dict[Key, Peer]:
    """Return the peers that an interface has after `wg setconf` with `conf`, by their public keys.

    A network belongs to the last peer that lists it. Two sections with the same key are merged: the values of the
    later one replace those of the earlier one.
    """
    peers: dict[Key, Peer] = {}
    for peer in conf.peers:
        if peer.public_key:
            peers[peer.public_key] = _merged(peers.get(peer.public_key), peer)
    owners = {cidr.masked(): peer.public_key for peer in conf.peers for cidr in peer.allowed_ips}
    return {
        key: peer
        if all(owners[cidr.masked()] == key for cidr in peer.allowed_ips)
        else replace(peer, allowed_ips=tuple(cidr for cidr in peer.allowed_ips if owners[cidr.masked()] == key))
        for key, peer in peers.items()
    }


def effective_conf(conf: Conf, own_key: Key | None) -> Conf:
    """Return `conf` with the peers that an interface with the public key `own_key` keeps, each once."""
    return replace(conf, peers=tuple(peer for key, peer in effective(conf).items() if key != own_key))


def _merged(earlier: Peer | None, later: Peer) -> Peer:
    if earlier is None:
        return later
    return replace(
        later,
        endpoint=later.endpoint or earlier.endpoint,
        preshared_key=later.preshared_key or earlier.preshared_key,
    )


def _interface(old: Interface, new: Interface) -> tuple[Change, ...]:
    changes = (
        _secret(Field.PRIVATE_KEY, old.private_key, new.private_key) if new.private_key else None,
        _several(Field.ADDRESS, _texts(old.addresses), _texts(new.addresses)) if new.addresses else None,
        _one(Field.LISTEN_PORT, old.listen_port, new.listen_port) if new.listen_port is not None else None,
        _several(Field.DNS, _texts(old.dns), _texts(new.dns)) if new.dns else None,
        _one(Field.MTU, old.mtu, new.mtu) if new.mtu else None,
        _one(Field.TABLE, old.table or _default_table(new), new.table) if new.table else None,
    )
    return tuple(filter(None, changes))


def _default_table(new: Interface) -> str | None:
    """Return the table of a configuration that does not set one: "auto" if `new` sets it, otherwise None."""
    return new.table if new.table == "auto" else None


def _peer(old: Peer, new: Peer) -> tuple[Change, ...]:
    changes = (
        _several(Field.ALLOWED_IPS, _networks(old.allowed_ips), _networks(new.allowed_ips)),
        _one(Field.ENDPOINT, _place(old.endpoint), _place(new.endpoint)),
        _one(Field.PERSISTENT_KEEPALIVE, old.persistent_keepalive, new.persistent_keepalive),
        _secret(Field.PRESHARED_KEY, old.preshared_key, new.preshared_key),
    )
    return tuple(filter(None, changes))


def _one(field: Field, old: object | None, new: object | None) -> Change | None:
    return Change(field, _given(old), _given(new)) if old != new else None


def _secret(field: Field, old: Key | None, new: Key | None) -> Change | None:
    if old == new:
        return None
    desired = ("another one" if old else "one") if new else None
    return Change(field, _given("one" if old else None), _given(desired))


def _several(field: Field, old: Mapping[str, None], new: Mapping[str, None]) -> Change | None:
    removed = tuple(value for value in old if value not in new)
    added = tuple(value for value in new if value not in old)
    return Change(field, removed, added) if removed or added else None


def _given(value: object | None) -> tuple[str, ...]:
    return () if value is None else (str(value),)


def _texts(values: Iterable[object]) -> Mapping[str, None]:
    return dict.fromkeys(map(str, values))


def _networks(cidrs: Iterable[IPInterface]) -> Mapping[str, None]:
    return _texts(cidr.masked() for cidr in cidrs)


def _place(endpoint: Endpoint | None) -> str | None:
    """Return the canonical form of an endpoint: a DNS name can have brackets, and the port leading zeros."""
    if endpoint is None:
        return None
    return f"[{endpoint.host}]:{endpoint.port}" if ":" in endpoint.host else f"{endpoint.host}:{endpoint.port}"

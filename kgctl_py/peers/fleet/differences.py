"""The differences between a Peer and its declaration, without secret keys."""

from collections.abc import Iterator, Mapping

from kgctl_py import names
from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.value import Value
from kgctl_py.wireguard.key import UNKNOWN

_WORDS = {
    names.OWNER: "owner",
    names.DESCRIPTION: "description",
    names.EXPIRES: "expires",
    names.SET: "set",
    names.DISABLED_IPS: "disabled allowed IPs",
}


class Difference(Value, frozen=True):
    """A field that differs; an empty text means that it is not set."""

    field: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.field} {self.old or '<none>'} -> {self.new or '<none>'}"


def differences(old: Peer, new: Peer) -> tuple[Difference, ...]:
    """Return the differences of two Peers with the same name."""
    before, after = _fields(old), _fields(new)
    return (*_differing(before, after), *_preshared_key(old, new))


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for field in dict.fromkeys((*before, *after)):
        if before.get(field, "") != after.get(field, ""):
            yield Difference(field, before.get(field, ""), after.get(field, ""))


def _fields(peer: Peer) -> dict[str, str]:
    fields = {
        "allowed IPs": ", ".join(map(str, peer.allowed_ips)),
        "endpoint": str(peer.endpoint or ""),
        "public key": str(peer.public_key or ""),
        "keepalive": str(peer.persistent_keepalive or ""),
    }
    for kind, given in (("annotation", peer.annotations), ("label", peer.labels)):
        fields |= {_WORDS.get(name, f"{kind} {name}"): text for name, text in given.items()}
    return fields


def _preshared_key(old: Peer, new: Peer) -> Iterator[Difference]:
    if old.preshared_key != new.preshared_key and old.preshared_key not in UNKNOWN:
        before, after = ("set" if peer.preshared_key else "" for peer in (old, new))
        yield Difference("preshared key", before, "another one" if before and after else after)

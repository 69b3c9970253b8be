"""Problems between Peers in files."""

from collections.abc import Callable, Iterator, Sequence

from kgctl_py.findings import Finding, Kind, Subject
from kgctl_py.findings.codes_and_fixes import Code
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.network_owners import NetworkOwners
from kgctl_py.mesh.nodes_and_peers import IgnoredValue, Peer
from kgctl_py.wireguard.key import ENCRYPTED

Numbered = tuple[int, Finding]
"""A finding, and the number of its peer, because names can be the same."""
Place = Callable[[int], str]
"""Returns the place of a peer, by its number."""


def dropped_fields(name: str, faults: Sequence[IgnoredValue]) -> Iterator[Finding]:
    """Yield the unknown and duplicate fields, which an API server drops or refuses."""
    for fault in faults:
        yield _finding(Code.FIELD, name, fault.field, str(fault), fault.hint)


def sealed_key(peer: Peer) -> Iterator[Finding]:
    """Yield a finding if the preshared key is encrypted by SOPS, but the file lacks the data to decrypt it."""
    if peer.preshared_key == ENCRYPTED:
        message = "spec.presharedKey is encrypted by SOPS, but the file has no sops section to decrypt it with"
        yield _finding(Code.PEER_PSK, peer.name, "spec.presharedKey", message)


def between(peers: Sequence[Peer], place: Place) -> Iterator[Numbered]:
    """Yield the conflicts between two peers, as findings about the later one."""
    yield from names_twice(peers, place)
    yield from keys_twice(peers, place)
    yield from same_allowed_ips(peers, place)
    yield from overlapping_allowed_ips(peers, place)


def names_twice(peers: Sequence[Peer], place: Place) -> Iterator[Numbered]:
    """Yield peers with the name of an earlier peer: the one that is applied last replaces the other."""
    first: dict[str, int] = {}
    for number, peer in enumerate(peers):
        holder = first.setdefault(peer.name, number)
        if peer.name and holder != number:
            message = f"{place(holder)} has a Peer of the same name; the one applied last replaces the other"
            yield number, _finding(Code.PEER_NAME, peer.name, "metadata.name", message)


def keys_twice(peers: Sequence[Peer], place: Place) -> Iterator[Numbered]:
    """Yield peers with the public key of an earlier peer: WireGuard treats both as one peer."""
    first: dict[object, int] = {}
    for number, peer in enumerate(peers):
        holder = first.setdefault(peer.public_key, number)
        if peer.public_key and peers[holder].name != peer.name:
            message = f"it has the same publicKey as {_whose(peers, holder, place)}"
            yield number, _finding(Code.KEY_TWICE, peer.name, "spec.publicKey", message)


def same_allowed_ips(peers: Sequence[Peer], place: Place) -> Iterator[Numbered]:
    """Yield allowed IPs that an earlier peer also has: WireGuard routes them to only one of the peers."""
    first: dict[object, int] = {}
    for number, peer in enumerate(peers):
        for index, cidr in enumerate(peer.allowed_ips):
            holder = first.setdefault(cidr.network, number)
            if peers[holder].name != peer.name:
                message = (
                    f"allowed IP {cidr} is also in {_whose(peers, holder, place)}, and only one of them gets it"
                )
                yield number, _finding(Code.PEER_DUP, peer.name, _field(peer, index), message)


def overlapping_allowed_ips(peers: Sequence[Peer], place: Place) -> Iterator[Numbered]:
    """Yield allowed IPs that are inside a wider allowed IP of another peer, except /0."""
    claims: NetworkOwners[tuple[int, IPInterface]] = NetworkOwners()
    for number, peer in enumerate(peers):
        for cidr in peer.allowed_ips:
            if cidr.network.prefixlen:
                claims.add(cidr, (number, cidr))
    for number, peer in enumerate(peers):
        for index, cidr in enumerate(peer.allowed_ips):
            for holder, wider in claims.holders(cidr):
                if wider.network.prefixlen >= cidr.network.prefixlen:
                    break
                if peers[holder].name != peer.name:
                    message = f"allowed IP {cidr} is inside {wider} of {_whose(peers, holder, place)}"
                    yield number, _finding(Code.PEER_WITHIN, peer.name, _field(peer, index), message)
                    break


def _field(peer: Peer, index: int) -> str:
    return "spec.allowedIPs" if peer.faults else f"spec.allowedIPs[{index}]"  # invalid entries are not counted


def _whose(peers: Sequence[Peer], number: int, place: Place) -> str:
    return f'peer "{peers[number].name}" in {place(number)}'


def _finding(code: Code, name: str, field: str, message: str, hint: str = "") -> Finding:
    subject = Subject(Kind.PEER, name)
    return Finding(code=code, subject=subject, field=field, message=message, hint=hint)

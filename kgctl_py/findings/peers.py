"""What is odd about a peer by itself."""

from collections.abc import Iterator

from kgctl_py.findings.finding import Code, Finding, Kind, Subject
from kgctl_py.mesh.address import masked
from kgctl_py.mesh.model import Peer
from kgctl_py.wireguard.conf import MAX_KEEPALIVE


def of_peer(peer: Peer) -> Iterator[Finding]:
    """Find all that is odd about the peer asked for."""
    yield from unusable_values(peer)
    yield from keepalive_out_of_range(peer)
    yield from host_bits(peer)


def unusable_values(peer: Peer) -> Iterator[Finding]:
    """Find the values that Kilo passes over without a word; a preshared key is not shown."""
    for value in peer.unusable:
        shown = f' "{value.text}"' if value.text else ""
        yield Finding(
            code=Code.VALUE,
            subject=Subject(Kind.PEER, peer.name),
            field=value.field,
            message=f"{value.field}{shown} {value.why}",
        )


def keepalive_out_of_range(peer: Peer) -> Iterator[Finding]:
    """Find a keepalive that WireGuard does not take."""
    if peer.persistent_keepalive > MAX_KEEPALIVE:
        yield Finding(
            code=Code.KEEPALIVE,
            subject=Subject(Kind.PEER, peer.name),
            field="spec.persistentKeepalive",
            message=f"persistentKeepalive {peer.persistent_keepalive} is printed as 0: "
            f"WireGuard takes 0 to {MAX_KEEPALIVE}",
        )


def host_bits(peer: Peer) -> Iterator[Finding]:
    """Find allowed IPs whose text hides that they are a whole network."""
    for index, cidr in enumerate(peer.allowed_ips):
        if masked(cidr) != cidr:
            yield Finding(
                code=Code.HOST_BITS,
                subject=Subject(Kind.PEER, peer.name),
                field=f"spec.allowedIPs[{index}]",
                message=f'allowed IP "{cidr}" has host bits: WireGuard routes all of {masked(cidr)} to it',
            )

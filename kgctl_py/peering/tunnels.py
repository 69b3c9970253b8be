"""The tunnels between the leaders of two clusters, as the leaders report them."""

import enum
from collections.abc import Iterable, Iterator, Sequence

from kgctl_py.mesh.nodes_and_peers import Node, Peer
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.peering.members.member import Member
from kgctl_py.peering.planning.problem import PeeringCode, Problem, error
from kgctl_py.value import Value
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.conf import clamped


class Seen(enum.Enum):
    """Whether a leader had a handshake with another one since its interface was created.

    Agents report that in the annotation discovered-endpoints (kilo pkg/mesh/mesh.go, discoverNATEndpoints).
    """

    YES = enum.auto()
    NO = enum.auto()
    """No handshake, although one of the two sends keepalives to the other."""
    QUIET = enum.auto()
    """No handshake, and nothing that would cause one: WireGuard sends nothing without traffic."""


class Tunnel(Value, frozen=True, kw_only=True):
    """A tunnel between segments of two clusters; the leader of the first one reports `near`."""

    own: str
    other: str
    near: Seen
    far: Seen
    is_declared: bool
    """Whether both clusters have a Peer for it."""


def saw(leader: Node, key: Key | None) -> bool:
    """Return whether a leader reports a handshake with a key."""
    return str(key) in leader.discovered_endpoints


def tunnels_between(own: Member, other: Member) -> tuple[Tunnel, ...]:
    """Return the tunnel of each pair of segments, segments of `own` first."""
    return tuple(_tunnel(own, other, one, two) for one in own.topology.segments for two in other.topology.segments)


def check_tunnels(own: Member, other: Member, tunnels: Iterable[Tunnel]) -> Iterator[Problem]:
    """Yield each tunnel without a handshake although a leader sends keepalives."""
    for tunnel in tunnels:
        seen = (tunnel.near, tunnel.far)
        if tunnel.is_declared and Seen.NO in seen and Seen.YES not in seen:
            yield error(
                PeeringCode.UNSEEN,
                own.name,
                f'"{tunnel.own}" and "{tunnel.other}" of {other.name} have had no handshake',
                "check that the UDP port of the endpoint is open; after a change, wait a minute",
            )


def seen_count(own: Member, peers: Sequence[Peer]) -> int:
    """Return the number of tunnels to `peers` for which leaders of `own` report a handshake."""
    leaders = [segment.leader for segment in own.topology.segments]
    return sum(saw(leader, peer.public_key) for leader in leaders for peer in peers)


def _tunnel(own: Member, other: Member, one: Segment, two: Segment) -> Tunnel:
    here = _peer_for(own, other, two)
    there = _peer_for(other, own, one)
    sends = _sends(one.leader, here) or _sends(two.leader, there)
    exists = here is not None and there is not None
    silent = Seen.NO if sends or not exists else Seen.QUIET
    return Tunnel(
        own=one.name,
        other=two.name,
        near=Seen.YES if saw(one.leader, two.leader.key) else silent,
        far=Seen.YES if saw(two.leader, one.leader.key) else silent,
        is_declared=exists,
    )


def _peer_for(own: Member, other: Member, segment: Segment) -> Peer | None:
    return next((peer for peer in own.peers_for(other) if peer.public_key == segment.leader.key), None)


def _sends(leader: Node, peer: Peer | None) -> bool:
    """Return whether a leader sends keepalives to a Peer: kg takes the interval from the Node of the leader."""
    return bool(clamped(leader.persistent_keepalive) and peer and peer.endpoint)

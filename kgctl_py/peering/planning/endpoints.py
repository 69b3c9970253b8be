"""The endpoints of the segments of one cluster for another one, and the pairs that cannot connect."""

from collections.abc import Iterator

from kgctl_py import names
from kgctl_py.escape_text import typed, visible
from kgctl_py.mesh.address import host_cidr, is_reachable
from kgctl_py.mesh.nodes_and_peers import Node
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.peering.members import networks_of
from kgctl_py.peering.members.member import Member
from kgctl_py.peering.members.networks_of import NetworkIndex
from kgctl_py.peering.planning.problem import PeeringCode, Problem, error, note, warning
from kgctl_py.peering.planning.settings import PeeringSettings
from kgctl_py.value import replace
from kgctl_py.wireguard import Endpoint
from kgctl_py.wireguard.conf import clamped

_SHOWN = 3
ROAMING_KEEPALIVE = 25
"""Seconds; to Kilo a Peer with a keepalive is one that roams, and most routers forget a flow after 30."""


def remote_endpoint(member: Member, segment: Segment, settings: PeeringSettings) -> Endpoint | None:
    """Return the endpoint of a segment for other clusters; None if the segment must connect to them.

    A private address counts as reachable only if the user says so, because another cluster can also have it.
    """
    for name in (segment.name, segment.location):
        if (member.name, name) in settings.endpoints:
            return settings.endpoints[member.name, name]
    leader = segment.leader
    if leader.clustermesh_endpoint:
        return leader.clustermesh_endpoint
    declared = leader.endpoint
    is_public = declared and (declared.name or (declared.ip and is_reachable(declared.ip)))
    return declared if is_public else None


def keepalive(segment: Segment, endpoint: Endpoint | None, settings: PeeringSettings) -> int:
    """Return the keepalive of the Peer for a segment.

    Without one, kg puts the declared endpoint back every 30 seconds, and with neither an endpoint nor a keepalive
    it renews all sessions as often (kilo pkg/wireguard/conf.go, Equal).
    """
    if settings.keepalive is not None and (settings.keepalive or endpoint):
        return settings.keepalive
    return ROAMING_KEEPALIVE if endpoint is None or clamped(segment.leader.persistent_keepalive) else 0


def dialling_leaders(member: Member, settings: PeeringSettings) -> Iterator[Segment]:
    """Yield the segments that must connect, but whose leader sends no keepalives."""
    for segment in member.topology.segments:
        if remote_endpoint(member, segment, settings) is None and not clamped(segment.leader.persistent_keepalive):
            yield segment


def nodes_to_annotate(member: Member, settings: PeeringSettings) -> Iterator[Node]:
    """Yield the nodes without a keepalive in segments that must connect: each of them may be the next leader."""
    for segment in member.topology.segments:
        if remote_endpoint(member, segment, settings) is None:
            yield from (node for node in segment.nodes if not clamped(node.persistent_keepalive))


def check_keepalives(member: Member, settings: PeeringSettings) -> Iterator[Problem]:
    """Yield each leader that must open the tunnel but has no keepalive, unless kgctl will annotate it."""
    if settings.annotates:
        return
    for segment in dialling_leaders(member, settings):
        yield error(
            PeeringCode.KEEPALIVE,
            member.name,
            f'the leader "{segment.leader.name}" of "{segment.name}" has neither a public endpoint nor a '
            "keepalive, so it opens no tunnel",
            f"to set a keepalive, add --annotate, or run: {annotate_command(member, segment)}\n"
            f"if the other cluster can reach it, add --endpoint {member.name}/{visible(segment.name)}=HOST:PORT",
        )


def annotate_command(member: Member, segment: Segment) -> str:
    """Return the command that makes the leader of a segment send keepalives."""
    annotation = f"{names.PERSISTENT_KEEPALIVE}={ROAMING_KEEPALIVE}"
    return f"{member.kubectl} annotate node {typed(segment.leader.name)} {annotation}"


def check_private_endpoints(own: Member, other: Member, settings: PeeringSettings) -> Iterator[Problem]:
    """Yield a note for each private endpoint of `own` in a network that `other` also has: it may be reachable."""
    lans = NetworkIndex(networks_of.lans(other))
    for segment in own.topology.segments:
        endpoint = segment.leader.endpoint
        if remote_endpoint(own, segment, settings) or not (endpoint and endpoint.ip):
            continue
        lan = lans.overlapping(host_cidr(endpoint.ip))
        is_stated = any((own.name, name) in settings.endpoints for name in (segment.name, segment.location))
        if lan and not is_stated:
            yield note(
                PeeringCode.LAN,
                own.name,
                f'kgctl does not use the private endpoint {endpoint} of "{segment.name}", which is in {lan} '
                f"of {other.name}",
                f"if this is the same network, add --endpoint {own.name}/{visible(segment.name)}={endpoint}",
            )


def check_ways(own: Member, other: Member, settings: PeeringSettings) -> Iterator[Problem]:
    """Yield the segments of `own` without an endpoint, each with those of `other` without one.

    If no segment of either cluster has an endpoint, kgctl writes nothing, and the problem is an error.
    """
    dialling = [seg for seg in own.topology.segments if remote_endpoint(own, seg, settings) is None]
    theirs = [seg for seg in other.topology.segments if remote_endpoint(other, seg, settings) is None]
    if not theirs:
        return
    more = f" and {len(theirs) - _SHOWN} more" if len(theirs) > _SHOWN else ""
    names_of_theirs = ", ".join(f'"{seg.name}"' for seg in theirs[:_SHOWN]) + more
    has_a_way = len(dialling) < len(own.topology.segments) or len(theirs) < len(other.topology.segments)
    report = warning if has_a_way else error
    for segment in dialling:
        pair = f'"{segment.name}" to {names_of_theirs} of {other.name}'
        message = f"no tunnel from {pair}: neither has a public endpoint"
        hint = f"{_reachable(other, own, segment)}\n{_reachable(own, other, theirs[0])}"
        yield replace(report(PeeringCode.NOWAY, own.name, message, hint), is_partial=has_a_way)


def _reachable(near: Member, far: Member, segment: Segment) -> str:
    option = f"--endpoint {far.name}/{visible(segment.name)}=HOST:PORT"
    return f'if {near.name} can reach "{segment.name}" of {far.name}, add {option}'

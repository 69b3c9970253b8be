"""The Peers that one cluster needs for another one: one for the leader of each segment."""

from collections.abc import Mapping

from kgctl_py import names
from kgctl_py.mesh.address import IPAddress, IPInterface
from kgctl_py.mesh.segments_and_leaders import Segment, shown_segment
from kgctl_py.peering.members.member import Member
from kgctl_py.peering.members.networks_of import NetworkIndex
from kgctl_py.peering.planning.endpoints import keepalive, remote_endpoint
from kgctl_py.peering.planning.left_out import AddressFilter
from kgctl_py.peering.planning.peer_names import peer_name
from kgctl_py.peering.planning.problem import Problem
from kgctl_py.peering.planning.remote_peer import RemotePeer
from kgctl_py.peering.planning.settings import PeeringSettings
from kgctl_py.wireguard import Key


def desired_peers(
    own: Member,
    other: Member,
    settings: PeeringSettings,
    preshared_key: Key | None,
    in_use: NetworkIndex,
) -> tuple[tuple[RemotePeer, ...], tuple[Problem, ...]]:
    """Return the Peers that `own` needs for `other`, and the addresses that they leave out.

    `in_use` has the allowed IPs of all other Peers of `own`; internal IPs that are allowed are added to it.
    """
    addresses = AddressFilter(own, other, settings.internal_ips, _endpoint_ips(own, other, settings), in_use)
    carrier = service_carrier(own, other, settings)
    peers = tuple(
        _peer(own, other, segment, settings, preshared_key, addresses, carries_services=segment is carrier)
        for segment in other.topology.segments
    )
    return peers, tuple(addresses.problems)


def routed_locations(segment: Segment, settings: PeeringSettings) -> tuple[IPInterface, ...]:
    """Return the allowed location IPs of a segment that are routed from other clusters."""
    wanted = settings.location_ips
    return tuple(
        cidr
        for cidr in segment.allowed_location_ips
        if wanted is None
        or any(cidr.overlaps(network) and cidr.prefixlen >= network.prefixlen for network in wanted)
    )


def service_carrier(own: Member, other: Member, settings: PeeringSettings) -> Segment | None:
    """Return the segment that carries the Services of `other`; None if they are not routed.

    It does not change while it is ready, because every change interrupts connections to Services.
    """
    segments = other.topology.segments
    if not (other.services and settings.routes_services_of(other.name)):
        return None
    chosen = settings.services_via.get(other.name)
    if chosen and (segment := other.segment(chosen)):
        return segment
    present = {
        peer.annotations.get(names.PEERING_SEGMENT)
        for peer in own.peers_for(other)
        if names.PEERING_SERVICES in peer.annotations
    }
    staying = next((segment for segment in segments if segment.name in present), None)
    reachable = (segment for segment in segments if remote_endpoint(other, segment, settings))
    return staying or next(reachable, None) or segments[0]


def _peer(
    own: Member,
    other: Member,
    segment: Segment,
    settings: PeeringSettings,
    preshared_key: Key | None,
    addresses: AddressFilter,
    *,
    carries_services: bool,
) -> RemotePeer:
    leader = segment.leader
    assert leader.key is not None  # noqa: S101 # a node without a key is not ready
    endpoint = remote_endpoint(other, segment, settings)
    locations = addresses.cidrs(routed_locations(segment, settings), f'an allowed location IP of "{segment.name}"')
    services = addresses.cidrs(other.services if carries_services else (), "the Service CIDR")
    nodes = tuple(cidr for node in segment.nodes for cidr in addresses.node_ips(node))
    return RemotePeer(
        name=peer_name(other.name, segment.name),
        cluster=other.name,
        uid=other.uid,
        segment=segment.name,
        leader=leader.name,
        node_count=len(segment.nodes),
        allowed_ips=tuple(dict.fromkeys((*nodes, *addresses.segment_ips(segment), *locations, *services))),
        endpoint=endpoint,
        keepalive=keepalive(segment, endpoint, settings),
        public_key=leader.key,
        preshared_key=preshared_key,
        services=services,
        options=settings.text_for(own.name, other.name),
    )


def _endpoint_ips(own: Member, other: Member, settings: PeeringSettings) -> dict[IPAddress, str]:
    """Return the addresses of the endpoints in both clusters to which leaders of `own` connect, with segments.

    They do not include the private address that a leader behind NAT declares, so its internal IP is routed.
    """
    endpoints = [(segment, remote_endpoint(other, segment, settings)) for segment in other.topology.segments]
    unused = {
        segment.leader.endpoint.ip
        for segment, endpoint in endpoints
        if segment.leader.endpoint and segment.leader.endpoint != endpoint
    }
    dialled = {endpoint.ip: segment.name for segment, endpoint in endpoints if endpoint and endpoint.ip}
    theirs = {ip: name for ip, name in other.endpoint_ips.items() if ip not in unused} | dialled
    return _owned(own, own.endpoint_ips) | _owned(other, theirs)


def _owned(member: Member, segments: Mapping[IPAddress, str]) -> dict[IPAddress, str]:
    return {ip: f'"{shown_segment(name)}" of {member.name}' for ip, name in segments.items()}

"""Overlapping networks of two clusters, for which packets could go to the wrong cluster."""

from collections.abc import Iterable, Iterator

from kgctl_py.escape_text import typed
from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.peering.members import networks_of
from kgctl_py.peering.members.member import Member
from kgctl_py.peering.members.networks_of import Network, NetworkIndex, NetworkKind
from kgctl_py.peering.planning.desired_peers import routed_locations
from kgctl_py.peering.planning.problem import PeeringCode, Problem, error, warning
from kgctl_py.peering.planning.settings import PeeringSettings

Told = set[frozenset[tuple[str, NetworkKind]]]
"""The kinds of networks of each cluster whose overlap has been reported."""


def check_overlaps(
    own: Member, other: Member, replaced: Iterable[Peer], settings: PeeringSettings, told: Told
) -> Iterator[Problem]:
    """Yield overlaps of networks that `own` would route to `other` with networks of `own`, one of each kind.

    `replaced` are the Peers of `own` that already belong to this peering. Both directions share `told`.
    """
    here = {
        NetworkKind.PODS: NetworkIndex(networks_of.pods(own)),
        NetworkKind.SERVICES: NetworkIndex(networks_of.services(own)),
        NetworkKind.KILO: NetworkIndex(networks_of.kilo(own)),
        NetworkKind.PEER: NetworkIndex(networks_of.others(own, replaced)),
    }
    for network in _routed(other, settings):
        for kind, index in here.items():
            pair = frozenset({(own.name, kind), (other.name, network.kind)})
            overlap = None if pair in told else index.overlapping(network.cidr)
            if overlap:
                told.add(pair)
                yield _overlap(own, other, overlap, network)


def check_ranges(own: Member, other: Member, settings: PeeringSettings) -> Iterator[Problem]:
    """Yield a warning if a new node of `own` may get a pod CIDR that overlaps a network of `other`."""
    theirs = NetworkIndex((*_routed(other, settings), *networks_of.pod_ranges(other)))
    for network in networks_of.pod_ranges(own):
        overlap = theirs.overlapping(network.cidr)
        if overlap:
            yield warning(
                PeeringCode.RANGE,
                own.name,
                f"{network}, overlaps {overlap} in {other.name}, so a new node may get a pod CIDR that "
                f"{other.name} uses",
                "give one of the clusters another --cluster-cidr before it grows",
            )
            return


def check_locations(own: Member, other: Member, settings: PeeringSettings) -> Iterator[Problem]:
    """Yield each allowed location IP of `own` that Kilo would stop routing: it overlaps a Peer's allowed IP.

    An overlapping internal IP is no problem, because the Peer leaves it out (kilo pkg/mesh/topology.go,
    filterAllowedLocationIPs).
    """
    routed = NetworkIndex(_routed(other, settings))
    for location in networks_of.locations(own):
        overlap = routed.overlapping(location.cidr)
        if overlap:
            yield error(
                PeeringCode.LOCATION,
                own.name,
                f"Kilo would stop routing {location}: it overlaps {overlap} in {other.name}",
                "remove it from the annotation kilo.squat.ai/allowed-location-ips, or write a smaller network",
            )


def check_families(own: Member, other: Member) -> Iterator[Problem]:
    """Yield the problem of clusters without a common IP version."""
    versions = [{network.cidr.version for network in networks_of.pods(member)} for member in (own, other)]
    if all(versions) and versions[0].isdisjoint(versions[1]):
        words = [" and ".join(f"IPv{version}" for version in sorted(one)) for one in versions]
        yield error(
            PeeringCode.FAMILY,
            own.name,
            f"its pods use {words[0]}, and those of {other.name} use {words[1]}",
            "use pod CIDRs of the same IP version in both clusters",
        )


def _routed(member: Member, settings: PeeringSettings) -> Iterator[Network]:
    """Yield the networks that other clusters route to this one, except internal IPs."""
    yield from networks_of.pods(member)
    yield from networks_of.kilo(member)
    if settings.routes_services_of(member.name):
        yield from networks_of.services(member)
    for segment in member.topology.segments:
        for cidr in routed_locations(segment, settings):
            yield Network(cidr, NetworkKind.LOCATION, f'"{segment.name}"')


def _overlap(own: Member, other: Member, here: Network, there: Network) -> Problem:
    owner = f' of the ClusterMesh "{here.clustermesh}"' if here.clustermesh is not None else ""
    return error(
        PeeringCode.OVERLAP,
        own.name,
        f"{here}{owner}, overlaps {there} in {other.name}",
        _remedy(own, here, there),
    )


def _remedy(own: Member, here: Network, there: Network) -> str:
    if here.peer:
        return _remedy_of_peer(own, here)
    if NetworkKind.KILO in (here.kind, there.kind):
        return "give one of the clusters another Kilo subnet: kg --subnet 10.6.0.0/16"
    if there.kind is NetworkKind.SERVICES:
        return "to leave out the Services, add --services none"
    if there.kind is NetworkKind.LOCATION:
        return "to leave it out, use --location-ips none"
    if here.kind is NetworkKind.SERVICES:
        return "recreate one of the clusters with another --service-cluster-ip-range or --cluster-cidr"
    return "recreate one of the clusters with another --cluster-cidr"


def _remedy_of_peer(own: Member, network: Network) -> str:
    """Return how to remove an allowed IP of a Peer so that the program that owns the Peer does not restore it."""
    if network.clustermesh is not None:
        return "remove the network from that ClusterMesh"
    if network.peering:
        return (
            f"to separate {own.name} from {network.peering}: "
            f"kgctl peering rm {own.argument} --peering {typed(network.peering)}"
        )
    return f'change the allowed IPs of peer "{network.peer}", or remove it'

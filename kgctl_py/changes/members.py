"""The members of a mesh between which packets are traced: nodes, pods, peers, and networks beside locations."""

from collections.abc import Iterator, Mapping

from kgctl_py.changes.change import Member, MemberKind
from kgctl_py.mesh.address import IPAddress, IPInterface
from kgctl_py.mesh.claims import Kind, Place
from kgctl_py.mesh.nodes_and_peers import Mesh, Node
from kgctl_py.mesh.routing.trace_targets import Target, node_target, peer_target
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import replace
from kgctl_py.wireguard.cidr import address


def members(mesh: Mesh, topology: Topology) -> Mapping[Member, Target]:
    """Return every member, ready or not, with the end of a trace for it."""
    return dict(_members(mesh, topology))


def _members(mesh: Mesh, topology: Topology) -> Iterator[tuple[Member, Target]]:
    for node in mesh.nodes:
        target = node_target(node, mesh, topology)
        yield Member(MemberKind.NODE, node.name), target
        yield from _pods(node, target)
    for peer in mesh.peers:
        yield Member(MemberKind.PEER, peer.name), peer_target(peer)
    for segment in topology.segments:
        place = Place(Kind.NETWORK, segment.name)
        for cidr in segment.allowed_location_ips:
            network = cidr.masked()
            yield Member(MemberKind.NETWORK, str(network)), Target(place=place, addresses=(_inside(network),))


def _pods(node: Node, target: Target) -> Iterator[tuple[Member, Target]]:
    if node.subnet:
        yield Member(MemberKind.PODS, node.name), replace(target, addresses=(_inside(node.subnet),))


def _inside(network: IPInterface) -> IPAddress:
    """Return the first usable address of a network."""
    is_wide = network.max_prefixlen - network.prefixlen > 1
    return address(network.version, network.number + is_wide)

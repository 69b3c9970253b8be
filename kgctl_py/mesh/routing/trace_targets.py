"""The ends of a trace: nodes, peers, and addresses, with their places and the reasons why some are unreachable."""

from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.claims import Claim, Kind, Place, Role
from kgctl_py.mesh.claims.whois import whois
from kgctl_py.mesh.nodes_and_peers import Mesh, Node, Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import Value


class Target(Value, frozen=True, kw_only=True):
    """An end of a trace: its addresses, best first, its place, if known, and the `fault` if it is unreachable."""

    place: Place | None
    addresses: tuple[IPAddress, ...]
    fault: str = ""

    def __str__(self) -> str:
        return str(self.place or self.addresses[0])


def node_target(node: Node, mesh: Mesh, topology: Topology) -> Target:
    """Return the target for a node: its internal IP, and for a leader, its WireGuard IP."""
    place, reasons = Place(Kind.NODE, node.name), node.why_not_ready(mesh.now)
    if reasons:
        return Target(place=place, addresses=(), fault=f"{place} is not ready: {', '.join(reasons)}")
    segment = topology.segment_of(node.name)
    internal = (node.internal_ip.ip,) if node.internal_ip else ()
    own = (segment.wireguard_ip,) if segment.leader.name == node.name else ()
    return Target(place=place, addresses=(*internal, *own))


def peer_target(peer: Peer) -> Target:
    """Return the target for a peer: its host routes, or the first address of each of its networks."""
    place, reason = Place(Kind.PEER, peer.name), peer.why_not_ready()
    if reason:
        return Target(place=place, addresses=(), fault=f"Kilo skips {place}: {reason}")
    by_width = sorted(peer.allowed_ips, key=lambda cidr: cidr.prefixlen < cidr.max_prefixlen)
    return Target(place=place, addresses=tuple(cidr.ip for cidr in by_width))


def source_at(ip: IPAddress, mesh: Mesh, topology: Topology) -> Target:
    """Return the source for the address `ip`: the owner to which the mesh routes it."""
    claims = whois(ip, mesh, topology)
    others = (claim for claim in claims if _is_other_pod_cidr(claim, topology))
    own = next((claim for claim in claims if claim.is_routed), next(others, None))
    place = _place(own, topology) if own else None
    return Target(place=place, addresses=(ip,), fault="" if place else _nobody(ip, claims))


def destination_at(ip: IPAddress) -> Target:
    """Return the target for an address, without a place."""
    return Target(place=None, addresses=(ip,))


def _place(claim: Claim, topology: Topology) -> Place | None:
    if claim.role is Role.LOCATION_IP and claim.place:
        return Place(Kind.NETWORK, topology.segment_of(claim.place.name).name)
    return claim.place


def _is_other_pod_cidr(claim: Claim, topology: Topology) -> bool:
    """Return whether a network is a pod CIDR of a ready node that Kilo does not route: its pods still send."""
    is_ready = claim.place is not None and claim.place.name in topology.ready_names
    return claim.role is Role.OTHER_POD_CIDR and is_ready


def _nobody(ip: IPAddress, claims: tuple[Claim, ...]) -> str:
    reasons = (f"{c.cidr} is the {c.role} of {c.place}, but {c.problem}" for c in claims if c.problem)
    return f"no node or peer sends from {ip}{next((f': {text}' for text in reasons), '')}"

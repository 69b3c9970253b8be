"""The owners of an address or a network, and the networks of a name."""

from collections.abc import Iterable, Iterator

from kgctl_py.mesh.address import IPAddress, IPInterface, host_cidr
from kgctl_py.mesh.claims import Claim, Kind, Place
from kgctl_py.mesh.claims.all_claims import claims
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.topology import Topology


def whois(ip: IPAddress, mesh: Mesh, topology: Topology | None) -> tuple[Claim, ...]:
    """Return every claim whose network contains `ip`: first the one that gets the traffic, then the narrowest.

    Without a topology, because no node is ready, nothing is routed.
    """
    host = host_cidr(ip)
    return by_precedence(claim for claim in claims(mesh, topology) if claim.cidr.overlaps(host))


def by_precedence(found: Iterable[Claim]) -> tuple[Claim, ...]:
    """Return the claims on an address: first the one that gets the traffic, then the narrowest."""
    return tuple(sorted(found, key=lambda claim: (not claim.is_routed, -claim.cidr.prefixlen)))


def owners_within(cidr: IPInterface, mesh: Mesh, topology: Topology | None) -> tuple[Claim, ...]:
    """Return every claim on addresses of a network."""
    return tuple(claim for claim in claims(mesh, topology) if claim.cidr.overlaps(cidr))


def claims_of(name: str, mesh: Mesh, topology: Topology | None) -> tuple[Claim, ...]:
    """Return every claim of the nodes and peers with this name, or this endpoint: a host name, or HOST:PORT.

    A name can have its kind before it, as in `node/NAME`.
    """
    kinds = [(kind, f"{kind}/") for kind in (Kind.NODE, Kind.PEER)]
    named = {Place(kind, name) for kind, _ in kinds} | set(_called(name, mesh))
    named |= {Place(kind, name.removeprefix(start)) for kind, start in kinds if name.startswith(start)}
    return tuple(claim for claim in claims(mesh, topology) if claim.place in named)


def _called(name: str, mesh: Mesh) -> Iterator[Place]:
    """Yield the nodes and peers whose endpoint is a host name, alone or with its port."""
    places = [(Place(Kind.NODE, node.name), node.endpoint) for node in mesh.nodes]
    places += [(Place(Kind.PEER, peer.name), peer.endpoint) for peer in mesh.peers]
    for place, endpoint in places:
        if endpoint and endpoint.name and name in (endpoint.name, f"{endpoint.name}:{endpoint.port}"):
            yield place

"""The owners of an address, found by prefix, are those that a comparison with every network finds."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.mesh.address import IPAddress, host_cidr
from kgctl_py.mesh.claims import Kind, Place
from kgctl_py.mesh.claims.all_claims import claims
from kgctl_py.mesh.claims.claim_index import ClaimIndex
from kgctl_py.mesh.claims.whois import whois
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh
from kgctl_py.mesh.routing.kg_routes import routes
from kgctl_py.mesh.routing.owners import OwnerIndex
from kgctl_py.mesh.topology import Topology
from tests.in_memory import Cluster, node, peer
from tests.strategies import clusters


def addresses(mesh: Mesh, topology: Topology) -> Iterator[IPAddress]:
    """Yield an address of each claim."""
    yield from dict.fromkeys(claim.cidr.ip for claim in claims(mesh, topology))


@given(clusters(), st.sampled_from(Granularity))
def test_the_owners_of_an_address_are_those_whose_networks_contain_it(
    cluster: Cluster, granularity: Granularity
) -> None:
    mesh, topology = cluster.mesh(), cluster.topology(granularity)
    index = OwnerIndex(topology)
    for ip in addresses(mesh, topology):
        host, found = host_cidr(ip), index.of(ip)
        segments = [
            (seg.name, allowed, beside)
            for seg in topology.segments
            for allowed in [tuple(cidr for cidr in seg.allowed_ips if cidr.overlaps(host))]
            for beside in [tuple(cidr for cidr in seg.allowed_location_ips if cidr.overlaps(host))]
            if allowed or beside
        ]
        assert [
            (one.segment.name, one.allowed_ips, one.allowed_location_ips) for one in found.segments
        ] == segments
        assert {one.peer.name: one.allowed_ips for one in found.peers} == {
            one.name: held
            for one in topology.peers
            if (held := tuple(cidr for cidr in one.allowed_ips if cidr.overlaps(host)))
        }
        assert found.given == {
            name: held
            for name, one in topology.given_peers.items()
            if (held := tuple(cidr for cidr in one.allowed_ips if cidr.overlaps(host)))
        }
        assert [one.name for one in found.nodes] == [
            one.name
            for seg in topology.segments
            for one in seg.nodes
            if any(
                cidr.overlaps(host) for cidr in (one.subnet, one.internal_ip and one.internal_ip.host()) if cidr
            )
        ]


@given(clusters(), st.sampled_from(Granularity))
def test_the_claims_on_an_address_are_those_of_whois(cluster: Cluster, granularity: Granularity) -> None:
    mesh, topology = cluster.mesh(), cluster.topology(granularity)
    index = ClaimIndex(mesh, topology)
    for ip in addresses(mesh, topology):
        assert index.of(ip) == whois(ip, mesh, topology)


def test_of_many_networks_only_those_with_the_address_are_compared() -> None:
    many = ",".join(f"172.16.{n >> 8}.{n & 255}/32" for n in range(1_000))
    nodes = [node("a", 1, "x", allowed_location_ips=many), node("b", 2, "y")]
    wide = peer("wide", 1, allowedIPs=[f"10.6.{n >> 8}.{n & 255}/32" for n in range(1_000)])
    mesh, topology = (cluster := Cluster(nodes, [wide])).mesh(), cluster.topology()
    index = OwnerIndex(topology)
    for claim in claims(mesh, topology):
        for here in (Place(Kind.NODE, "a"), Place(Kind.NODE, "b"), Place(Kind.PEER, "wide")):
            assert len(tuple(routes(topology, here, index.of(claim.cidr.ip)))) < 10

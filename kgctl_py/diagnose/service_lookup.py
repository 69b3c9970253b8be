"""Look up the Service that a trace leads to, with its ready endpoints."""

from collections.abc import Iterator

from kgctl_py.cluster.interface import Cluster
from kgctl_py.diagnose.whois_lookup import services_at
from kgctl_py.errors import KgctlError
from kgctl_py.kube.objects.kinds import ENDPOINT_SLICE, PORTED_SERVICE, EndpointSlice, SliceEndpoint
from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.routing.service import Backend, Service
from kgctl_py.mesh.topology import Topology
from kgctl_py.mesh.whois import Kind, Role, whois
from kgctl_py.wireguard.endpoint import parse_ip

_SERVICE_NAME = "kubernetes.io/service-name"
_LOCAL = "Local"


def service_at(ip: IPAddress, cluster: Cluster, mesh: Mesh, topology: Topology) -> Service | None:
    """Return the Service with an address; None if the mesh has the address itself, or no Service is known.

    Services are read only if the address is of nobody in the mesh. What cannot be read is not known.
    """
    owned = (
        claim for claim in whois(ip, mesh, topology) if claim.is_routed and claim.role is not Role.LOCATION_IP
    )
    if next(owned, None):
        return None
    try:
        claims = tuple(services_at(cluster, ip))
    except KgctlError:
        return None
    if not claims:
        return None
    networks = tuple(claim.cidr for claim in claims)
    named = next((claim.place.name for claim in claims if claim.place and claim.place.kind is Kind.SERVICE), "")
    service = Service(address=ip, networks=networks, name=named)
    return _with_backends(service, cluster) if named else service


def _with_backends(service: Service, cluster: Cluster) -> Service:
    """Return the Service with its endpoints, if they can be read.

    A live cluster has all EndpointSlices of a Service; files may lack them.
    """
    namespace, _, name = service.name.partition("/")
    try:
        found = cluster.objects().of(PORTED_SERVICE, namespace=namespace, name=name)
        slices = cluster.objects().of(ENDPOINT_SLICE, namespace=namespace, labels={_SERVICE_NAME: name})
    except KgctlError:
        return service
    if not slices and not cluster.is_live:
        return service
    return Service(
        address=service.address,
        networks=service.networks,
        name=service.name,
        backends=tuple(dict.fromkeys(_backends(service.address, slices))),
        is_local=any(one.spec.internal_traffic_policy == _LOCAL for one in found),
    )


def _backends(address: IPAddress, slices: tuple[EndpointSlice, ...]) -> Iterator[Backend]:
    """Yield the endpoints that kube-proxy sends packets to: the ready ones, or else those that still serve."""
    endpoints = [
        endpoint
        for one in slices
        if one.address_type == f"IPv{address.version}"
        for endpoint in one.endpoints or ()
    ]
    ready = [endpoint for endpoint in endpoints if endpoint.conditions.ready is not False]
    for endpoint in ready or [endpoint for endpoint in endpoints if _still_serves(endpoint)]:
        ip = parse_ip(next(iter(endpoint.addresses), ""))
        if ip:
            yield Backend(address=ip, node=endpoint.node_name or "")


def _still_serves(endpoint: SliceEndpoint) -> bool:
    return endpoint.conditions.serving is True and endpoint.conditions.terminating is True

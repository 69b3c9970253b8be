"""Look up the Service at the end of a trace, with its endpoints."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kgctl_py.cluster.interface import Cluster
from kgctl_py.errors import KgctlError
from kgctl_py.kube.objects.kinds import (
    ENDPOINT_SLICE,
    PORTED_SERVICE,
    SERVICE_NAME,
    EndpointSlice,
    Hint,
    Hints,
    PortedService,
    SliceEndpoint,
)
from kgctl_py.kube.objects.reader import UnreadableError
from kgctl_py.mesh.address import IPAddress, IPInterface, host_cidr, parse_cidr
from kgctl_py.mesh.claims import Role
from kgctl_py.mesh.claims.whois import whois
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.routing.service import Backend, Service
from kgctl_py.mesh.topology import Topology
from kgctl_py.notice import Notice, note
from kgctl_py.value import replace
from kgctl_py.wireguard.endpoint import parse_ip

_LOCAL = "Local"
_SAVE = (
    "to also save Services: "
    "kubectl get nodes,peers.kilo.squat.ai,services,endpointslices -A -o yaml > cluster.yaml"
)


class ServiceAt(NamedTuple):
    """The Service with an address, if any, and what kgctl could not read."""

    service: Service | None
    remarks: tuple[Notice, ...] = ()


def service_at(ip: IPAddress, cluster: Cluster, mesh: Mesh, topology: Topology) -> ServiceAt:
    """Return the Service with an address; None if a node or a peer has the address, or no Service is known.

    Services are read only if no node or peer has the address.
    """
    owned = (
        claim for claim in whois(ip, mesh, topology) if claim.is_routed and claim.role is not Role.LOCATION_IP
    )
    if next(owned, None):
        return ServiceAt(None)
    remarks: tuple[Notice, ...] = ()
    try:
        services = cluster.objects().of(PORTED_SERVICE)
    except UnreadableError as error:
        services = ()
        why = f"note: kgctl does not know whether {ip} is the address of a Service: {error.message}"
        remarks = (note(why, "" if cluster.is_live else _SAVE),)
    except KgctlError:
        return ServiceAt(None)
    having = sorted((one for one in services if _has(one, str(ip))), key=lambda one: one.place)
    if having:
        return _known(having, ip, cluster)
    cidrs = _service_cidrs(cluster, ip)
    return ServiceAt(Service(address=ip, networks=cidrs) if cidrs else None, remarks)


def _has(service: PortedService, ip: str) -> bool:
    return ip in service.every_address


def _service_cidrs(cluster: Cluster, ip: IPAddress) -> tuple[IPInterface, ...]:
    try:
        return tuple(cidr for cidr in cluster.networks().services if cidr.overlaps(host_cidr(ip)))
    except KgctlError:
        return ()


def _known(having: list[PortedService], ip: IPAddress, cluster: Cluster) -> ServiceAt:
    """Return the first Service that has an address; several can share an external IP, with different ports."""
    first, *others = having
    is_external = str(ip) not in first.addresses
    policy = first.spec.external_traffic_policy if is_external else first.spec.internal_traffic_policy
    slices, remarks = ((), ()) if others else _slices(first, cluster)
    backends = None if slices is None or others else tuple(_backends(ip, slices))
    service = Service(
        address=ip,
        networks=() if is_external else (host_cidr(ip), *_service_cidrs(cluster, ip)),
        name=first.place,
        backends=backends,
        ports=tuple(dict.fromkeys(port.name for port in first.spec.ports or ())) or ("",),
        is_local=policy == _LOCAL,
        is_external=is_external,
        sources=tuple(_source_ranges(first)) if str(ip) in first.balanced_ips else (),
        others=tuple(f"Service {one.place}" for one in others),
    )
    return ServiceAt(service, remarks)


def _slices(
    service: PortedService, cluster: Cluster
) -> tuple[tuple[EndpointSlice, ...] | None, tuple[Notice, ...]]:
    """Return the EndpointSlices of a Service; None, with the reason, if they are unknown.

    A live cluster and a bundle have all EndpointSlices of a Service; other files may lack them.
    """
    namespace, name = service.metadata.namespace, service.metadata.name
    objects = cluster.objects()
    try:
        slices = objects.of(ENDPOINT_SLICE, namespace=namespace, labels={SERVICE_NAME: name})
    except KgctlError as error:
        why = f"note: kgctl does not know the endpoints of the Service {service.place}: {error.message}"
        return None, (note(why, "" if cluster.is_live else _SAVE),)
    return (slices if slices or objects.has_all(ENDPOINT_SLICE) else None), ()


def _source_ranges(service: PortedService) -> Iterator[IPInterface]:
    for text in service.spec.source_ranges or ():
        try:
            yield parse_cidr(text.strip())
        except ValueError:
            continue


def _backends(address: IPAddress, slices: tuple[EndpointSlice, ...]) -> Iterator[Backend]:
    """Yield the endpoints that are ready, or terminate and still serve, each once with all its ports.

    Unset conditions have the same default as in kube-proxy (kubernetes pkg/proxy/endpointslicecache.go).
    """
    found: dict[tuple[IPAddress, str, bool], list[Backend]] = {}
    for one in slices:
        if one.address_type != f"IPv{address.version}":
            continue
        ports = tuple(port.name for port in one.ports or () if port.port)
        for endpoint in one.endpoints or ():
            backend = _backend(endpoint, ports)
            if backend:
                found.setdefault((backend.address, backend.node, backend.is_ready), []).append(backend)
    for same in found.values():
        yield _merged(same)


def _backend(endpoint: SliceEndpoint, ports: tuple[str, ...]) -> Backend | None:
    """Return the endpoint; None if it does not serve. With `publishNotReadyAddresses`, it is always ready."""
    ip, conditions = parse_ip(next(iter(endpoint.addresses), "")), endpoint.conditions
    is_ready = conditions.ready is not False
    still_serves = conditions.terminating is True and conditions.serving is not False
    if ip is None or not (is_ready or still_serves):
        return None
    hints = endpoint.hints or Hints()
    return Backend(
        address=ip,
        node=endpoint.node_name or "",
        is_ready=is_ready,
        ports=ports,
        for_nodes=_names(hints.for_nodes),
        for_zones=_names(hints.for_zones),
    )


def _names(hints: Iterable[Hint] | None) -> tuple[str, ...]:
    return tuple(hint.name for hint in hints or ())


def _merged(same: list[Backend]) -> Backend:
    """Return one endpoint with the ports of all: an address can be in several slices with different ports."""
    return replace(same[0], ports=tuple(dict.fromkeys(port for one in same for port in one.ports)))

"""The manifests of the mirror of a Service: a Service without a selector, and its endpoints."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from kgctl_py import names
from kgctl_py.errors import KgctlError
from kgctl_py.escape_text import typed
from kgctl_py.kube.objects import kinds
from kgctl_py.kube.objects.kinds import SERVICE_NAME, EndpointSlice, Kind, Port, PortedService, T
from kgctl_py.kube.objects.reader import NO_LABELS
from kgctl_py.value import Value
from kgctl_py.wireguard.endpoint import parse_ip

Manifest = dict[str, Any]

LABEL = names.PEERING + "-mirror"
"""The label of a mirrored Service; its value is the name of the cluster that has the Service."""

_MANAGER = "endpointslice.kubernetes.io/managed-by"
_LONGEST = 63
_FAMILIES = {4: "IPv4", 6: "IPv6"}


class ServiceReader(Protocol):
    """Reads Services and EndpointSlices."""

    def of(
        self, kind: Kind[T], *, namespace: str = "", name: str = "", labels: Mapping[str, str] = NO_LABELS
    ) -> tuple[T, ...]:
        """Return the objects of a kind; raise KgctlError."""
        ...


class MirroredService(Value, frozen=True, kw_only=True):
    """A Service of a cluster, with the EndpointSlices of its pods if it is headless."""

    service: PortedService
    slices: tuple[EndpointSlice, ...] = ()


def find_service(objects: ServiceReader, namespace: str, name: str) -> PortedService | None:
    """Return the current state of a Service; None if it does not exist."""
    return next(iter(objects.of(kinds.PORTED_SERVICE, namespace=namespace, name=name)), None)


def read_service(objects: ServiceReader, namespace: str, name: str) -> MirroredService:
    """Return a Service; raise KgctlError if it does not exist or has no addresses."""
    service = find_service(objects, namespace, name)
    if service is None:
        raise KgctlError(
            f'Service "{namespace}/{name}" not found',
            hint=f"to list the Services: kubectl -n {typed(namespace)} get services",
        )
    if service.spec.type == "ExternalName":
        raise KgctlError(f'the Service "{namespace}/{name}" has the type ExternalName, which kgctl cannot mirror')
    if not service.spec.ports:
        raise KgctlError(f'the Service "{namespace}/{name}" has no ports')
    slices: tuple[EndpointSlice, ...] = ()
    if not service.addresses:
        slices = objects.of(kinds.ENDPOINT_SLICE, namespace=namespace, labels={SERVICE_NAME: name})
    return MirroredService(service=service, slices=slices)


def mirrored(one: MirroredService, cluster: str) -> Iterator[Manifest]:
    """Yield the Service and its EndpointSlices; raise KgctlError for a name that is too long."""
    metadata = one.service.metadata
    name = f"{metadata.name}-{cluster}"
    if len(name) > _LONGEST:
        raise KgctlError(
            f'"{name}" is too long for the name of a Service', hint="give the cluster a shorter name: NAME=CONTEXT"
        )
    spec: Manifest = {"ports": [_port(port) for port in one.service.spec.ports or ()]}
    if not one.service.addresses:
        spec["clusterIP"] = "None"
    yield {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": name,
            "namespace": metadata.namespace,
            "labels": {names.MANAGED_BY: "kgctl", LABEL: cluster},
        },
        "spec": spec,
    }
    parts = _parts_of_pods(one.slices) if one.slices else _parts_of_service(one.service)
    for number, (family, addresses, ports) in enumerate(parts):
        yield _slice(name, cluster, metadata.namespace, number, family, addresses, ports)


_Part = tuple[str, Sequence[str], Sequence[Port]]


def _parts_of_service(service: PortedService) -> Iterator[_Part]:
    """Yield the cluster IPs of each version with the ports of the Service, not those of its pods."""
    for version, family in _FAMILIES.items():
        addresses = [text for text in service.addresses if (ip := parse_ip(text)) and ip.version == version]
        if addresses:
            yield family, addresses, service.spec.ports or ()


def _parts_of_pods(slices: Sequence[EndpointSlice]) -> Iterator[_Part]:
    for one in slices:
        ready = [endpoint for endpoint in one.endpoints or () if endpoint.conditions.ready is not False]
        addresses = [address for endpoint in ready for address in endpoint.addresses if parse_ip(address)]
        if addresses and one.address_type in _FAMILIES.values():
            yield one.address_type, addresses, one.ports or ()


def _slice(
    name: str,
    cluster: str,
    namespace: str,
    number: int,
    family: str,
    addresses: Sequence[str],
    ports: Sequence[Port],
) -> Manifest:
    labels = {SERVICE_NAME: name, _MANAGER: "kgctl", names.MANAGED_BY: "kgctl", LABEL: cluster}
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": f"{name}-{number}", "namespace": namespace, "labels": labels},
        "addressType": family,
        "ports": [_port(port) for port in ports],
        "endpoints": [{"addresses": [address], "conditions": {"ready": True}} for address in addresses],
    }


def _port(port: Port) -> Manifest:
    fields = {"name": port.name, "port": port.port, "protocol": port.protocol, "appProtocol": port.app_protocol}
    return {key: value for key, value in fields.items() if value}

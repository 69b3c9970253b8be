"""Kinds of Kubernetes objects: their paths in the API, and the fields that kgctl reads."""

from collections.abc import Mapping
from typing import Generic, TypeVar
from urllib.parse import quote

import msgspec

from kgctl_py.errors import KgctlError
from kgctl_py.kube import decoding
from kgctl_py.value import Value

SERVICE_NAME = "kubernetes.io/service-name"
"""The label of an EndpointSlice: the name of its Service."""


class Object(msgspec.Struct, frozen=True):
    """The fields of every object."""

    metadata: decoding.Metadata

    @property
    def place(self) -> str:
        """NAMESPACE/NAME, or the name of an object without a namespace."""
        namespace = self.metadata.namespace
        return f"{namespace}/{self.metadata.name}" if namespace else self.metadata.name


class ServiceCIDRSpec(msgspec.Struct, frozen=True):
    """`spec` of a ServiceCIDR."""

    cidrs: tuple[str, ...] = ()


class ServiceCIDR(Object, frozen=True):
    """A networking.k8s.io/v1 ServiceCIDR."""

    spec: ServiceCIDRSpec = ServiceCIDRSpec()


class ServiceSpec(msgspec.Struct, frozen=True):
    """`spec` of a Service."""

    cluster_ip: str | None = msgspec.field(name="clusterIP", default=None)
    cluster_ips: tuple[str, ...] | None = msgspec.field(name="clusterIPs", default=None)


class Ingress(msgspec.Struct, frozen=True):
    """An address of a load balancer; with the mode Proxy, only the load balancer accepts packets for it."""

    ip: str | None = None
    ip_mode: str | None = msgspec.field(name="ipMode", default=None)


class LoadBalancer(msgspec.Struct, frozen=True):
    """`status.loadBalancer` of a Service."""

    ingress: tuple[Ingress, ...] | None = None


class ServiceStatus(msgspec.Struct, frozen=True):
    """`status` of a Service."""

    load_balancer: LoadBalancer | None = msgspec.field(name="loadBalancer", default=None)


class Service(Object, frozen=True):
    """A core/v1 Service."""

    spec: ServiceSpec = ServiceSpec()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Its cluster IPs; a headless or external Service has none."""
        listed = self.spec.cluster_ips or (self.spec.cluster_ip or "",)
        return tuple(address for address in listed if address not in ("", "None"))


class Port(msgspec.Struct, frozen=True, omit_defaults=True):
    """A port of a Service or of an EndpointSlice."""

    name: str = ""
    port: int | None = None
    protocol: str = "TCP"
    app_protocol: str | None = msgspec.field(name="appProtocol", default=None)


class PortedServiceSpec(ServiceSpec, frozen=True):
    """`spec` of a Service, with what another cluster needs to reach it."""

    type: str = "ClusterIP"
    ports: tuple[Port, ...] | None = None
    internal_traffic_policy: str | None = msgspec.field(name="internalTrafficPolicy", default=None)
    external_traffic_policy: str | None = msgspec.field(name="externalTrafficPolicy", default=None)
    external_ips: tuple[str, ...] | None = msgspec.field(name="externalIPs", default=None)
    source_ranges: tuple[str, ...] | None = msgspec.field(name="loadBalancerSourceRanges", default=None)


class PortedService(Service, frozen=True):
    """A core/v1 Service with its ports, and the addresses outside its Service CIDR."""

    spec: PortedServiceSpec = PortedServiceSpec()
    status: ServiceStatus | None = None

    @property
    def every_address(self) -> tuple[str, ...]:
        """The addresses that kube-proxy translates; a headless or external Service has none."""
        return (*self.addresses, *(self.spec.external_ips or ()), *self.balanced_ips)

    @property
    def balanced_ips(self) -> tuple[str, ...]:
        """The addresses of its load balancer that kube-proxy on each node translates, too."""
        balancer = self.status.load_balancer if self.status else None
        ingress = (balancer.ingress if balancer else None) or ()
        return tuple(one.ip for one in ingress if one.ip and one.ip_mode != "Proxy")


class Conditions(msgspec.Struct, frozen=True):
    """`conditions` of an endpoint; unknown counts as ready."""

    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None


class Hint(msgspec.Struct, frozen=True):
    """The name of a zone or a node that an endpoint is for."""

    name: str = ""


class Hints(msgspec.Struct, frozen=True):
    """`hints` of an endpoint."""

    for_zones: tuple[Hint, ...] | None = msgspec.field(name="forZones", default=None)
    for_nodes: tuple[Hint, ...] | None = msgspec.field(name="forNodes", default=None)


class SliceEndpoint(msgspec.Struct, frozen=True):
    """An endpoint of an EndpointSlice."""

    addresses: tuple[str, ...] = ()
    conditions: Conditions = Conditions()
    node_name: str | None = msgspec.field(name="nodeName", default=None)
    hints: Hints | None = None


class EndpointSlice(Object, frozen=True):
    """A discovery.k8s.io/v1 EndpointSlice."""

    address_type: str = msgspec.field(name="addressType", default="IPv4")
    endpoints: tuple[SliceEndpoint, ...] | None = None
    ports: tuple[Port, ...] | None = None


class EnvironmentVariable(msgspec.Struct, frozen=True):
    """A variable of a container; its value can also come from elsewhere."""

    name: str = ""
    value: str | None = None


class Container(msgspec.Struct, frozen=True):
    """A container of a pod: its command line, and the variables that can be in it."""

    name: str = ""
    command: tuple[str, ...] | None = None
    args: tuple[str, ...] | None = None
    env: tuple[EnvironmentVariable, ...] | None = None


class PodSpec(msgspec.Struct, frozen=True):
    """`spec` of a Pod."""

    containers: tuple[Container, ...] | None = None
    node_name: str = msgspec.field(name="nodeName", default="")


class Halted(msgspec.Struct, frozen=True):
    """Why a container is waiting or has terminated."""

    reason: str = ""


class ContainerState(msgspec.Struct, frozen=True):
    """`state` of a container; a running one has neither field."""

    waiting: Halted | None = None
    terminated: Halted | None = None


class ContainerStatus(msgspec.Struct, frozen=True):
    """The status of a container."""

    name: str = ""
    ready: bool = False
    restarts: int = msgspec.field(name="restartCount", default=0)
    state: ContainerState = ContainerState()


class PodStatus(msgspec.Struct, frozen=True):
    """`status` of a Pod."""

    phase: str = ""
    reason: str = ""
    ip: str = msgspec.field(name="podIP", default="")
    init_containers: tuple[ContainerStatus, ...] | None = msgspec.field(name="initContainerStatuses", default=None)
    containers: tuple[ContainerStatus, ...] | None = msgspec.field(name="containerStatuses", default=None)


class Pod(Object, frozen=True):
    """A core/v1 Pod."""

    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()


class PodTemplate(msgspec.Struct, frozen=True):
    """`spec.template` of a DaemonSet."""

    spec: PodSpec = PodSpec()


class DaemonSetSpec(msgspec.Struct, frozen=True):
    """`spec` of a DaemonSet."""

    template: PodTemplate = PodTemplate()


class DaemonSet(Object, frozen=True):
    """An apps/v1 DaemonSet."""

    spec: DaemonSetSpec = DaemonSetSpec()


class ConfigMap(Object, frozen=True):
    """A core/v1 ConfigMap."""

    data: Mapping[str, str] | None = None


class NamespaceMetadata(decoding.Metadata, frozen=True):
    """`metadata` of a Namespace: that of kube-system identifies its cluster."""

    uid: str = ""


class Namespace(Object, frozen=True):
    """A core/v1 Namespace."""

    metadata: NamespaceMetadata


T = TypeVar("T", bound=Object)


def path_segment(name: str) -> str:
    """Return a name, which a server can choose, as one segment of a path; raise KgctlError if it cannot be one."""
    if name in ("", ".", "..") or set("/%") & set(name):  # Kubernetes' own rule, "Path Segment Names"
        raise KgctlError(f'"{name}" cannot be the name of an object')
    return quote(name, safe="", errors="surrogatepass")


class Kind(Value, Generic[T], frozen=True):
    """A kind of object: its names in the API, and the struct of the fields that kgctl reads."""

    name: str
    api_version: str
    resource: str
    struct: type[T]
    always_served: bool = True
    """Whether every API server serves this kind."""

    @property
    def of_list(self) -> str:
        """The kind of its list."""
        return f"{self.name}List"

    def path(self, namespace: str = "") -> str:
        """Return the path of its list, in one namespace or in all."""
        root = "apis" if "/" in self.api_version else "api"
        within = f"namespaces/{path_segment(namespace)}/" if namespace else ""
        return f"/{root}/{self.api_version}/{within}{self.resource}"


CONFIG_MAP = Kind("ConfigMap", "v1", "configmaps", ConfigMap)
DAEMON_SET = Kind("DaemonSet", "apps/v1", "daemonsets", DaemonSet)
ENDPOINT_SLICE = Kind("EndpointSlice", "discovery.k8s.io/v1", "endpointslices", EndpointSlice)
LEASE = Kind("Lease", "coordination.k8s.io/v1", "leases", Object)
NAMESPACE = Kind("Namespace", "v1", "namespaces", Namespace)
NODE = Kind("Node", "v1", "nodes", Object)
POD = Kind("Pod", "v1", "pods", Pod)
SERVICE = Kind("Service", "v1", "services", Service)
PORTED_SERVICE = Kind("Service", "v1", "services", PortedService)
SERVICE_CIDR = Kind("ServiceCIDR", "networking.k8s.io/v1", "servicecidrs", ServiceCIDR, always_served=False)

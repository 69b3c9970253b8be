"""The sources of a cluster's network settings, each read once when it is needed."""

import functools
from collections.abc import Iterator, Mapping

import msgspec

from kgctl_py.kilo.kg_workloads_and_flags import Flags, container_flags, kg_flags
from kgctl_py.kube import decoding
from kgctl_py.kube.objects import kinds
from kgctl_py.kube.objects.kinds import ConfigMap, Kind, Service, ServiceCIDR, T
from kgctl_py.kube.objects.reader import NO_LABELS, Objects, UnreadableError
from kgctl_py.kube.objects.yaml_text import load_all

SYSTEM = "kube-system"
DNS_LABELS = {"k8s-app": "kube-dns"}

_CONTROL_PLANE_LABELS = {"node-role.kubernetes.io/control-plane": "true"}
NODE_ARGS = ("k3s.io/node-args", "rke2.io/node-args")
_COREDNS = ("coredns", "rke2-coredns-rke2-coredns")


class Networking(msgspec.Struct, frozen=True, rename="camel"):
    """`networking` of kubeadm's ClusterConfiguration."""

    service_subnet: str = ""
    pod_subnet: str = ""
    dns_domain: str = ""


class ClusterConfiguration(msgspec.Struct, frozen=True):
    """The configuration with which kubeadm created the cluster."""

    networking: Networking = Networking()


class NetworkSources:
    """The objects of a cluster; objects that cannot be read are listed in `unreadable` and count as absent."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._notes: dict[str, None] = {}

    @property
    def unreadable(self) -> tuple[str, ...]:
        """A line for each source that cannot be read or has invalid values."""
        return tuple(self._notes)

    def note(self, line: str) -> None:
        """Add a line to `unreadable`, once."""
        self._notes[line] = None

    @functools.cached_property
    def service_cidrs(self) -> tuple[ServiceCIDR, ...]:
        """The ServiceCIDR objects; a cluster before Kubernetes 1.33 has none."""
        return self._of(kinds.SERVICE_CIDR)

    @functools.cached_property
    def kilo(self) -> tuple[Flags, ...]:
        """The flags of kg in each of its DaemonSets."""
        return kg_flags(self._of)

    @functools.cached_property
    def api_servers(self) -> tuple[Flags, ...]:
        """The flags of each API server that runs as a pod; kubeadm and rke2 use other labels than typhoon."""
        name = "kube-apiserver"
        pods = self._of(kinds.POD, SYSTEM, labels={"component": name}) or self._of(
            kinds.POD, SYSTEM, labels={"k8s-app": name}
        )
        return tuple(container_flags(pod.spec, name, f"Pod {pod.place}") for pod in pods)

    @functools.cached_property
    def servers(self) -> tuple[Flags, ...]:
        """The flags of each k3s or rke2 server, from an annotation of its Node."""
        return tuple(self._node_args())

    @functools.cached_property
    def kubeadm(self) -> Networking:
        """The networking that kubeadm configured."""
        text = self._data("kubeadm-config", "ClusterConfiguration")
        try:
            documents = load_all(text.encode())
            return decoding.convert(documents[0], ClusterConfiguration).networking if documents else Networking()
        except ValueError as error:
            self.note(f"ConfigMap {SYSTEM}/kubeadm-config: {error}")
            return Networking()

    def corefiles(self) -> Iterator[tuple[str, str]]:
        """Yield each ConfigMap that can configure CoreDNS, and its Corefile."""
        for name in _COREDNS:
            yield f"ConfigMap {SYSTEM}/{name}", self._data(name, "Corefile")

    @functools.cached_property
    def system_services(self) -> tuple[Service, ...]:
        """The Services in kube-system."""
        return self._of(kinds.SERVICE, SYSTEM)

    @functools.cached_property
    def services(self) -> tuple[Service, ...]:
        """All Services."""
        return self._of(kinds.SERVICE)

    def _node_args(self) -> Iterator[Flags]:
        for node in self._of(kinds.NODE, labels=_CONTROL_PLANE_LABELS):
            annotations = node.metadata.annotations or {}
            for name in NODE_ARGS:
                source = f"annotation {name} of Node {node.place}"
                try:
                    words = msgspec.json.decode(annotations.get(name, "[]"), type=tuple[str, ...])
                except (msgspec.DecodeError, UnicodeError) as error:
                    self.note(f"{source}: {error}")
                    continue
                if words[:1] == ("server",):
                    yield Flags(words=words, source=source)

    def _data(self, name: str, key: str) -> str:
        config_maps: tuple[ConfigMap, ...] = self._of(kinds.CONFIG_MAP, SYSTEM, name)
        return next(((config_map.data or {}).get(key, "") for config_map in config_maps), "")

    def _of(
        self, kind: Kind[T], namespace: str = "", name: str = "", labels: Mapping[str, str] = NO_LABELS
    ) -> tuple[T, ...]:
        try:
            return self._objects.of(kind, namespace=namespace, name=name, labels=labels)
        except UnreadableError as error:
            self.note(error.message)
            return ()

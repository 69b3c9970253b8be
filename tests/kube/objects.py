"""Clusters made of plain manifests, some kinds of which may be forbidden to look at."""

from collections.abc import Mapping
from typing import Any

from kgctl_py.kube import decoding
from kgctl_py.kube.objects.kinds import Kind, T
from kgctl_py.kube.objects.reader import NO_LABELS, Origin, UnreadableError

Manifest = dict[str, Any]


class Cluster:
    """Objects given as data; it remembers which kinds it was asked for."""

    def __init__(self, *manifests: Manifest, forbidden: tuple[str, ...] = ()) -> None:
        self._manifests = manifests
        self._forbidden = forbidden
        self.asked: list[str] = []

    def of(
        self,
        kind: Kind[T],
        *,
        namespace: str = "",
        name: str = "",
        labels: Mapping[str, str] = NO_LABELS,
        fields: str = "",  # nothing is spared here
    ) -> tuple[T, ...]:
        self.asked.append(kind.name)
        if kind.name in self._forbidden:
            raise UnreadableError(f"may not look at {kind.name}s")
        held = (one for one in self._manifests if one["kind"] == kind.name)
        return tuple(
            one
            for one in (decoding.convert(manifest, kind.struct) for manifest in held)
            if namespace in ("", one.metadata.namespace)
            and name in ("", one.metadata.name)
            and labels.items() <= (one.metadata.labels or {}).items()
        )

    def has_all(self, _: Kind[Any]) -> bool:
        return True

    def origin(self) -> Origin:
        return Origin(source="a test")


def manifest(kind: str, place: str, **rest: Any) -> Manifest:
    """Return a manifest of `NAMESPACE/NAME`, or of `NAME`."""
    namespace, _, name = place.rpartition("/")
    labels, annotations = rest.pop("labels", {}), rest.pop("annotations", {})
    metadata = {"name": name, "namespace": namespace, "labels": labels, "annotations": annotations}
    return {"apiVersion": API_VERSIONS[kind], "kind": kind, "metadata": metadata, **rest}


API_VERSIONS = {
    "ConfigMap": "v1",
    "DaemonSet": "apps/v1",
    "Node": "v1",
    "Pod": "v1",
    "Service": "v1",
    "ServiceCIDR": "networking.k8s.io/v1",
}


def service_cidr(*cidrs: str, name: str = "kubernetes") -> Manifest:
    return manifest("ServiceCIDR", name, spec={"cidrs": list(cidrs)})


def service(place: str, *addresses: str, **labels: str) -> Manifest:
    spec = {"clusterIP": addresses[0], "clusterIPs": list(addresses)} if addresses else {"type": "ExternalName"}
    return manifest(
        "Service", place, labels={key.replace("_", "-"): value for key, value in labels.items()}, spec=spec
    )


def kilo(*args: str, place: str = "kube-system/kilo", command: tuple[str, ...] = ()) -> Manifest:
    """Return Kilo's DaemonSet, with the WireGuard of its userspace flavour beside it."""
    containers = [
        {"name": "kilo", "command": list(command), "args": ["--hostname=$(NODE_NAME)", *args]},
        {"name": "wireguard", "args": ["--foreground", "--port=1", "--mtu=1", "kilo0"]},
    ]
    spec = {"template": {"spec": {"containers": containers}}}
    return manifest("DaemonSet", place, labels={"app.kubernetes.io/name": "kilo"}, spec=spec)


def api_server(*args: str, label: str = "component", key: str = "command") -> Manifest:
    container = {"name": "kube-apiserver", key: ["kube-apiserver", *args]}
    place = "kube-system/kube-apiserver-cp-1"
    return manifest("Pod", place, labels={label: "kube-apiserver"}, spec={"containers": [container]})


def config_map(name: str, **data: str) -> Manifest:
    return manifest("ConfigMap", f"kube-system/{name}", data=data)


def server_node(args: str, annotation: str = "k3s.io/node-args", name: str = "cp-1") -> Manifest:
    labels = {"node-role.kubernetes.io/control-plane": "true"}
    return manifest("Node", name, labels=labels, annotations={annotation: args})

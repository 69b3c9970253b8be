"""Nodes in protobuf: the same fields as in JSON (kubernetes staging/src/k8s.io/api/core/v1/generated.proto)."""

from kgctl_py.kilo import resources
from kgctl_py.kube.decoding import Metadata, WireError
from kgctl_py.kube.objects.protobuf import embedded, tag_of, text, texts_and_maps

_METADATA, _SPEC = 1, 2
_NAME, _NAMESPACE, _RESOURCE_VERSION, _LABELS, _ANNOTATIONS = map(tag_of, (1, 3, 6, 11, 12))
_TEXTS = frozenset((_NAME, _NAMESPACE, _RESOURCE_VERSION))
_POD_CIDR, _POD_CIDRS = 1, 7


def node_from_protobuf(data: bytes, start: int, end: int) -> resources.Node:
    """Return the Node in a message, equal to that from JSON; raise WireError."""
    metadata, spec = Metadata(), None
    for field, at, stop in embedded(data, start, end):  # `status`, most of the bytes, is skipped
        if field == _METADATA:
            metadata = _metadata(data, at, stop)
        elif field == _SPEC:
            spec = _spec(data, at, stop)
    if not metadata.name:
        raise WireError("a Node has no name")
    return resources.Node(metadata=metadata, spec=spec)


def _metadata(data: bytes, start: int, end: int) -> Metadata:
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    maps = {_LABELS: labels, _ANNOTATIONS: annotations}
    found = texts_and_maps(data, start, end, _TEXTS, maps).get
    name, namespace, version = found(_NAME, ""), found(_NAMESPACE, ""), found(_RESOURCE_VERSION, "")
    return Metadata(name, namespace, version, labels or None, annotations or None)


def _spec(data: bytes, start: int, end: int) -> resources.NodeSpec:
    pod_cidr, pod_cidrs = "", []
    for field, at, stop in embedded(data, start, end):
        if field == _POD_CIDR:
            pod_cidr = text(data, at, stop)
        elif field == _POD_CIDRS:
            pod_cidrs.append(text(data, at, stop))
    return resources.NodeSpec(pod_cidr=pod_cidr or None, pod_cidrs=tuple(pod_cidrs) or None)

"""Redaction of objects for a bundle: only the fields that Kilo and kgctl read, and no secrets.

This module lists what is kept and drops everything else, because secrets can be in any other place.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from kgctl_py.cluster.saved.kept_fields import (
    FLAGS,
    LABELS,
    NODE_ANNOTATIONS,
    NODE_LABEL,
    OWNERS,
    PEER_ANNOTATIONS,
    PEER_LABELS,
    PEER_SPEC,
    PROGRAMS,
    SERVERS,
)
from kgctl_py.kilo import resources
from kgctl_py.kilo.find_networks import ZONE
from kgctl_py.kilo.kg_workloads_and_flags import command_words
from kgctl_py.kilo.network_sources import NODE_ARGS, ClusterConfiguration
from kgctl_py.kube import decoding
from kgctl_py.kube.objects.kinds import (
    ConfigMap,
    Container,
    DaemonSet,
    EndpointSlice,
    Namespace,
    NamespaceMetadata,
    Object,
    Pod,
    PodSpec,
    Port,
    PortedService,
)
from kgctl_py.kube.objects.yaml_text import load_all
from kgctl_py.redacted_text.redact import redacted
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.key import REDACTED

AnyObject = TypeVar("AnyObject", bound=Object)

_FLAG = re.compile(r"--([a-z0-9-]+)(=.*)?", re.DOTALL)
_MARK = "(redacted)"


def node(raw: resources.Node, topology_labels: Collection[str]) -> resources.Node:
    """Return a Node with the annotations that are read, the topology label, and labels of Kubernetes and Kilo."""
    metadata = raw.metadata
    labels = {
        label: value
        for label, value in (metadata.labels or {}).items()
        if label in topology_labels or NODE_LABEL.fullmatch(label)
    }
    annotations = dict(_node_annotations(metadata.annotations or {}))
    return msgspec.structs.replace(
        raw, metadata=decoding.Metadata(name=metadata.name, labels=labels, annotations=annotations)
    )


def peer(raw: resources.Peer, *, secrets: bool) -> resources.Peer:
    """Return a Peer without its owner, and with a marker in place of its preshared key.

    With `secrets`, both stay. An invalid key gets a marker that is also invalid. The annotations
    and labels with the cluster of a Peer and its expiry always stay.
    """
    metadata = raw.metadata
    annotations = _chosen(metadata.annotations, PEER_ANNOTATIONS, secrets=secrets)
    if secrets:
        annotations |= _chosen(metadata.annotations, OWNERS, secrets=True)
    labels = _chosen(metadata.labels, PEER_LABELS, secrets=secrets)
    spec = raw.spec
    if isinstance(spec, dict):
        spec = {name: spec[name] for name in PEER_SPEC if name in spec}
        if not secrets and spec.get("presharedKey"):
            spec["presharedKey"] = str(REDACTED) if Key.parse_or_none(str(spec["presharedKey"])) else _MARK
    return resources.Peer(
        metadata=resources.PeerMetadata(
            name=metadata.name,
            labels=labels or None,
            annotations=annotations or None,
            creation_timestamp=metadata.creation_timestamp,
        ),
        spec=spec,
    )


def other(one: AnyObject) -> AnyObject:
    """Return another object with the labels that kgctl selects it by, and the parts of command lines and files
    that kgctl reads."""
    metadata = one.metadata
    if isinstance(one, Namespace):
        return msgspec.structs.replace(one, metadata=NamespaceMetadata(name=metadata.name, uid=one.metadata.uid))
    labels = {label: value for label, value in (metadata.labels or {}).items() if label in LABELS}
    replaced: dict[str, Any] = {
        "metadata": decoding.Metadata(name=metadata.name, namespace=metadata.namespace, labels=labels)
    }
    if isinstance(one, DaemonSet):
        template = msgspec.structs.replace(one.spec.template, spec=_pod(one.spec.template.spec))
        replaced["spec"] = msgspec.structs.replace(one.spec, template=template)
    if isinstance(one, Pod):
        replaced["spec"] = _pod(one.spec)
    if isinstance(one, PortedService):
        replaced["spec"] = msgspec.structs.replace(one.spec, ports=_ports(one.spec.ports))
    if isinstance(one, EndpointSlice):
        replaced["ports"] = _ports(one.ports)
    if isinstance(one, ConfigMap):
        replaced["data"] = dict(_data(one.data or {}))
    return msgspec.structs.replace(one, **replaced)


def _ports(ports: tuple[Port, ...] | None) -> tuple[Port, ...]:
    return tuple(Port(name=port.name, port=port.port, protocol=port.protocol) for port in ports or ())


def _chosen(values: Mapping[str, str] | None, wanted: Collection[str], *, secrets: bool) -> dict[str, str]:
    """Return the wanted labels or annotations; without `secrets`, a marker replaces what looks like a secret."""
    found = values or {}
    return {name: found[name] if secrets else redacted(found[name]) for name in wanted if name in found}


def _node_annotations(annotations: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in annotations.items():
        if name in NODE_ANNOTATIONS:
            yield name, value
        elif name in NODE_ARGS:
            try:
                words = msgspec.json.decode(value, type=tuple[str, ...])
            except (msgspec.DecodeError, UnicodeError):
                continue
            yield name, json.dumps(list(_words(words)))


def _pod(spec: PodSpec) -> PodSpec:
    """Return a pod with the command lines of only those programs that kgctl reads."""
    named = any(container.name in PROGRAMS for container in spec.containers or ())
    kept = tuple(
        _container(container) if not named or container.name in PROGRAMS else Container(name=container.name)
        for container in spec.containers or ()
    )
    return msgspec.structs.replace(spec, containers=kept)


def _container(container: Container) -> Container:
    words = tuple(command_words(container))
    if words != (*(container.command or ()), *(container.args or ())):  # a script, split into words
        return Container(name=container.name, command=tuple(_words(words)))
    command, args = tuple(_words(container.command or ())), tuple(_words(container.args or ()))
    return Container(name=container.name, command=command, args=args)


def _words(words: tuple[str, ...]) -> Iterator[str]:
    """Return a command line with a marker in place of each flag and value that kgctl does not read."""
    expected = False
    for index, word in enumerate(words):
        flag = _FLAG.fullmatch(word)
        known = flag is not None and flag[1] in FLAGS
        is_value = expected and not word.startswith("-")
        yield word if known or is_value or (index == 0 and word in SERVERS) else _MARK
        expected = flag is not None and known and flag[2] is None


def _data(data: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if "Corefile" in data:
        yield "Corefile", "".join(f"kubernetes {zone}\n" for zone in ZONE.findall(data["Corefile"])[:1])
    if "ClusterConfiguration" in data:
        try:
            documents = load_all(data["ClusterConfiguration"].encode())
            found = decoding.convert(documents[0], ClusterConfiguration) if documents else ClusterConfiguration()
        except ValueError:
            return
        yield "ClusterConfiguration", msgspec.json.encode(found).decode()

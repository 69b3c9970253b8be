"""Nodes in protobuf as an API server encodes them, from what it says of them in JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

Raw = Mapping[str, Any]


def number(value: int) -> bytes:
    """Return a number in as many bytes as it needs."""
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*encoded, value))


def field(index: int, content: str | bytes) -> bytes:
    """Return a field with a text or a message."""
    data = content.encode() if isinstance(content, str) else content
    return number(index << 3 | 2) + number(len(data)) + data


def texts(index: int, values: Mapping[str, str] | None) -> bytes:
    """Return a map of texts."""
    return b"".join(field(index, field(1, key) + field(2, value)) for key, value in (values or {}).items())


def node(raw: Raw) -> bytes:
    """Return a Node; what kgctl does not read is there, too: a creation time, managed fields, a status."""
    metadata, spec = raw["metadata"], raw.get("spec", {})
    parts = (
        field(1, metadata.get("name", "")),
        field(2, ""),
        field(3, metadata.get("namespace", "")),
        field(6, metadata.get("resourceVersion", "")),
        number(7 << 3) + number(3),
        field(8, number(1 << 3) + number(1767225600)),
        texts(11, metadata.get("labels")),
        texts(12, metadata.get("annotations")),
        field(17, field(1, "kubelet")),
    )
    cidrs = (field(7, cidr) for cidr in spec.get("podCIDRs", ()))
    in_spec = (
        field(1, spec.get("podCIDR", "")) + field(3, "aws:///i-1") + number(4 << 3) + number(0) + b"".join(cidrs)
    )
    return field(1, b"".join(parts)) + field(2, in_spec) + field(3, field(1, b"x" * 300))


def envelope(kind: str, content: bytes) -> bytes:
    """Return a whole body with an object of a kind."""
    type_meta = field(1, "v1") + field(2, kind)
    return b"k8s\0" + field(1, type_meta) + field(2, content) + field(3, "") + field(4, "")


def node_list(nodes: Iterable[Raw], *, version: str = "1", more: str = "") -> bytes:
    """Return the body of a list of Nodes."""
    list_meta = field(1, "") + field(2, version) + field(3, more)
    return envelope("NodeList", field(1, list_meta) + b"".join(field(2, node(raw)) for raw in nodes))

"""A list in protobuf has the same objects as in JSON, in whatever parts it arrives; other bytes are refused."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.kilo import resources
from kgctl_py.kilo.node_protobuf import node_from_protobuf
from kgctl_py.kube import decoding
from kgctl_py.kube.decoding import ListMeta, WireError
from kgctl_py.kube.objects.protobuf import tag_of, texts_and_maps
from kgctl_py.kube.objects.protobuf_items import ProtobufItems
from tests.kube import protobuf

TEXT = st.text(max_size=200)
NAMES = st.text(min_size=1, max_size=200)
TEXTS = st.dictionaries(TEXT, TEXT, max_size=4)
MOST = 2**20


@st.composite
def nodes(draw: st.DrawFn) -> dict[str, Any]:
    metadata = {
        "name": draw(NAMES),
        "resourceVersion": draw(TEXT),
        "labels": draw(TEXTS) or None,
        "annotations": draw(TEXTS) or None,
    }
    spec: dict[str, Any] = {"podCIDR": draw(TEXT) or None, "podCIDRs": draw(st.lists(TEXT, max_size=2)) or None}
    return {"metadata": metadata, "spec": {name: value for name, value in spec.items() if value}}


def cut(body: bytes, size: int) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


def items(body: bytes, size: int = 64, most: int = MOST) -> tuple[list[resources.Node], ListMeta]:
    read = ProtobufItems(cut(body, size), "NodeList", node_from_protobuf, most)
    return list(read), read.metadata


@given(st.lists(nodes(), max_size=4), st.integers(1, 600))
def test_a_list_in_protobuf_is_that_in_json(raws: list[dict[str, Any]], size: int) -> None:
    read, metadata = items(protobuf.node_list(raws, version="7"), size)
    assert read == [decoding.convert(raw, resources.Node) for raw in raws]
    assert (metadata.resource_version, metadata.continue_) == ("7", "")


@given(st.lists(st.tuples(st.sampled_from([1, 2, 3]), TEXT), max_size=4), st.integers(0, 2))
def test_an_entry_of_a_map_is_its_last_key_and_value_in_any_order(
    fields: list[tuple[int, str]], after: int
) -> None:
    entry = b"".join(protobuf.field(number, value) for number, value in fields)
    last = dict(fields)
    entries: dict[str, str] = {}
    message = protobuf.field(11, entry)
    assert texts_and_maps(b"\0" + message + bytes(after), 1, 1 + len(message), (), {tag_of(11): entries}) == {}
    assert entries == {last.get(1, ""): last.get(2, "")}


BODY = protobuf.node_list(
    [
        {"metadata": {"name": f"node-{n}", "labels": {"a": "b"}}, "spec": {"podCIDR": "10.0.0.0/24"}}
        for n in range(3)
    ]
)


@given(st.data())
def test_a_list_that_is_cut_off_is_refused(data: st.DataObject) -> None:
    length = data.draw(st.integers(0, len(BODY) - 5))  # after the list, the envelope has four more bytes
    with pytest.raises(WireError):
        items(BODY[:length], data.draw(st.integers(1, 600)))


@given(st.data())
def test_any_bytes_are_a_list_or_refused(data: st.DataObject) -> None:
    body = bytearray(BODY)
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(WireError):
        read, _ = items(bytes(body), data.draw(st.integers(1, 600)))
        assert all(isinstance(item, resources.Node) for item in read)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "it is incomplete"),
        (b"<html>log in here</html>", "it is not the protobuf of Kubernetes"),
        (protobuf.envelope("PodList", b""), "it is not a NodeList"),
        (b"k8s\0" + protobuf.field(2, b""), "its kind is missing"),
        (
            b"k8s\0" + protobuf.field(1, protobuf.field(2, "NodeList")) + protobuf.field(3, "x" * 9),
            "its list is missing",
        ),
        (protobuf.envelope("NodeList", protobuf.number(2 << 3) + b"\x01"), "it has an unknown field"),
        (protobuf.envelope("NodeList", b"\x12\x7f\x00"), "longer than the list"),
        (protobuf.envelope("NodeList", protobuf.field(2, b"\x0b\x00")), "unknown wire type 3"),
        (protobuf.envelope("NodeList", protobuf.field(2, b"\x0a\x09\x00")), "longer than its message"),
        (protobuf.envelope("NodeList", protobuf.field(2, protobuf.field(1, b"\x0a"))), "longer than its message"),
        (protobuf.envelope("NodeList", b"\xff" * 12), "more than 64 bits"),
        (b"k8s\0\x0a\xff\xff\xff\xff\x0f", "more than 1 MiB"),
    ],
)
def test_what_is_no_list_in_protobuf_is_refused_with_the_reason(body: bytes, why: str) -> None:
    with pytest.raises(WireError, match=why):
        items(body)


def test_a_text_that_is_not_utf8_is_as_in_the_json_of_a_server() -> None:
    body = protobuf.node_list([{"metadata": {"name": "north"}}]).replace(b"north", b"n\xffrth")
    assert items(body)[0][0].metadata.name == "n\N{REPLACEMENT CHARACTER}rth"


@pytest.mark.parametrize(
    "item", ["", protobuf.field(1, ""), protobuf.field(2, ""), protobuf.field(1, protobuf.field(3, "north"))]
)
def test_an_item_without_a_name_is_refused_at_once(item: str | bytes) -> None:
    body = protobuf.envelope("NodeList", protobuf.field(2, item) * 1_000_000)
    parts = iter([body[:65536]])
    with pytest.raises(WireError, match="no name"):
        list(ProtobufItems(parts, "NodeList", node_from_protobuf, MOST))
    assert next(parts, None) is None

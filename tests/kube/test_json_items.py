"""A list in JSON that is read item by item has the items of the whole, whatever the parts in which it arrives."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.kilo import resources
from kgctl_py.kube.decoding import List, MalformedError, Page, decode
from kgctl_py.kube.read_list import JsonItems

BETWEEN = '},{"metadata":{'
TEXT = st.text(max_size=8) | st.sampled_from(
    (BETWEEN, '"items":[', "]}", "{", '"', "\\", BETWEEN + '"name":"x"}}')
)
NESTED = st.recursive(
    TEXT, lambda inner: st.lists(st.fixed_dictionaries({"metadata": inner}), max_size=3), max_leaves=6
)


@st.composite
def lists(draw: st.DrawFn) -> dict[str, Any]:
    items = [
        {
            "metadata": {
                "name": draw(TEXT),
                "annotations": draw(st.dictionaries(TEXT, TEXT, max_size=3)),
                "other": [1],
            },
            "spec": {"podCIDR": draw(TEXT), "taints": draw(NESTED)},
        }
        for _ in range(draw(st.integers(0, 6)))
    ]
    whole = {
        "kind": "NodeList",
        "metadata": {"resourceVersion": draw(TEXT), "continue": draw(TEXT)},
        "items": items,
    }
    return {key: whole[key] for key in draw(st.permutations(list(whole)))}


def cut(body: bytes, size: int) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


@given(lists(), st.integers(1, 300), st.booleans())
def test_the_items_are_those_of_the_whole(whole: dict[str, Any], size: int, compact: bool) -> None:
    body = json.dumps(whole, separators=(",", ":") if compact else None).encode() + b"\n"
    items = JsonItems(cut(body, size), resources.Node, "source")
    expected = decode(body, Page[resources.Node], "source")
    assert tuple(items) == expected.items
    assert items.metadata == expected.metadata


def test_an_item_comes_before_the_rest_of_the_list() -> None:
    """A list that breaks off after its second item, whose end only a third one would show."""

    def parts() -> Iterator[bytes]:
        yield b'{"kind":"NodeList","metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"a"}},'
        yield b'{"metadata":{"name":"b"}},{"metadata":{"na'
        raise TimeoutError

    items = JsonItems(parts(), resources.Node, "source")
    names: list[str] = []
    with pytest.raises(TimeoutError):
        names.extend(item.metadata.name for item in items)
    assert names == ["a", "b"]
    assert items.metadata.resource_version == "5"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html>",
        b'{"items":[{"met',
        b'{"items":[{"metadata":{"name":"a"}},{"metadata":{"name":3}},{"metadata":{"name":"b"}}]}',
        b'{"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]',
        b'{"items":[{"metadata":{"name":"a"}},{"metadata":{}}]}]',
        b'{"metadata":{"items":[{"metadata":{}},{"metadata":{}}]}}',
        b'{"items":[' + b"[" * 100_000,
        b"\xff",
    ],
)
def test_what_is_no_list_is_refused(body: bytes) -> None:
    for size in (7, len(body) + 1):
        with pytest.raises(MalformedError, match='"source" has an unexpected format'):
            list(JsonItems(cut(body, size), resources.Node, "source"))


def test_many_texts_like_the_end_of_an_item_do_not_take_long() -> None:
    """Each is tried in an item three times at most, and then the list is decoded as a whole."""
    text = BETWEEN * 20_000
    body = json.dumps({"items": [{"metadata": {"name": text}}] * 3}, separators=(",", ":")).encode()
    items = JsonItems(cut(body, 65536), resources.Node, "source")
    assert [item.metadata.name for item in items] == [text] * 3
    assert items.metadata == List().metadata

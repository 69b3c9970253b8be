"""Nodes that are translated as they change are those that a complete translation gives."""

import threading
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.kilo import resources
from kgctl_py.kilo.node_translator import NodeTranslator
from kgctl_py.kilo.nodes import translate_node
from kgctl_py.kube import decoding
from kgctl_py.kube.http_connection import ResponseTime
from kgctl_py.kube.listwatch.connectivity import ConnectivityTracker
from kgctl_py.kube.listwatch.store import Store
from kgctl_py.kube.listwatch.watch import Event, EventType
from kgctl_py.mesh.nodes_and_peers import Node
from tests.in_memory import NOW, Raw, node
from tests.strategies import clusters

LAST_SEEN = st.sampled_from((str(NOW), str(NOW - 5), str(NOW + 7), "", "x", "1e9", "-1", "9" * 30, "٣", "007"))


BROKEN = "a list that breaks off"


def converted(raw: Raw) -> resources.Node:
    return decoding.convert(raw, resources.Node)


def seen(raw: Raw, last_seen: str) -> Raw:
    """Give the Node with another last-seen, in a new resource version."""
    metadata = raw["metadata"]
    annotations = {**metadata["annotations"], "kilo.squat.ai/last-seen": last_seen}
    return {**raw, "metadata": {**metadata, "annotations": annotations, "resourceVersion": last_seen}}


def store() -> Store[resources.Node, Node]:
    changed = threading.Event()
    return Store(NodeTranslator(), lambda old, new, _: old != new, ConnectivityTracker(changed), changed)


@st.composite
def events(draw: st.DrawFn) -> list[tuple[EventType | str | None, Any]]:
    """Lists (None), some of which break off, and events about a few names, most only with a new last-seen."""
    nodes = [*draw(clusters()).nodes, *draw(clusters()).nodes]
    current: dict[str, Raw] = {}
    made: list[tuple[EventType | str | None, Any]] = []
    for _ in range(draw(st.integers(1, 25))):
        what = draw(st.sampled_from(("seen", "seen", "seen", "set", "delete", "list", BROKEN)))
        if what == "seen" and current:
            name = draw(st.sampled_from(sorted(current)))
            current[name] = seen(current[name], draw(LAST_SEEN))
            made.append((EventType.MODIFIED, current[name]))
        elif what == "delete" and current:
            made.append((EventType.DELETED, current.pop(draw(st.sampled_from(sorted(current))))))
        elif what == BROKEN:
            made.append((BROKEN, draw(st.lists(st.sampled_from(nodes), max_size=4))))
        elif what == "list":
            kept = draw(st.lists(st.sampled_from(nodes), max_size=4))
            current = {raw["metadata"]["name"]: raw for raw in kept}
            made.append((None, list(current.values())))
        else:
            raw = draw(st.sampled_from(nodes))
            name = raw["metadata"]["name"]
            made.append((EventType.MODIFIED if name in current else EventType.ADDED, raw))
            current[name] = raw
    return made


@given(events())
def test_after_any_events_the_nodes_are_those_of_a_complete_translation(
    made: list[tuple[EventType | str | None, Any]],
) -> None:
    followed, current = store(), dict[str, Raw]()
    for what, raw in made:
        if what in (None, BROKEN):
            named = [followed.translate(converted(one)) for one in raw]
            if what is None:
                followed.replace(named, ResponseTime(None, 0))
                current = {one["metadata"]["name"]: one for one in raw}
            continue
        assert isinstance(what, EventType)
        followed.apply(Event(what, converted(raw), 100))
        name = raw["metadata"]["name"]
        current.pop(name, None)
        current |= {} if what is EventType.DELETED else {name: raw}
        values = {value.name: value for value in followed.state().values}
        assert values == {name: translate_node(converted(one)) for name, one in current.items()}


def test_a_node_that_only_reports_that_it_is_alive_is_not_translated_again() -> None:
    translator, raw = NodeTranslator(), node("a")
    first = translator.translate(converted(raw), None)
    second = translator.translate(converted(seen(raw, str(NOW + 30))), first)
    assert second.last_seen == NOW + 30
    assert second.endpoint is first.endpoint


def test_what_was_removed_is_not_kept() -> None:
    translator = NodeTranslator()
    for number in range(100):
        translator.translate(converted(node(f"node-{number}")), None)
        translator.forget(f"node-{number}")
    assert translator._known == {}

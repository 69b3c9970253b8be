import threading

import pytest

from kgctl_py.kube.decoding import Metadata
from kgctl_py.kube.http_connection import OversizedError, ResponseTime
from kgctl_py.kube.listwatch.connectivity import ConnectivityTracker
from kgctl_py.kube.listwatch.store import EachTranslated, Store
from kgctl_py.kube.listwatch.watch import Event, EventType
from kgctl_py.value import Value

MOST = 100


class Thing(Value, frozen=True):
    metadata: Metadata


def store() -> Store[Thing, str]:
    changed = threading.Event()
    return Store(
        EachTranslated(lambda thing: thing.metadata.name),
        lambda old, new, _: old != new,
        ConnectivityTracker(changed),
        changed,
        MOST,
    )


def event(name: str, size: int, what: EventType = EventType.ADDED) -> Event[Thing]:
    return Event(what, Thing(Metadata(name=name)), size)


def test_what_a_watch_adds_has_a_bound() -> None:
    things = store()
    things.apply(event("a", 60))
    with pytest.raises(OversizedError):
        things.apply(event("b", 60))


def test_an_object_that_changes_or_goes_counts_once_or_not_at_all() -> None:
    things = store()
    for _ in range(9):
        things.apply(event("a", 60))
        things.apply(event("a", 90, EventType.MODIFIED))
    things.apply(event("a", 90, EventType.DELETED))
    things.apply(event("b", MOST))
    assert things.state().values == ("b",)


def test_a_new_list_resets_the_count() -> None:
    things = store()
    things.apply(event("a", 60))
    things.replace([], ResponseTime(None, 0))
    things.apply(event("b", 60))
    assert things.state().values == ("b",)

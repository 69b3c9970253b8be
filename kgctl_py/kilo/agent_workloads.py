"""The DaemonSets and pods of Kilo's agent, by the labels of Kilo's manifests or by the program that they run."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, TypeVar

from kgctl_py.kilo.flags import command_words
from kgctl_py.kube.objects import kinds
from kgctl_py.kube.objects.kinds import Container, DaemonSet, Kind, Pod, PodSpec
from kgctl_py.kube.objects.reader import NO_LABELS

CONTAINER = "kilo"
"""The container that runs kg; a pod can also have one that runs WireGuard in userspace."""
PART_OF = {"app.kubernetes.io/part-of": "kilo"}
"""The label of everything in Kilo's manifests, whose DaemonSets have different names (kilo manifests/)."""
NAMED = {"app.kubernetes.io/name": "kilo"}
"""The label of the agent in manifests without the other label."""

T = TypeVar("T", DaemonSet, Pod)


class Lister(Protocol):
    """Lists objects of a kind with labels."""

    def __call__(self, kind: Kind[T], *, labels: Mapping[str, str]) -> tuple[T, ...]:
        """Return the objects; raise UnreadableError."""
        ...


def daemon_sets(list_objects: Lister) -> tuple[DaemonSet, ...]:
    """Return the DaemonSets that run kg."""
    return running_kg(list_objects(kinds.DAEMON_SET, labels=NO_LABELS))


def running_kg(found: Iterable[DaemonSet]) -> tuple[DaemonSet, ...]:
    """Return those that run kg: with Kilo's labels, or, if none has them, with any labels."""
    found = tuple(found)
    agents = _that_run(found, lambda one: one.spec.template.spec)
    of_kilo = tuple(one for one in agents if PART_OF.items() <= (one.metadata.labels or {}).items())
    named = tuple(one for one in found if NAMED.items() <= (one.metadata.labels or {}).items())
    return of_kilo or named or agents


def pods(list_objects: Lister) -> tuple[Pod, ...]:
    """Return the pods that run kg."""
    return _first(
        lambda: _that_run(list_objects(kinds.POD, labels=PART_OF), lambda one: one.spec),
        lambda: list_objects(kinds.POD, labels=NAMED),
    )


def _first(*several: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
    return next((found for ask in several if (found := ask())), ())


def _that_run(objects: tuple[T, ...], spec_of: Callable[[T], PodSpec]) -> tuple[T, ...]:
    return tuple(one for one in objects if any(map(_runs_kg, spec_of(one).containers or ())))


def _runs_kg(container: Container) -> bool:
    programs = command_words(container) if container.command else ()
    return container.name == CONTAINER or any(word.rpartition("/")[2] == "kg" for word in programs)

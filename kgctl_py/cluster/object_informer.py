"""The current objects of some kinds and namespaces, which watches keep up to date."""

import threading
from collections.abc import Iterable, Mapping
from typing import Any

from kgctl_py.kube.client import Client
from kgctl_py.kube.decoding import Source
from kgctl_py.kube.listwatch.connectivity import Connectivity, ConnectivityTracker
from kgctl_py.kube.listwatch.reflector import Reflector
from kgctl_py.kube.listwatch.store import EachTranslated, Store
from kgctl_py.kube.objects.kinds import Kind, Object, T
from kgctl_py.kube.objects.reader import NO_LABELS

Place = tuple[Kind[Any], str]
"""A kind of objects, and the namespace that they are in."""


class ObjectInformer:
    """The latest objects of each place; `changed` is set when they or the connectivity change.

    Its threads run until it is closed.
    """

    def __init__(self, client: Client, places: Iterable[Place]) -> None:
        client.connect()
        self.changed = threading.Event()
        self._tracker = ConnectivityTracker(self.changed)
        self._stores = {(kind.name, namespace): self._store() for kind, namespace in places}
        self._reflectors = [
            Reflector(client, _source(kind, namespace), self._stores[kind.name, namespace])
            for kind, namespace in places
        ]
        for reflector in self._reflectors:
            reflector.start()

    @property
    def connectivity(self) -> Connectivity:
        """Whether the server is reachable."""
        return self._tracker.connectivity

    @property
    def is_answered(self) -> bool:
        """Whether `of` returns or raises at once."""
        return all(store.is_answered for store in self._stores.values())

    def of(
        self, kind: Kind[T], *, namespace: str = "", name: str = "", labels: Mapping[str, str] = NO_LABELS
    ) -> tuple[T, ...]:
        """Return the current objects of a place; raise KgctlError if they were never read completely."""
        return tuple(
            one
            for one in sorted(self._stores[kind.name, namespace].state().values, key=lambda one: one.place)
            if name in ("", one.metadata.name) and labels.items() <= (one.metadata.labels or {}).items()
        )

    def refresh(self) -> None:
        """Read all lists again."""
        for reflector in self._reflectors:
            reflector.refresh()

    def close(self) -> None:
        """End the watches and their threads."""
        for reflector in self._reflectors:
            reflector.close()

    def _store(self) -> Store[Object, Any]:
        return Store(EachTranslated(lambda one: one), lambda old, new, _: old != new, self._tracker, self.changed)


def _source(kind: Kind[Any], namespace: str) -> Source[Any]:
    return Source(kind.path(namespace), kind.of_list, kind.struct)

"""Objects of one kind in memory, as an API server keeps them: with versions, and labels to find them by."""

import copy
import itertools
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kgctl_py.errors import KgctlError
from kgctl_py.kube.api_error import ApiError

Manifest = dict[str, Any]


class Everywhere:
    """The objects of all namespaces, which can only be listed."""

    def __init__(self, stores: Iterable["Objects"]) -> None:
        self._stores = tuple(stores)

    def list(self, labels: Mapping[str, str]) -> tuple[Manifest, ...]:
        return tuple(one for store in self._stores for one in store.list(labels))


class Objects:
    """An ObjectStore; `fault` returns what the server says instead of doing what it is asked."""

    def __init__(self) -> None:
        self.objects: dict[str, Manifest] = {}
        self.fault: Callable[[str, str], KgctlError | None] = lambda *_: None
        self.log: list[tuple[str, str]] = []
        self._versions = itertools.count(1)
        self._lock = threading.Lock()

    def copy(self) -> "Objects":
        """Return a store whose changes are lost, as those of a dry run."""
        other = Objects()
        other.objects = copy.deepcopy(self.objects)
        return other

    def list(self, labels: Mapping[str, str]) -> tuple[Manifest, ...]:
        with self._lock:
            self._ask("list", "")
            found = (
                one for one in self.objects.values() if labels.items() <= one["metadata"].get("labels", {}).items()
            )
            return tuple(map(copy.deepcopy, found))

    def get(self, name: str) -> Manifest:
        with self._lock:
            self._ask("get", name)
            return copy.deepcopy(self._find(name))

    def create(self, manifest: Manifest) -> Manifest:
        with self._lock:
            name = manifest["metadata"]["name"]
            self._ask("create", name)
            if name in self.objects:
                raise ApiError(f'"{name}" already exists', status=409)
            return self._put(manifest)

    def replace(self, manifest: Manifest) -> Manifest:
        with self._lock:
            metadata = manifest["metadata"]
            self._ask("update", metadata["name"])
            self._check_version(metadata["name"], metadata["resourceVersion"])
            return self._put(manifest)

    def delete(self, name: str, *, version: str = "") -> None:
        with self._lock:
            self._ask("delete", name)
            self._check_version(name, version or self._find(name)["metadata"]["resourceVersion"])
            del self.objects[name]

    def _ask(self, verb: str, name: str) -> None:
        if error := self.fault(verb, name):
            raise error
        if verb not in ("get", "list"):
            self.log.append((verb, name))

    def _find(self, name: str) -> Manifest:
        if name not in self.objects:
            raise ApiError(f'"{name}" not found', status=404)
        return self.objects[name]

    def _check_version(self, name: str, version: str) -> None:
        if self._find(name)["metadata"]["resourceVersion"] != version:
            raise ApiError("the object has been modified", status=409)

    def _put(self, manifest: Manifest) -> Manifest:
        kept = copy.deepcopy(manifest)
        kept["metadata"]["resourceVersion"] = str(next(self._versions))
        self.objects[kept["metadata"]["name"]] = kept
        return copy.deepcopy(kept)

"""What `kgctl get` was asked for: kinds and names, in the ways that kubectl takes them."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from kgctl_py.commands.get.locations import LOCATIONS
from kgctl_py.commands.get.nodes import NODES
from kgctl_py.commands.get.peers import PEERS
from kgctl_py.commands.get.resource import Resource, View
from kgctl_py.errors import UsageError
from kgctl_py.k8s.selector import Selector
from kgctl_py.lookup import not_found

RESOURCES: tuple[Resource[Any], ...] = (NODES, PEERS, LOCATIONS)
_HINT = "kgctl get nodes, kgctl get peers or kgctl get locations"


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """A kind, and the names of those that are wanted; all when there are none."""

    resource: Resource[Any]
    names: tuple[str, ...] = ()

    def items(self, view: View, selector: Selector) -> list[Any]:
        """Give the items that are wanted, in the order of the names; raise KgctlError when one is not there."""
        items = list(self.resource.items(view))
        if self.names:
            by_name = {self.resource.also(item): item for item in items} | {item.name: item for item in items}
            for name in self.names:
                if name not in by_name:
                    raise not_found(self.resource.singular, name, by_name)
            items = [by_name[name] for name in dict.fromkeys(self.names)]
        return [item for item in items if selector.selects(item.labels)]


def requests(words: Sequence[str]) -> list[Request]:
    """Read `KIND[,KIND…] [NAME…]` or `KIND/NAME…`; raise UsageError for anything else."""
    if not words:
        raise UsageError("what is to be listed?", hint=_HINT)
    if "/" in words[0]:
        return _by_kind(_pair(word) for word in words)
    kinds = [_resource(word) for word in words[0].split(",")]
    names = tuple(words[1:])
    if names and len(kinds) > 1:
        raise UsageError("names belong to one kind", hint="kgctl get node/NAME peer/NAME")
    return [Request(kind, names) for kind in dict.fromkeys(kinds)]


def _by_kind(pairs: Iterable[tuple[Resource[Any], str]]) -> list[Request]:
    wanted: dict[Resource[Any], list[str]] = {}
    for resource, name in pairs:
        wanted.setdefault(resource, []).append(name)
    return [Request(resource, tuple(names)) for resource, names in wanted.items()]


def _pair(word: str) -> tuple[Resource[Any], str]:
    kind, slash, name = word.partition("/")
    if not slash or not name:
        raise UsageError(
            f'"{word}" is not KIND/NAME, as what stands before it', hint="kgctl get node/NAME peer/NAME"
        )
    return _resource(kind), name


def _resource(word: str) -> Resource[Any]:
    for resource in RESOURCES:
        if word.lower() in resource.names:
            return resource
    raise UsageError(f'there is no kind "{word}" to list', hint=_HINT)

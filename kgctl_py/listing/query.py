"""The query of `kgctl get`: kinds, names, labels, and an order, in the syntax of kubectl."""

from collections.abc import Iterable, Sequence
from typing import Any

from kgctl_py.errors import UsageError
from kgctl_py.kube.objects.selector import Selector, parse_selector
from kgctl_py.listing.locations import LOCATIONS
from kgctl_py.listing.nodes import NODES
from kgctl_py.listing.peers import PEERS
from kgctl_py.listing.resource import Column, Resource, View
from kgctl_py.mesh.find_by_name import not_found
from kgctl_py.value import Value

RESOURCES: tuple[Resource[Any], ...] = (NODES, PEERS, LOCATIONS)
_WITH_KIND = "use KIND/NAME, for example: kgctl get node/berlin-1 peer/laptop"
_HINT = "use nodes, peers, or locations, for example: kgctl get nodes"


class Request(Value, frozen=True):
    """A kind, and the names of the items; all items without names."""

    resource: Resource[Any]
    names: tuple[str, ...] = ()

    def items(self, view: View, *, may_lack_names: bool = False) -> list[Any]:
        """Return the items with these names, in this order; raise KgctlError if one does not exist."""
        items = list(self.resource.items(view))
        if not self.names:
            return items
        by_name = {self.resource.alias(item): item for item in items} | {item.name: item for item in items}
        missing = [name for name in self.names if name not in by_name]
        if missing and not may_lack_names:
            raise not_found(self.resource.singular, missing[0], map(self.resource.alias, items))
        return [by_name[name] for name in dict.fromkeys(self.names) if name in by_name]


Listed = tuple[Request, list[Any]]


class Query(Value, frozen=True, kw_only=True):
    """The kinds, names, labels, and order of a list."""

    requests: tuple[Request, ...]
    selector: Selector
    sort_by: str = ""

    @classmethod
    def parse(cls, words: Sequence[str], selector: str, sort_by: str) -> "Query":
        """Return the query in the words of a command line; raise UsageError if they are invalid."""
        requests = tuple(_requests(words))
        for request in requests:
            if sort_by:
                request.resource.column(sort_by)
            if selector and not request.resource.labelled:
                raise UsageError(
                    f"--selector works only with nodes and peers, not with {request.resource.names[1]}",
                    hint="leave out --selector",
                )
        try:
            return cls(requests=requests, selector=parse_selector(selector), sort_by=sort_by)
        except ValueError as error:
            hint = "use a=b, a!=b, a in (b,c), a notin (b,c), a, or !a"
            raise UsageError(f"--selector {error}", hint=hint) from None

    def check_watchable(self) -> None:
        """Raise UsageError if more than one kind is listed."""
        if len(self.requests) > 1:
            raise UsageError("--watch works with only one kind", hint="for example: kgctl get nodes --watch")

    def listed(self, view: View, *, may_lack_names: bool = False) -> list[Listed]:
        """Return the items of each request; raise KgctlError if a name does not exist."""
        return [(request, self._items(request, view, may_lack_names=may_lack_names)) for request in self.requests]

    def _items(self, request: Request, view: View, *, may_lack_names: bool) -> list[Any]:
        items = request.items(view, may_lack_names=may_lack_names)
        items = [item for item in items if self.selector.selects(item.labels)]
        return _sorted(items, request.resource.column(self.sort_by)) if self.sort_by else items


def _sorted(items: Iterable[Any], column: Column[Any]) -> list[Any]:
    """Return the items sorted by a column, empty cells last, and equal ones in their previous order."""
    order = column.order or column.text
    return sorted(items, key=lambda item: (not column.text(item), order(item)))


def _requests(words: Sequence[str]) -> list[Request]:
    """Parse `KIND[,KIND…] [NAME…]` or `KIND/NAME…`."""
    if not words:
        raise UsageError("missing argument KIND", hint=_HINT)
    if "/" in words[0]:
        return _by_kind(_pair(word) for word in words)
    typed = words[0]
    if typed.lower() == "all":
        words = [",".join(resource.names[0] for resource in RESOURCES), *words[1:]]
    elif all(_is_kind(kind) for word in words for kind in _split(word)):
        words = [",".join(kind for word in words for kind in _split(word))]
    kinds = [_resource(word) for word in _split(words[0])]
    names = tuple(words[1:])
    if names and len(kinds) > 1:
        raise UsageError(f'"{typed}" is more than one kind, which does not work with names', hint=_WITH_KIND)
    return [Request(kind, names) for kind in dict.fromkeys(kinds)]


def _by_kind(pairs: Iterable[tuple[Resource[Any], str]]) -> list[Request]:
    wanted: dict[Resource[Any], list[str]] = {}
    for resource, name in pairs:
        wanted.setdefault(resource, []).append(name)
    return [Request(resource, tuple(names)) for resource, names in wanted.items()]


def _pair(word: str) -> tuple[Resource[Any], str]:
    kind, slash, name = word.partition("/")
    if not slash or not name:
        why = "has no name after its kind" if slash else "has no kind, unlike the first argument"
        raise UsageError(f'"{word}" {why}', hint=_WITH_KIND)
    if not kind:
        raise UsageError(f'"{word}" has no kind before its name', hint=_WITH_KIND)
    return _resource(kind), name


def _split(words: str) -> list[str]:
    """Return the words between commas; the first argument of `get nodes, peers` ends with a comma."""
    return words.removesuffix(",").split(",")


def _is_kind(word: str) -> bool:
    return any(word.lower() in resource.names for resource in RESOURCES)


def _resource(word: str) -> Resource[Any]:
    for resource in RESOURCES:
        if word.lower() in resource.names:
            return resource
    raise UsageError(f'unknown kind "{word}"', hint=_HINT)

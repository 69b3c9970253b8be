"""The changes of a list for `kgctl get --watch`: new, changed, and removed items."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from kgctl_py.listing.resource import Resource
from kgctl_py.value import Value

_NO_STATES: Mapping[str, object] = MappingProxyType({})


class Changes(Value, frozen=True, kw_only=True):
    """All items, the indexes of new or changed ones, and the names of removed ones."""

    items: Sequence[Any]
    changed: tuple[int, ...]
    removed: tuple[str, ...]
    states: Mapping[str, object]
    """The states of all items by name, to compare with the next ones."""


def list_changes(
    resource: Resource[Any], items: Sequence[Any], states: Mapping[str, object] = _NO_STATES
) -> Changes:
    """Return the differences of `items` from the items with the earlier `states`."""
    new_states = {item.name: resource.state(item) for item in items}
    return Changes(
        items=items,
        changed=tuple(n for n, item in enumerate(items) if states.get(item.name) != new_states[item.name]),
        removed=tuple(name for name in states if name not in new_states),
        states=new_states,
    )

"""Any objects of a cluster, from wherever it is read; what may not be read is an UnreadableError, not the end."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from kgctl_py.errors import KgctlError
from kgctl_py.kube.objects.kinds import Kind, T
from kgctl_py.value import Value

NO_LABELS: Mapping[str, str] = MappingProxyType({})


class UnreadableError(KgctlError):
    """These objects cannot be had, though others of the same cluster can."""


class Origin(Value, frozen=True, kw_only=True):
    """Which cluster the objects are from, as far as it is known, and where that was read."""

    context: str = ""
    server: str = ""
    version: str = ""
    source: str


class Objects(Protocol):
    """Lists objects of one kind."""

    def of(
        self,
        kind: Kind[T],
        *,
        namespace: str = "",
        name: str = "",
        labels: Mapping[str, str] = NO_LABELS,
        fields: str = "",
    ) -> tuple[T, ...]:
        """Give the objects of a kind, in all namespaces or one, of any name or one; raise UnreadableError.

        `fields` is a field selector that may spare an API server a long answer; others give more than it selects.
        """
        ...

    def origin(self) -> Origin:
        """Tell which cluster it is."""
        ...

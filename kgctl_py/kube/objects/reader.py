"""The protocol of readers of the objects of a cluster."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from kgctl_py.errors import KgctlError
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.kube.objects.kinds import Kind, T

NO_LABELS: Mapping[str, str] = MappingProxyType({})


class UnreadableError(KgctlError):
    """Objects cannot be read; other objects of the cluster may be readable."""


class Origin(Value, frozen=True, kw_only=True):
    """The cluster of the objects, as far as it is known, and the source of this information."""

    context: str = ""
    server: str = ""
    version: str = ""
    source: str


class Objects(Protocol):
    """Reads the objects of a cluster."""

    def of(
        self,
        kind: "Kind[T]",
        *,
        namespace: str = "",
        name: str = "",
        labels: Mapping[str, str] = NO_LABELS,
        fields: str = "",
    ) -> "tuple[T, ...]":
        """Return the objects of a kind, in all namespaces or one, with any name or one; raise UnreadableError.

        `fields` is a field selector for an API server; other readers can return more objects.
        """
        ...

    def has_all(self, kind: "Kind[Any]") -> bool:
        """Return whether `of` returns all objects of a kind that exist."""
        ...

    def origin(self) -> Origin:
        """Return the origin of the cluster."""
        ...

"""A reader of the objects of a cluster, whatever that is read from."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from kgctl_py.errors import KgctlError
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.kube.objects.kinds import Kind, T

NO_LABELS: Mapping[str, str] = MappingProxyType({})


class UnreadableError(KgctlError):
    """Objects cannot be read, though others of the same cluster may be readable."""


class Origin(Value, frozen=True, kw_only=True):
    """The cluster of the objects, as far as it is known, and the source of that."""

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
        """Return the objects of a kind, in all namespaces or one, of any name or one; raise UnreadableError.

        `fields` is a field selector for an API server; other readers may return more than it selects.
        """
        ...

    def origin(self) -> Origin:
        """Return which cluster it is."""
        ...

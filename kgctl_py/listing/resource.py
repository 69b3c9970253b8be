"""A kind of object that can be listed: its names, its columns, and its form for programs."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from kgctl_py import names
from kgctl_py.errors import UsageError, either
from kgctl_py.findings import Finding, Kind, Severity, Subject
from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.notice import Notice
from kgctl_py.render.finding_data import finding_data
from kgctl_py.value import Value
from kgctl_py.wireguard import Endpoint, Key

DISCOVERED = "*"
"""The marker of a discovered endpoint, which replaces the configured one."""
_KEY_SHOWN = 8
_ABSENT = 9


class View(Value, frozen=True, kw_only=True):
    """The values for lists: the mesh, its topology if any, and the findings by subject."""

    mesh: Mesh
    topology: Topology | None
    findings: Mapping[Subject, Sequence[Finding]]
    notices: tuple[Notice, ...] = ()
    """Warnings about the whole mesh."""

    def about(self, kind: Kind, name: str) -> Sequence[Finding]:
        """Return the findings about one object."""
        return self.findings.get(Subject(kind, name), ())


class Item(Protocol):
    """An object in a list."""

    @property
    def name(self) -> str:
        """The name of the object."""
        ...

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of the object."""
        ...


I = TypeVar("I", bound=Item)  # noqa: E741


class Column(Value, Generic[I], frozen=True, kw_only=True):
    """A column: its heading, its text, its sort key if different, and whether only `-o wide` has it.

    `brief` is the short text for a table that is not wide.
    """

    heading: str
    text: Callable[[I], str]
    brief: Callable[[I], str] | None = None
    order: Callable[[I], Any] | None = None
    wide: bool = False


class Resource(Value, Generic[I], frozen=True, kw_only=True):
    """A kind of object: its names, the function that lists its items, and its columns."""

    names: tuple[str, ...]
    """The singular, the plural, and short names."""
    items: Callable[[View], Sequence[I]]
    columns: tuple[Column[I], ...]
    status: Callable[[I], dict[str, Any]]
    state: Callable[[I], object]
    """The state that decides whether a watched item changed; it contains no times."""
    labelled: bool = True
    alias: Callable[[I], str] = lambda item: item.name
    """Another name of an item."""
    shown_name: Callable[[str], str] = lambda name: name
    """The name for people."""

    @property
    def singular(self) -> str:
        """The singular name."""
        return self.names[0]

    def column(self, heading: str) -> Column[I]:
        """Return the column with this heading in any spelling; raise UsageError if it is unknown."""
        for column in self.columns:
            if _bare(column.heading) == _bare(heading):
                return column
        known = either([column.heading.lower().replace(" ", "-") for column in self.columns])
        raise UsageError(f'--sort-by "{heading}" is not a column of {self.names[1]}', hint=f"use {known}")

    def document(self, item: I) -> dict[str, Any]:
        """Return an item in the form of a Kubernetes object, with all values in its status."""
        labels = {"labels": dict(item.labels)} if self.labelled else {}
        document = self.without_status(item.name)
        return document | {"metadata": document["metadata"] | labels, "status": self.status(item)}

    def without_status(self, name: str) -> dict[str, Any]:
        """Return the object for an item that was removed, which has no status."""
        return {
            "apiVersion": names.OUTPUT_API_VERSION,
            "kind": self.singular.capitalize(),
            "metadata": {"name": name},
            "status": None,
        }


def _bare(heading: str) -> str:
    """Return `lastseen` for `LAST SEEN`, `last-seen`, and `lastSeen`."""
    return re.sub(r"[^a-z0-9]", "", heading.lower())


def summary(findings: Sequence[Finding]) -> str:
    """Return the codes of warnings and errors, each once: `K-DNS-FAIL,K-VALUE`."""
    return ",".join(dict.fromkeys(finding.code for finding in findings if finding.severity > Severity.NOTE))


def findings_data(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return the findings of an item, without their subject."""
    return [finding_data(finding, with_subject=False) for finding in findings]


def address_order(address: IPAddress | None) -> tuple[int, int]:
    """Return the sort key of an address: IPv4 before IPv6, by number, absent ones last."""
    return (address.version, int(address)) if address else (_ABSENT, 0)


def keepalive(seconds: int) -> str:
    """Return a keepalive as a cell."""
    return f"{seconds}s" if seconds else "off"


def short_key(key: Key | None) -> str:
    """Return the start of a public key, which `kgctl whois` accepts."""
    return str(key)[:_KEY_SHOWN] if key else ""


def marked(discovered: Endpoint | None, own: Endpoint | None) -> str:
    """Return the endpoint in use as a cell, with a marker if it was discovered."""
    return f"{discovered}{DISCOVERED}" if discovered else str(own or "")


def yes_no(value: bool) -> str:
    """Return `yes` or `no`."""
    return "yes" if value else "no"


def text_or_none(value: object) -> str | None:
    """Return the text of a value, or None, which is null for programs."""
    return None if value is None else str(value)

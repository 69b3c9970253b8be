"""A kind of object that can be listed: its names, its columns, and its form for programs."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from kgctl_py import names
from kgctl_py.errors import UsageError
from kgctl_py.findings import Finding, Kind, Severity, Subject
from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.model import Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.notice import Notice
from kgctl_py.render.finding_data import finding_data
from kgctl_py.value import Value
from kgctl_py.wireguard import Endpoint, Key

DISCOVERED = "*"
"""The mark of a discovered endpoint, which replaces the configured one."""
_KEY_SHOWN = 8
_ABSENT = 9


class View(Value, frozen=True, kw_only=True):
    """The values that lists are made from: the mesh, its topology if it has one, and the findings by subject."""

    mesh: Mesh
    topology: Topology | None
    findings: Mapping[Subject, Sequence[Finding]]
    notices: tuple[Notice, ...] = ()
    """Warnings about the mesh as a whole, which belong to no item."""

    def about(self, kind: Kind, name: str) -> Sequence[Finding]:
        """Return the findings about one object."""
        return self.findings.get(Subject(kind, name), ())


class Item(Protocol):
    """An object that is listed."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def labels(self) -> Mapping[str, str]:
        """Its labels."""
        ...


I = TypeVar("I", bound=Item)  # noqa: E741


class Column(Value, Generic[I], frozen=True, kw_only=True):
    """A column: its heading, its text, its sort key if that is another, and whether only `-o wide` has it.

    `brief` is what a table that is not wide shows in place of a long text.
    """

    heading: str
    text: Callable[[I], str]
    brief: Callable[[I], str] | None = None
    order: Callable[[I], Any] | None = None
    wide: bool = False


class Resource(Value, Generic[I], frozen=True, kw_only=True):
    """A kind of object: its names, where its items come from, and how they are shown."""

    names: tuple[str, ...]
    """The singular, the plural, and short names."""
    items: Callable[[View], Sequence[I]]
    columns: tuple[Column[I], ...]
    status: Callable[[I], dict[str, Any]]
    state: Callable[[I], object]
    """The state that must change for a watched item to be shown again; it has no times."""
    labelled: bool = True
    alias: Callable[[I], str] = lambda item: item.name
    """Another name of an item."""
    shown_name: Callable[[str], str] = lambda name: name
    """A name as people read it."""

    @property
    def singular(self) -> str:
        """The singular name."""
        return self.names[0]

    def column(self, heading: str) -> Column[I]:
        """Return the column with that heading, however it is written; raise UsageError if none has it."""
        for column in self.columns:
            if _bare(column.heading) == _bare(heading):
                return column
        known = ", ".join(column.heading.lower().replace(" ", "-") for column in self.columns)
        raise UsageError(f'a {self.singular} has no column "{heading}"', hint=f"--sort-by takes {known}")

    def document(self, item: I) -> dict[str, Any]:
        """Return an item as an object of Kubernetes' form, with everything in its status."""
        labels = {"labels": dict(item.labels)} if self.labelled else {}
        document = self.without_status(item.name)
        return document | {"metadata": document["metadata"] | labels, "status": self.status(item)}

    def without_status(self, name: str) -> dict[str, Any]:
        """Return the object of an item that was removed."""
        return {
            "apiVersion": names.OUTPUT_API_VERSION,
            "kind": self.singular.capitalize(),
            "metadata": {"name": name},
            "status": None,
        }


def _bare(heading: str) -> str:
    """Return `lastseen` for `LAST SEEN`, `last-seen` and `lastSeen`."""
    return re.sub(r"[^a-z0-9]", "", heading.lower())


def summary(findings: Sequence[Finding]) -> str:
    """Return the codes of warnings and errors, each once: `K-DNS-FAIL,K-VALUE`."""
    return ",".join(dict.fromkeys(finding.code for finding in findings if finding.severity > Severity.NOTE))


def findings_data(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return the findings of an item, whose name is the subject of all of them."""
    return [finding_data(finding, with_subject=False) for finding in findings]


def address_order(address: IPAddress | None) -> tuple[int, int]:
    """Return the sort key of an address: IPv4 before IPv6, by number, absent ones last."""
    return (address.version, int(address)) if address else (_ABSENT, 0)


def keepalive(seconds: int) -> str:
    """Return a keepalive as a cell."""
    return f"{seconds}s" if seconds else "off"


def short_key(key: Key | None) -> str:
    """Return the start of a public key, which `kgctl whois` takes, too."""
    return str(key)[:_KEY_SHOWN] if key else ""


def marked(discovered: Endpoint | None, own: Endpoint | None) -> str:
    """Return the endpoint that is used as a cell, with a mark when it was discovered."""
    return f"{discovered}{DISCOVERED}" if discovered else str(own or "")


def yes_no(value: bool) -> str:
    """Return a truth value as people write it."""
    return "yes" if value else "no"


def text_or_none(value: object) -> str | None:
    """Return the text of a value, or None, which is null for programs."""
    return None if value is None else str(value)

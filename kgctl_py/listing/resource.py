"""What every kind of thing that can be listed has: its names, its columns, and its shape for programs."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from kgctl_py.errors import UsageError
from kgctl_py.findings import Finding, Kind, Severity, Subject
from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.model import Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.document import API_VERSION
from kgctl_py.render.finding_data import finding_data
from kgctl_py.value import Value
from kgctl_py.wireguard import Endpoint, Key

DISCOVERED = "*"
"""What marks an endpoint that somebody was heard at, in place of the one that it gives itself."""
_KEY_SHOWN = 8
_ABSENT = 9


class View(Value, frozen=True, kw_only=True):
    """All that is listed from: the mesh, its topology if it has one, and what was found about each subject."""

    mesh: Mesh
    topology: Topology | None
    findings: Mapping[Subject, Sequence[Finding]]
    words: tuple[tuple[str, str], ...] = ()
    """What is to be said of the mesh as a whole, each with a hint."""

    def about(self, kind: Kind, name: str) -> Sequence[Finding]:
        """Give the findings about one thing."""
        return self.findings.get(Subject(kind, name), ())


class Item(Protocol):
    """One thing that is listed."""

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
    """A column: its heading, its text, what it is sorted by if not by that, and whether only `-o wide` has it."""

    heading: str
    text: Callable[[I], str]
    order: Callable[[I], Any] | None = None
    wide: bool = False


class Resource(Value, Generic[I], frozen=True, kw_only=True):
    """A kind of thing: what it is called, where its items come from, and how they are shown."""

    names: tuple[str, ...]
    """The singular, the plural, and short names."""
    items: Callable[[View], Sequence[I]]
    columns: tuple[Column[I], ...]
    status: Callable[[I], dict[str, Any]]
    state: Callable[[I], object]
    """What must be another for an item that is watched to be shown again: nothing that only tells the time."""
    labelled: bool = True
    also: Callable[[I], str] = lambda item: item.name
    """Another name that an item answers to."""

    @property
    def singular(self) -> str:
        """What one of them is called."""
        return self.names[0]

    def column(self, heading: str) -> Column[I]:
        """Give the column of that heading, written in any way; raise UsageError when there is none."""
        for column in self.columns:
            if _bare(column.heading) == _bare(heading):
                return column
        known = ", ".join(column.heading.lower().replace(" ", "-") for column in self.columns)
        raise UsageError(f'a {self.singular} has no column "{heading}"', hint=f"--sort-by takes {known}")

    def document(self, item: I) -> dict[str, Any]:
        """Give an item as an object in the manner of Kubernetes; all that is known of it is its status."""
        labels = {"labels": dict(item.labels)} if self.labelled else {}
        empty = self.without_status(item.name)
        return empty | {"metadata": empty["metadata"] | labels, "status": self.status(item)}

    def without_status(self, name: str) -> dict[str, Any]:
        """Give the object of an item that is gone."""
        return {
            "apiVersion": API_VERSION,
            "kind": self.singular.capitalize(),
            "metadata": {"name": name},
            "status": None,
        }


def _bare(heading: str) -> str:
    """Give what is left of `LAST SEEN`, `last-seen` and `lastSeen`."""
    return re.sub(r"[^a-z0-9]", "", heading.lower())


def summary(findings: Sequence[Finding]) -> str:
    """Give the codes of what is more than a note, each once: `K-DNS-FAIL,K-VALUE`."""
    return ",".join(dict.fromkeys(one.code for one in findings if one.severity > Severity.NOTE))


def findings_data(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return the findings of an item, whose name is the subject of all of them."""
    return [finding_data(finding, with_subject=False) for finding in findings]


def address_order(address: IPAddress | None) -> tuple[int, int]:
    """Give what addresses and CIDRs are sorted by: as numbers, those that are absent last."""
    return (address.version, int(address)) if address else (_ABSENT, 0)


def keepalive(seconds: int) -> str:
    """Give a keepalive as a cell."""
    return f"{seconds}s" if seconds else "off"


def short_key(key: Key | None) -> str:
    """Give the start of a public key: `kgctl whois` takes that, too."""
    return str(key)[:_KEY_SHOWN] if key else ""


def marked(discovered: Endpoint | None, own: Endpoint | None) -> str:
    """Give the endpoint that is used as a cell, with a mark when it was discovered."""
    return f"{discovered}{DISCOVERED}" if discovered else str(own or "")


def yes_no(value: bool) -> str:
    """Say it as kubectl does not, but people do."""
    return "yes" if value else "no"


def text_or_none(value: object) -> str | None:
    """Give the text of a value, or null for programs when there is none."""
    return None if value is None else str(value)

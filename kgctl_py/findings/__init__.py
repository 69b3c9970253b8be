"""Find problems of a mesh without I/O; each finding is one problem of one object."""

import enum
import functools
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never

from kgctl_py.mesh.nodes_and_peers import IgnoredReason, IgnoredValue
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.findings.codes_and_fixes import Code, Severity
    from kgctl_py.notice import Notice

__all__ = ["Code", "Finding", "Kind", "Remark", "Severity", "Subject", "code_of_ignored"]


def __getattr__(name: str) -> Any:
    """Import the table of codes when it is used (PEP 562), because most commands find no problems."""
    if name not in ("Code", "Severity"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from kgctl_py.findings import codes_and_fixes

    return getattr(codes_and_fixes, name)


class Kind(enum.StrEnum):
    """The kind of a subject."""

    NODE = "node"
    PEER = "peer"
    SEGMENT = "segment"
    SECTION = "section"
    """A `[Peer]` of a configuration, with its comment as the name."""
    NODES = "nodes"
    CLUSTER = "cluster"
    INTERFACE = "interface"
    MACHINE = "machine"
    FILE = "file"


class Subject(Value, frozen=True):
    """The subject of a finding: an object with a name, or something without one."""

    kind: Kind
    name: str = ""

    def __str__(self) -> str:
        match self.kind:
            case Kind.NODE | Kind.PEER | Kind.INTERFACE | Kind.FILE:
                return f'{self.kind} "{self.name}"'
            case Kind.SEGMENT | Kind.SECTION:
                return f'"{self.name}"'
            case Kind.NODES | Kind.CLUSTER:
                return str(self.kind)
            case Kind.MACHINE:
                return "this machine"
            case _:
                assert_never(self.kind)


class Finding(Value, frozen=True, kw_only=True):
    """A problem of a subject, in its `field` if any, with a hint in words and a command to paste, if any.

    A command fixes the problem, or shows more and changes nothing.
    """

    code: "Code"
    subject: Subject
    field: str = ""
    message: str
    hint: str = ""
    command: str = ""

    def __str__(self) -> str:
        return f"{self.code} {self.subject}: {self.message}"

    @property
    def severity(self) -> "Severity":
        """The severity of its code."""
        return self.code.severity

    @property
    def advice(self) -> str:
        """The hint, or the general advice of the code, and then the command."""
        fix = self.code.in_words
        words = self.hint or (fix[:1].lower() + fix[1:]).removesuffix(".")
        return _with_command(words, self.advised_command)

    @property
    def own_advice(self) -> str:
        """The hint of this finding with its command; empty if it has only the advice of its code."""
        return _with_command(self.hint, self.command) if self.hint else ""

    @property
    def advised_command(self) -> str:
        """The command, or without a hint the general one of the code for this subject and field."""
        if self.command or self.hint:
            return self.command
        import shlex

        from kgctl_py.escape_text import typed  # most meshes have no problems

        words = {"NAME": typed(self.subject.name), "FIELD": shlex.quote(self.field)}
        return re.sub(r"\b(NAME|FIELD)\b", lambda match: words[match[0]], self.code.command)


def _with_command(words: str, command: str) -> str:
    return f"{words}: {command}" if command and words != command else words


Remark: TypeAlias = "Finding | Notice"
"""A remark of a use case: a finding, which has a page in the docs, or a notice."""


def code_of_ignored(value: IgnoredValue) -> "Code":
    """Return the code of an ignored value."""
    return _codes_of_ignored()[value.reason]


@functools.cache
def _codes_of_ignored() -> "Mapping[IgnoredReason, Code]":
    from kgctl_py.findings.codes_and_fixes import Code  # most meshes have no ignored values

    return {
        IgnoredReason.UNREADABLE: Code.VALUE,
        IgnoredReason.NO_DENIAL: Code.LEADER_FALSE,
        IgnoredReason.FORCED_ENDPOINT: Code.FORCE_ENDPOINT,
        IgnoredReason.PRESHARED_KEY: Code.PEER_PSK,
        IgnoredReason.SECOND_ENDPOINT: Code.PEER_DNS_AND_IP,
        IgnoredReason.NUMBER_AS_NAME: Code.PEER_DNS_NUMBER,
        IgnoredReason.MISTYPED_ADDRESS: Code.NODE_DNS_NUMBER,
        IgnoredReason.UNREAD_ANNOTATION: Code.NODE_ANNOTATION,
        IgnoredReason.UNKNOWN_GRANULARITY: Code.GRANULARITY_UNKNOWN,
    }

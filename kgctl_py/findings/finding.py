"""What is odd or wrong in a mesh, as values."""

import dataclasses
import enum
from typing import assert_never


class Severity(enum.IntEnum):
    """How much a finding matters."""

    NOTE = 0
    WARNING = 1
    ERROR = 2


class Code(enum.StrEnum):
    """The stable name of each kind of finding: what to search for."""

    CLOCK = "K-CLOCK"
    DNS_FAIL = "K-DNS-FAIL"
    GRANULARITY = "K-GRANULARITY"
    HOST_BITS = "K-HOST-BITS"
    KEEPALIVE = "K-KEEPALIVE"
    LEADER_PUBLIC = "K-LEADER-PUBLIC"
    LOCIP_DROPPED = "K-LOCIP-DROPPED"
    LOOP = "K-LOOP"
    NAME_TWICE = "K-NAME-TWICE"
    PEER_DUP = "K-PEER-DUP"
    SUBNET = "K-SUBNET"
    VALUE = "K-VALUE"


class Kind(enum.StrEnum):
    """What sort of thing a finding is about."""

    NODE = "node"
    PEER = "peer"
    SEGMENT = "segment"
    SECTION = "section"
    """A `[Peer]` of a configuration, named by its comment."""
    NODES = "nodes"
    MACHINE = "machine"


@dataclasses.dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about: one object by its name, or all nodes, or this machine, which need none."""

    kind: Kind
    name: str = ""

    def __str__(self) -> str:
        match self.kind:
            case Kind.NODE | Kind.PEER:
                return f'{self.kind} "{self.name}"'
            case Kind.SEGMENT | Kind.SECTION:
                return f'"{self.name}"'
            case Kind.NODES:
                return "nodes"
            case Kind.MACHINE:
                return "this machine"
            case _:
                assert_never(self.kind)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found: what it is about, in which `field`, what is the matter, and what to do about it."""

    code: Code
    severity: Severity = Severity.WARNING
    subject: Subject
    field: str = ""
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.code} {self.subject}: {self.message}"

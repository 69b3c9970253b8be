"""What is odd or wrong in a mesh, as values."""

import dataclasses
import enum


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


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found: which object it is about, what is the matter, and what to do about it."""

    code: Code
    severity: Severity = Severity.WARNING
    object: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.code} {self.object}: {self.message}"

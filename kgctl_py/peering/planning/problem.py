"""The problems of a peering: the codes, and a problem as a value."""

import enum

from kgctl_py.findings.codes_and_fixes import Severity
from kgctl_py.value import Value


class PeeringCode(enum.StrEnum):
    """The codes of problems, which the documentation explains."""

    OVERLAP = "K-PEERING-OVERLAP"
    RANGE = "K-PEERING-RANGE"
    INTERNAL = "K-PEERING-INTERNAL"
    LAN = "K-PEERING-LAN"
    LOCATION = "K-PEERING-LOCATION"
    LOOP = "K-PEERING-LOOP"
    KEY = "K-PEERING-KEY"
    OWNED = "K-PEERING-OWNED"
    NAME = "K-PEERING-NAME"
    FAMILY = "K-PEERING-FAMILY"
    TOPOLOGY = "K-PEERING-TOPOLOGY"
    NOWAY = "K-PEERING-NOWAY"
    KEEPALIVE = "K-PEERING-KEEPALIVE"
    CILIUM = "K-PEERING-CILIUM"
    SERVICES = "K-PEERING-SERVICES"
    DRIFT = "K-PEERING-DRIFT"
    UNSEEN = "K-PEERING-UNSEEN"
    PROBE = "K-PEERING-PROBE"


class Problem(Value, frozen=True, kw_only=True):
    """A problem of the Peers in `cluster`, or of `cluster` itself, with a hint."""

    code: PeeringCode
    severity: Severity
    cluster: str
    message: str
    hint: str = ""
    is_partial: bool = False
    """Whether kgctl writes the Peers, but some tunnels are not possible, so that the command fails."""

    @property
    def refuses(self) -> bool:
        """Whether the problem prevents all changes."""
        return self.severity is Severity.ERROR

    @property
    def fails_connect(self) -> bool:
        """Whether the problem makes `peering connect` fail; other warnings do not."""
        return self.refuses or self.is_partial

    @property
    def fails_verify(self) -> bool:
        """Whether the problem makes `peering verify` fail; other warnings do not."""
        is_open = self.code in (PeeringCode.DRIFT, PeeringCode.PROBE)
        return self.fails_connect or (is_open and self.severity is Severity.WARNING)

    def __str__(self) -> str:
        return f"{self.code} {self.cluster}: {self.message}"


def error(code: PeeringCode, cluster: str, message: str, hint: str = "") -> Problem:
    """Return an error."""
    return Problem(code=code, severity=Severity.ERROR, cluster=cluster, message=message, hint=hint)


def warning(code: PeeringCode, cluster: str, message: str, hint: str = "") -> Problem:
    """Return a warning."""
    return Problem(code=code, severity=Severity.WARNING, cluster=cluster, message=message, hint=hint)


def note(code: PeeringCode, cluster: str, message: str, hint: str = "") -> Problem:
    """Return a note."""
    return Problem(code=code, severity=Severity.NOTE, cluster=cluster, message=message, hint=hint)

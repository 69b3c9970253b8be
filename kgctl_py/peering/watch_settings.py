"""The settings of `--watch` of a peering."""

import enum

from kgctl_py.kube.leases.election import ElectionTimes
from kgctl_py.value import Value


class OnError(enum.StrEnum):
    """The reaction to failures: a cluster that does not respond, or a failed check or write."""

    KEEP = "keep"
    EXIT = "exit"


class WatchSettings(Value, frozen=True, kw_only=True):
    """The settings of `--watch`; times are in seconds."""

    resync: float = 300.0
    prunes_most: bool = False
    """Whether more than half of the Peers of a pair may be removed at once."""
    on_error: OnError = OnError.KEEP
    election: ElectionTimes | None = None
    """The times of the Leases whose holders write; None if no other process writes the same Peers."""
    between: float = 1.0
    """The shortest time between two plans."""

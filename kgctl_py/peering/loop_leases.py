"""Elect the process that writes the Peers of one cluster for another one; it holds a Lease."""

import secrets
import socket
from collections.abc import Iterator, Sequence

from kgctl_py.errors import KgctlError
from kgctl_py.escape_text import visible
from kgctl_py.kube.leases.candidate import Candidate
from kgctl_py.kube.leases.election import ElectionTimes
from kgctl_py.kube.objects import kinds
from kgctl_py.notice import Notice, Tell, note, warning
from kgctl_py.peering.members.read_members import SYSTEM, Side
from kgctl_py.value import Value

_FORBIDDEN = 403
_RULES = (
    f"{{apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create]}} in the namespace {SYSTEM}, "
    "and the verbs get and update for the Lease"
)


def lease_name(other: str) -> str:
    """Return the name of the Lease for the processes that write the Peers for the cluster `other`."""
    return f"kgctl-peering-{other}"


class HalfElections:
    """The Leases of one process: one in each cluster for each other cluster."""

    def __init__(self, sides: Sequence[Side], times: ElectionTimes, tell: Tell) -> None:
        identity = f"{socket.gethostname()}_{secrets.token_hex(8)}"
        self._tell = tell
        self._candidates = {
            (own.name, other.name): Candidate(
                own.cluster.object_store(kinds.LEASE, SYSTEM), lease_name(other.name), identity, times
            )
            for own in sides
            if own.is_writable and own.cluster.is_live
            for other in sides
            if other is not own
        }
        self._states: dict[tuple[str, str], _State] = {}
        for candidate in self._candidates.values():
            candidate.start()

    def leads(self, own: str, other: str) -> bool:
        """Return whether this process writes the Peers of `own` for `other`."""
        return (own, other) in self._candidates and self._candidates[own, other].leads

    def leads_any(self, own: str) -> bool:
        """Return whether this process writes any Peers of `own`."""
        return any(candidate.leads for (cluster, _), candidate in self._candidates.items() if cluster == own)

    def take_change(self) -> bool:
        """Return whether the Leases that this process holds or cannot read changed; report other holders."""
        changed = False
        for half, candidate in self._candidates.items():
            before, state = self._states.get(half, _State()), _state_of(candidate)
            if state != before:
                self._states[half] = state
                self._tell_of(*half, before, state)
                changed = True
        return changed

    def problems(self) -> Iterator[Notice]:
        """Yield the problem of each Lease that this process can neither read nor write."""
        for (own, other), candidate in self._candidates.items():
            error: KgctlError | None = candidate.error
            if error:
                text = f'cluster "{own}": cannot get the Lease "{lease_name(other)}": {error.message}'
                is_refused = getattr(error, "status", None) == _FORBIDDEN
                yield warning(text, f"ask for these RBAC rules: {_RULES}" if is_refused else error.hint)

    def close(self) -> None:
        """Release the Leases of this process."""
        for candidate in self._candidates.values():
            candidate.close()

    def _tell_of(self, own: str, other: str, before: "_State", state: "_State") -> None:
        lease = f'the Lease "{lease_name(other)}" in {own}'
        if state.leads:
            self._tell(note(f"this kgctl now holds {lease}, and writes the Peers for {other}"))
        elif before.leads:
            self._tell(note(f"this kgctl no longer holds {lease}, and stops writing"))
        if state.holder:
            self._tell(note(f'waiting: "{visible(state.holder)}" holds {lease}'))


class _State(Value, frozen=True):
    """Whether a candidate leads, the other holder if any, and its error."""

    leads: bool = False
    holder: str = ""
    error: str = ""


def _state_of(candidate: Candidate) -> _State:
    leads, error = candidate.leads, candidate.error
    return _State(leads, "" if leads or error else candidate.holder, error.message if error else "")

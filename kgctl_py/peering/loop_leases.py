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
    """Return the name of the Lease in a cluster for the loops that write its Peers for the cluster `other`."""
    return f"kgctl-peering-{other}"


class HalfElections:
    """The Leases of the Peers that this process may write, in each cluster for each other one, until closed."""

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
        """Return whether this process leads or fails elsewhere than at the last call; tell who leads instead."""
        changed = False
        for half, candidate in self._candidates.items():
            before, state = self._states.get(half, _State()), _state_of(candidate)
            if state != before:
                self._states[half] = state
                self._tell_of(*half, before, state)
                changed = True
        return changed

    def problems(self) -> Iterator[Notice]:
        """Yield why this process cannot lead, for each Lease that it can neither read nor write."""
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
    """Whether a candidate leads, who does so instead, and why the candidate cannot."""

    leads: bool = False
    holder: str = ""
    error: str = ""


def _state_of(candidate: Candidate) -> _State:
    leads, error = candidate.leads, candidate.error
    return _State(leads, "" if leads or error else candidate.holder, error.message if error else "")

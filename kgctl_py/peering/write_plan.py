"""Write the changes of a plan in all clusters at the same time, and undo them if a first run fails."""

import functools
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence

from kgctl_py import names
from kgctl_py.errors import KgctlError
from kgctl_py.notice import Tell, note, warning
from kgctl_py.peering.apply_changes import ConflictError, PeerWriter
from kgctl_py.peering.members.read_members import Side, named
from kgctl_py.peering.node_keepalives import set_keepalive, unset_keepalive
from kgctl_py.peering.planning.peer_changes import Action, Change
from kgctl_py.peering.planning.plan import PeeringPlan
from kgctl_py.value import replace

_LAST_REQUEST = 30.0
"""Seconds for which an interrupted run waits for the request that it has sent."""

_ChangeFor = tuple[str, Change]
"""A change, and the cluster that the Peer is for."""


class PlanWriter:
    """Writes the plan of one run of the command, possibly in several attempts."""

    def __init__(self, sides: Sequence[Side], tell: Tell, *, dry_run: bool = False) -> None:
        self._sides: Mapping[str, Side] = {side.name: side for side in sides}
        self._writers = {
            side.name: PeerWriter(side.cluster, dry_run=dry_run) for side in sides if side.is_writable
        }
        self._tell = tell
        self._dry_run = dry_run
        self._stop = threading.Event()
        self._annotated: list[tuple[str, str]] = []
        self._made: dict[tuple[str, str], list[Change]] = {}
        """The changes that were made, by the cluster with the Peers and the cluster that they are for."""
        self.is_first: bool | None = None

    def write(self, plan: PeeringPlan) -> None:
        """Make all changes in all clusters at the same time: a Peer needs its counterpart in the other cluster."""
        if self.is_first is None:
            self.is_first = plan.is_first
        for cluster, node in plan.annotated:
            self._annotate(cluster, node)
        changes: dict[str, list[_ChangeFor]] = {name: [] for name in self._writers}
        for half in plan.halves:
            own, other = half.own.name, half.other.name
            if own in changes:
                changes[own] += ((other, change) for change in _possible(self._sides[own], half.changes))
        self._in_parallel(changes)

    def made(self, plan: PeeringPlan) -> PeeringPlan:
        """Return the plan with the changes of all attempts."""
        halves = (
            replace(half, changes=tuple(self._made.get((half.own.name, half.other.name), ())))
            if half.own.name in self._writers
            else half
            for half in plan.halves
        )
        return replace(plan, halves=tuple(halves))

    def _in_parallel(self, changes: Mapping[str, Sequence[_ChangeFor]]) -> None:
        works = [_Work(self._write_one, name, changes[name]) for name in changes]
        errors: list[KgctlError] = []
        try:
            for work in works:
                work.start()
            for work in works:
                try:
                    work.result()
                except KgctlError as error:
                    errors.append(error)
        except BaseException:
            self._stop.set()
            for work in works:
                work.wait_for_end(_LAST_REQUEST)
            raise
        if errors:
            raise next((error for error in errors if not isinstance(error, ConflictError)), errors[0])

    def _write_one(self, name: str, changes: Iterable[_ChangeFor]) -> None:
        for other, change in changes:
            if self._stop.is_set():
                return
            try:
                self._writers[name].apply(change)
            except ConflictError as error:
                raise _failed(ConflictError, self._sides[name], change, error) from None
            except KgctlError as error:
                self._stop.set()
                raise _failed(KgctlError, self._sides[name], change, error) from None
            self._made.setdefault((name, other), []).append(change)

    def _annotate(self, cluster: str, node: str) -> None:
        side = self._sides[cluster]
        if not side.is_writable:
            return
        try:
            set_keepalive(side, node, dry_run=self._dry_run)
        except KgctlError as error:
            raise named(side, error) from None
        self._annotated.append((cluster, node))

    def clean_up(self, error: BaseException) -> None:
        """Undo the changes of a first run, or report what remains of a later one."""
        count = sum(map(len, self._made.values()))
        if not self.is_first:
            if count or not isinstance(error, KgctlError):
                self._tell(warning(self._done(), "run the command again"))
            return
        sides = " ".join(side.argument for side in self._sides.values())
        for name, writer in self._writers.items():
            for peer in writer.undo():
                text = f'peer "{peer}" may have changed in {name}'
                self._tell(
                    warning(text, f"when {name} answers again, remove the peering: kgctl peering rm {sides}")
                )
        for cluster, node in self._annotated:
            try:
                unset_keepalive(self._sides[cluster], node)
            except KgctlError:
                self._tell(
                    warning(f'node "{node}" of {cluster} keeps the annotation {names.PERSISTENT_KEEPALIVE}')
                )
        if count:
            self._tell(note("kgctl undid the changes of this run"))

    def _done(self) -> str:
        """Return the changes that were made, by cluster."""
        counts = {name: 0 for name, _ in self._made}
        for (name, _), changes in self._made.items():
            counts[name] += len(changes)
        if not counts:
            return "nothing was changed"
        listed = ", ".join(f"{count} change{'s' * (count > 1)} in {name}" for name, count in counts.items())
        return f"made {listed}; the others were not made"


class _Work:
    """The changes of one cluster, written in a thread.

    Callers wait for an event, because after Ctrl-C interrupted a join, Python 3.12 and earlier treat the thread as
    ended (bpo-45274) while its request continues.
    """

    def __init__(
        self, write: Callable[[str, Iterable[_ChangeFor]], None], name: str, changes: Sequence[_ChangeFor]
    ) -> None:
        self._done = threading.Event()
        self._write: Callable[[], None] = functools.partial(write, name, changes)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._error: BaseException | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def result(self) -> None:
        """Wait until all changes are written, and raise the error of the one that failed."""
        self._done.wait()
        if self._error:
            raise self._error

    def wait_for_end(self, seconds: float) -> None:
        """Wait until the current request ends, also with an error."""
        if self._thread.ident is not None:
            self._done.wait(seconds)

    def _run(self) -> None:
        try:
            self._write()
        except BaseException as error:  # `result` raises it
            self._error = error
        finally:
            self._done.set()


def _possible(side: Side, changes: Iterable[Change]) -> Iterable[Change]:
    """Return the changes without those that only matter to agents, which do not read files."""
    return (change for change in changes if not (side.folder and change.action is Action.TOUCH))


def _failed(kind: type[KgctlError], side: Side, change: Change, error: KgctlError) -> KgctlError:
    what = f'cannot {change.action} peer "{change.name}"'
    return kind(f'cluster "{side.name}": {what}: {error.message}', hint=error.hint)

"""Write the plan of a peering; if the first run for a pair of clusters fails, it is undone."""

import functools
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence

from kgctl_py import names
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.escape_text import visible
from kgctl_py.notice import Tell, note, warning
from kgctl_py.peering.apply_changes import ConflictError, PeerWriter
from kgctl_py.peering.members.member import Member
from kgctl_py.peering.members.read_members import Side, named, read_members
from kgctl_py.peering.node_keepalives import set_keepalive, unset_keepalive
from kgctl_py.peering.planning.peer_changes import Action, Change
from kgctl_py.peering.planning.plan import NewKey, PeeringPlan, plan_peering
from kgctl_py.peering.planning.settings import PeeringSettings

ATTEMPTS = 5
"""How often a plan is computed again after concurrent changes of Peers."""

_SEGMENTS_SHOWN = 5
_LAST_REQUEST = 30.0
"""Seconds for which an interrupted run waits for the request that it has sent."""


def read_plan(sides: Sequence[Side], settings: PeeringSettings, new_key: NewKey) -> PeeringPlan:
    """Read the clusters, and return the plan; raise UsageError if a setting names an unknown segment."""
    members = read_members(sides)
    _check_segments(members, settings)
    return plan_peering(members, settings, new_key)


def _check_segments(members: Iterable[Member], settings: PeeringSettings) -> None:
    by_name = {member.name: member for member in members}
    named_segments = (
        *(("--endpoint", name, segment) for name, segment in settings.endpoints),
        *(("--services-via", name, segment) for name, segment in settings.services_via.items()),
    )
    for option, name, segment in () if settings.is_kept else named_segments:
        if by_name[name].segment(segment) is None:
            known = [visible(one.name) for one in by_name[name].topology.segments[:_SEGMENTS_SHOWN]]
            raise UsageError(
                f'{option}: "{name}" has no ready segment "{segment}"', hint=f"there is {', '.join(known)}"
            )


def carry_out(
    plan: PeeringPlan, sides: Sequence[Side], settings: PeeringSettings, new_key: NewKey, tell: Tell
) -> PeeringPlan:
    """Write what `plan` says, and return the plan that was carried out in the end.

    Raise KgctlError if a write fails or the user interrupts. If no cluster had a Peer of this peering before, the
    Peers that this run created are removed again.
    """
    run = _Run(sides, tell)
    try:
        for attempt in range(ATTEMPTS):
            try:
                run.write(plan)
                return plan
            except ConflictError:
                if attempt + 1 == ATTEMPTS:
                    raise
            for side in sides:
                side.cluster.refresh()
            plan = read_plan(sides, settings, new_key)
            if plan.is_refused:
                problem = next(problem for problem in plan.problems if problem.refuses)
                raise KgctlError(str(problem), hint=problem.hint)
    except BaseException as error:  # Ctrl-C, too: nothing stays half done without a word
        run.clean_up(error)
        raise
    raise AssertionError  # the last attempt returns or raises


def try_out(plan: PeeringPlan, sides: Sequence[Side]) -> None:
    """Validate the changes with the API servers; raise KgctlError if one refuses."""
    run = _Run(sides, lambda _: None, dry_run=True)
    run.write(plan)


class _Run:
    """The writing of one run of the command, over all its attempts."""

    def __init__(self, sides: Sequence[Side], tell: Tell, *, dry_run: bool = False) -> None:
        self._sides: Mapping[str, Side] = {side.name: side for side in sides}
        self._writers = {
            side.name: PeerWriter(side.cluster, dry_run=dry_run) for side in sides if side.is_writable
        }
        self._tell = tell
        self._dry_run = dry_run
        self._stop = threading.Event()
        self._annotated: list[tuple[str, str]] = []
        self.is_first: bool | None = None

    def write(self, plan: PeeringPlan) -> None:
        """Make all changes, in all clusters at the same time: from the first Peer on, the other side is needed."""
        if self.is_first is None:
            self.is_first = plan.is_first
        for cluster, node in plan.annotated:
            self._annotate(cluster, node)
        changes: dict[str, list[Change]] = {name: [] for name in self._writers}
        for half in plan.halves:
            if half.own.name in changes:
                changes[half.own.name] += _possible(self._sides[half.own.name], half.changes)
        self._in_parallel(changes)

    def _in_parallel(self, changes: Mapping[str, Sequence[Change]]) -> None:
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

    def _write_one(self, name: str, changes: Iterable[Change]) -> None:
        for change in changes:
            if self._stop.is_set():
                return
            try:
                self._writers[name].apply(change)
            except ConflictError:
                raise
            except KgctlError as error:
                self._stop.set()
                raise _failed(self._sides[name], change, error) from None

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
        """Undo the changes of a first run, and report what remains of another one."""
        if not self.is_first:
            done = sum(writer.done for writer in self._writers.values())
            if done or not isinstance(error, KgctlError):
                self._tell(warning(f"{done} changes were made; the others were not", "run the command again"))
            return
        undone = sum(writer.done for writer in self._writers.values())
        sides = " ".join(side.argument for side in self._sides.values())
        for name, writer in self._writers.items():
            for peer in writer.undo():
                text = f'peer "{peer}" may not be as it was in {name}'
                self._tell(warning(text, f"kgctl peering rm {sides}, once {name} answers"))
        for cluster, node in self._annotated:
            try:
                unset_keepalive(self._sides[cluster], node)
            except KgctlError:
                self._tell(
                    warning(f'node "{node}" of {cluster} keeps the annotation {names.PERSISTENT_KEEPALIVE}')
                )
        if undone:
            self._tell(note("what this run had made was removed again"))


class _Work:
    """The changes of one cluster, written in a thread.

    It is waited for by an event: once Ctrl-C has interrupted a join, Python 3.12 and before take the thread for
    ended (bpo-45274), though its request is still under way.
    """

    def __init__(
        self, write: Callable[[str, Iterable[Change]], None], name: str, changes: Sequence[Change]
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
        """Wait until the request that is under way has ended, however it ends."""
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
    """Return the changes without those that only agents would notice, which do not read files."""
    return (change for change in changes if not (side.folder and change.action is Action.TOUCH))


def _failed(side: Side, change: Change, error: KgctlError) -> KgctlError:
    what = f'cannot {change.action} peer "{change.name}"'
    return KgctlError(f'cluster "{side.name}": {what}: {error.message}', hint=error.hint)

"""One round of `--watch`: plan, and carry out the changes that the settings and the Leases permit."""

from collections.abc import Sequence

from kgctl_py.errors import KgctlError
from kgctl_py.notice import Notice, Tell, note, warning
from kgctl_py.peering.apply_changes import ConflictError, PeerWriter
from kgctl_py.peering.loop_leases import HalfElections
from kgctl_py.peering.members.followed_cluster import FollowedCluster
from kgctl_py.peering.members.read_members import Side, read_members
from kgctl_py.peering.node_keepalives import set_keepalive
from kgctl_py.peering.planning.peer_changes import Action, Change
from kgctl_py.peering.planning.plan import Half, NewKey, plan_peering
from kgctl_py.peering.planning.settings import PeeringSettings
from kgctl_py.peering.watch_settings import OnError, WatchSettings

_DONE = {Action.CREATE: "created", Action.UPDATE: "changed", Action.DELETE: "removed", Action.TOUCH: "refreshed"}


class Keeper:
    """Plans each round, and carries out the permitted changes."""

    def __init__(
        self,
        sides: Sequence[Side],
        uids: dict[str, str],
        settings: PeeringSettings,
        watching: WatchSettings,
        new_key: NewKey,
        tell: Tell,
        elections: HalfElections | None,
    ) -> None:
        self._elections = elections
        self._sides = {side.name: side for side in sides}
        self._uids, self._settings, self._watching, self._new_key = uids, settings, watching, new_key
        self._tell = tell
        self._before: set[Notice] = set()
        self._now: set[Notice] = set()
        self._unreachable: set[str] = set()

    def keep(self) -> None:
        """Make one round, and report each problem once while it lasts."""
        self._before, self._now = self._now, set()
        unreachable = self._find_unreachable()
        for lost in self._elections.problems() if self._elections else ():
            self._news(lost)
        try:
            members = read_members(tuple(self._sides.values()), uids=self._uids)
            plan = plan_peering(members, self._settings, self._new_key)
        except KgctlError as error:
            self._news(warning(f"nothing was changed: {error.message}", error.hint))
            return
        refusing = [problem for problem in plan.problems if problem.refuses]
        for problem in refusing:
            self._news(warning(f"nothing was changed: {problem}", problem.hint))
        for cluster, node in plan.annotated if not refusing else ():
            if cluster not in unreachable and self._may_annotate(cluster):
                self._annotate(cluster, node)
        for half in plan.halves if not refusing else ():
            if not unreachable & {half.own.name, half.other.name} and self._may_write(half):
                self._write(half)

    def _find_unreachable(self) -> set[str]:
        """Return the clusters that do not respond, and report changes."""
        unreachable = {name for name, side in self._sides.items() if (one := followed(side)) and one.error}
        for name in sorted(unreachable):
            self._news(warning(f'cluster "{name}" does not answer; its Peers, and those for it, stay as they are'))
        for name in sorted(self._unreachable - unreachable):
            self._tell(note(f'cluster "{name}" answers again'))
        self._unreachable = unreachable
        return unreachable

    def _may_annotate(self, cluster: str) -> bool:
        return self._sides[cluster].is_writable and (self._elections is None or self._elections.leads_any(cluster))

    def _may_write(self, half: Half) -> bool:
        return half.own.is_writable and (
            self._elections is None or self._elections.leads(half.own.name, half.other.name)
        )

    def _annotate(self, cluster: str, node: str) -> None:
        try:
            set_keepalive(self._sides[cluster], node)
        except KgctlError as error:
            text = f'cluster "{cluster}": cannot annotate node "{node}": {error.message}'
            self._news(warning(text, error.hint))
            return
        self._tell(note(f'{cluster}: node "{node}" now sends keepalives'))

    def _write(self, half: Half) -> None:
        pruned = sum(change.prunes for change in half.changes)
        if pruned * 2 > len(half.existing) and not self._watching.prunes_most:
            text = (
                f"{pruned} of {len(half.existing)} Peers for {half.other.name} in {half.own.name} are not removed"
            )
            self._news(warning(f"{text}: that is more than half at once", "to allow it, add --yes"))
            return
        writer = PeerWriter(self._sides[half.own.name].cluster)
        for change in half.changes:
            if not self._may_write(half):
                return  # another process took over, with its own plan
            try:
                writer.apply(change)
            except ConflictError:
                return  # the event of another program's change starts the next round
            except KgctlError as error:
                text = f'cluster "{half.own.name}": cannot {change.action} peer "{change.name}": {error.message}'
                self._news(warning(text, error.hint))
                return
            self._tell(note(_done(half, change)))

    def _news(self, notice: Notice) -> None:
        if self._watching.on_error is OnError.EXIT:
            raise KgctlError(notice.text, hint=notice.hint)
        self._now.add(notice)
        if notice not in self._before:
            self._tell(notice)


def _done(half: Half, change: Change) -> str:
    why = f" ({change.why})" if change.why else ""
    return f"{half.own.name}: {_DONE[change.action]} {change.name}{why}"


def followed(side: Side) -> FollowedCluster | None:
    """Return the cluster of a side if it is followed; a folder or a file is not."""
    return side.cluster if isinstance(side.cluster, FollowedCluster) else None

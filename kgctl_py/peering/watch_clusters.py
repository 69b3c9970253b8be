"""Keep clusters joined: when one changes, update the Peers in the others."""

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Protocol

from kgctl_py.notice import Tell
from kgctl_py.peering.keep_joined import Keeper, followed
from kgctl_py.peering.loop_leases import HalfElections
from kgctl_py.peering.members.followed_cluster import FollowedCluster
from kgctl_py.peering.members.read_members import Side, read_uid
from kgctl_py.peering.planning.plan import NewKey
from kgctl_py.peering.planning.settings import PeeringSettings
from kgctl_py.peering.watch_settings import WatchSettings
from kgctl_py.value import replace

_LOOK = 0.1
_QUIET = 0.4
"""Seconds without a change after which a burst is over."""


def watch(
    sides: Sequence[Side],
    settings: PeeringSettings,
    watching: WatchSettings,
    new_key: NewKey,
    stop: threading.Event,
    tell: Tell,
) -> None:
    """Follow the clusters until `stop` is set, and update their Peers, which stay in place.

    Raise KgctlError if a cluster cannot be read at the start. Later, no Peers of or for a cluster that does not
    respond change; with OnError.EXIT, this and all other failures raise KgctlError.
    """
    uids = {side.name: read_uid(side.cluster) for side in sides}
    with contextlib.ExitStack() as stack:
        members = tuple(_follow(side, stack) for side in sides)
        clusters = [cluster for side in members if (cluster := followed(side))]
        elections = HalfElections(members, watching.election, tell) if watching.election else None
        if elections:
            stack.callback(elections.close)
        keeper = Keeper(members, uids, settings, watching, new_key, tell, elections)
        for _ in _rounds(clusters, [*clusters, *([elections] if elections else [])], watching, stop):
            keeper.keep()


def _follow(side: Side, stack: contextlib.ExitStack) -> Side:
    if not side.cluster.is_live:
        return side
    cluster = FollowedCluster(side.cluster)
    stack.callback(cluster.close)
    return replace(side, cluster=cluster)


class _Changing(Protocol):
    """A source of changes."""

    def take_change(self) -> bool:
        """Return whether it changed since the last call."""


def _rounds(
    clusters: Sequence[FollowedCluster],
    changing: Sequence[_Changing],
    watching: WatchSettings,
    stop: threading.Event,
) -> Iterator[None]:
    """Yield when all clusters were read, after each burst of changes, and at each resync."""
    while not (stop.is_set() or all(cluster.is_ready for cluster in clusters)):
        stop.wait(_LOOK)
    due = time.monotonic() + watching.resync
    while not stop.is_set():
        began = time.monotonic()
        yield
        while not stop.wait(_LOOK):
            if time.monotonic() >= due:
                due = time.monotonic() + watching.resync
                for cluster in clusters:
                    cluster.read_anew()
                break
            if _take_changes(changing):
                _let_settle(changing, stop)
                stop.wait(max(0.0, began + watching.between - time.monotonic()))
                break
            for cluster in clusters:
                cluster.mind_the_time()


def _take_changes(changing: Sequence[_Changing]) -> bool:
    """Return whether anything changed in any cluster."""
    return sum(one.take_change() for one in changing) > 0


def _let_settle(changing: Sequence[_Changing], stop: threading.Event) -> None:
    end = time.monotonic() + _QUIET
    while time.monotonic() < end and not stop.wait(_LOOK):
        if not _take_changes(changing):
            return

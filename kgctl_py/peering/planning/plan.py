"""The complete plan of a peering: the changes in each cluster for each other cluster, and the problems."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.peering.members import networks_of
from kgctl_py.peering.members.member import Member
from kgctl_py.peering.members.networks_of import NetworkIndex
from kgctl_py.peering.planning.desired_peers import desired_peers
from kgctl_py.peering.planning.endpoints import (
    check_keepalives,
    check_private_endpoints,
    check_ways,
    nodes_to_annotate,
)
from kgctl_py.peering.planning.kept_peers import kept_peers
from kgctl_py.peering.planning.overlaps import Told, check_families, check_locations, check_overlaps, check_ranges
from kgctl_py.peering.planning.ownership import (
    adopted_peers,
    check_agreement,
    check_keys,
    check_names,
    check_own_keys,
    check_owners,
    replaced_peers,
)
from kgctl_py.peering.planning.peer_changes import SEGMENT_GONE, Action, Change, ordered_changes
from kgctl_py.peering.planning.problem import Problem
from kgctl_py.peering.planning.remote_peer import RemotePeer
from kgctl_py.peering.planning.service_problems import check_cilium, check_services
from kgctl_py.peering.planning.settings import PeeringSettings
from kgctl_py.value import Value, replace
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.key import UNKNOWN

NewKey = Callable[[str, str], Key | None]
"""Returns a new preshared key for a pair of clusters, given their names; None without `--psk`."""


class Half(Value, frozen=True, kw_only=True):
    """The Peers that `own` needs for `other`, those that exist, and the changes between them."""

    own: Member
    other: Member
    desired: tuple[RemotePeer, ...]
    existing: tuple[Peer, ...]
    changes: tuple[Change, ...]


class PeeringPlan(Value, frozen=True, kw_only=True):
    """The plan of a peering; kgctl writes nothing if one of its problems refuses it."""

    members: tuple[Member, ...]
    halves: tuple[Half, ...]
    problems: tuple[Problem, ...]
    annotated: tuple[tuple[str, str], ...] = ()
    """The nodes for which kgctl sets a keepalive: the names of the cluster and the node."""

    @property
    def is_refused(self) -> bool:
        """Whether a problem prevents all changes."""
        return any(problem.refuses for problem in self.problems)

    @property
    def written(self) -> tuple[Half, ...]:
        """The halves in clusters that are written."""
        return tuple(half for half in self.halves if half.own.is_writable)

    @property
    def is_first(self) -> bool:
        """Whether no cluster has a Peer of this peering yet."""
        return not any(half.existing for half in self.halves)

    def count(self, *actions: Action) -> int:
        """Return the number of changes with these actions, in the clusters that are written."""
        return sum(change.action in actions for half in self.written for change in half.changes)


def plan_peering(
    members: Sequence[Member], settings: PeeringSettings, new_key: NewKey = lambda *_: None
) -> PeeringPlan:
    """Return the plan that joins each member with each other one."""
    in_use = {member.name: _in_use(member, members) for member in members}
    halves: list[Half] = []
    problems: list[Problem] = []
    for member in members:
        problems += (*check_own_keys(member), *check_agreement(member), *check_services(member, settings))
        problems += (*check_keepalives(member, settings), *check_cilium(member, settings))
    for first, second in itertools.combinations(members, 2):
        preshared = preshared_key(first, second) or new_key(first.name, second.name)
        problems += (*check_keys(first, second), *check_families(first, second))
        problems += check_ways(first, second, settings)
        told: Told = set()
        overlaps: list[Problem] = []
        ranges: list[Problem] = []
        for own, other in ((first, second), (second, first)):
            overlaps += check_overlaps(own, other, _members_peers(own, members), settings, told)
            ranges += check_ranges(own, other, settings)
            problems += check_private_endpoints(own, other, settings)
            problems += check_locations(own, other, settings)
            problems += check_owners(own, other, settings)
            half, left_out = _half(own, other, settings, preshared, in_use[own.name])
            problems += (*left_out, *check_names(own, other, half.desired, settings))
            halves.append(half)
        problems += overlaps or ranges[:1]
    return PeeringPlan(
        members=tuple(members),
        halves=tuple(halves),
        problems=tuple(problems),
        annotated=tuple(_annotated(members, settings)),
    )


def preshared_key(first: Member, second: Member) -> Key | None:
    """Return the preshared key of a pair of clusters, which all its Peers share.

    Each cluster can have its own kgctl, and both can generate a key at the same time: the order of the UIDs
    decides between two keys, so that both choose the same one.
    """
    first, second = sorted((first, second), key=lambda member: member.uid)
    peers = (*first.peers_for(second), *second.peers_for(first))
    return next((peer.preshared_key for peer in peers if peer.preshared_key not in (None, *UNKNOWN)), None)


def _half(
    own: Member, other: Member, settings: PeeringSettings, preshared: Key | None, in_use: NetworkIndex
) -> tuple[Half, tuple[Problem, ...]]:
    desired, problems = desired_peers(own, other, settings, preshared, in_use)
    existing = tuple(_existing(own, other, preshared))
    kept = tuple(kept_peers(existing, desired, other, settings))
    taken_over = {
        **{peer.name: (peer, "another Peer takes its key") for peer in adopted_peers(own, other)},
        **{peer.name: (peer, "it is for another cluster of this name") for peer in replaced_peers(own, other)},
    }
    staying = {peer.name for peer in (*desired, *kept)}
    gone = {peer.name: (peer, SEGMENT_GONE) for peer in existing if peer.name not in staying}
    removed = (
        Change(action=Action.DELETE, name=name, before=peer, why=why)
        for name, (peer, why) in {**taken_over, **gone}.items()
    )
    changes = ordered_changes(existing, (*desired, *kept), removed)
    return Half(own=own, other=other, desired=desired, existing=existing, changes=changes), problems


def _existing(own: Member, other: Member, preshared: Key | None) -> Iterator[Peer]:
    """Yield the Peers of `own` for `other`; a preshared key that a file does not contain counts as correct."""
    for peer in own.peers_for(other):
        is_hidden = not own.is_live and peer.preshared_key in UNKNOWN
        yield replace(peer, preshared_key=preshared) if is_hidden else peer


def _members_peers(own: Member, members: Iterable[Member]) -> tuple[Peer, ...]:
    """Return the Peers of `own` that are for a member, have a key of a member, or are taken over."""
    return tuple(
        peer
        for other in members
        if other is not own
        for peer in (*own.peers_for(other), *own.holders_of_keys(other), *replaced_peers(own, other))
    )


def _in_use(own: Member, members: Sequence[Member]) -> NetworkIndex:
    return NetworkIndex(networks_of.others(own, _members_peers(own, members)))


def _annotated(members: Iterable[Member], settings: PeeringSettings) -> Iterator[tuple[str, str]]:
    for member in members if settings.annotates else ():
        for node in nodes_to_annotate(member, settings):
            yield member.name, node.name

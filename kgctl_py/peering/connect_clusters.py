"""Write the plan of a peering, and undo it if the first run for a pair of clusters fails."""

from collections.abc import Iterable, Sequence

from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.escape_text import visible
from kgctl_py.notice import Tell
from kgctl_py.peering.apply_changes import ConflictError
from kgctl_py.peering.members.member import Member
from kgctl_py.peering.members.read_members import Side, read_members
from kgctl_py.peering.planning.plan import NewKey, PeeringPlan, plan_peering
from kgctl_py.peering.planning.settings import PeeringSettings
from kgctl_py.peering.write_plan import PlanWriter

ATTEMPTS = 5
"""How often a plan is computed again after concurrent changes of Peers."""

_SEGMENTS_SHOWN = 5


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
                f'{option}: "{name}" has no ready segment "{segment}"', hint=f"ready segments: {', '.join(known)}"
            )


def carry_out(
    plan: PeeringPlan, sides: Sequence[Side], settings: PeeringSettings, new_key: NewKey, tell: Tell
) -> PeeringPlan:
    """Carry out `plan`, and return it with all changes that were made, including those of earlier versions of it.

    Raise KgctlError if a write fails or the user interrupts. If no cluster had a Peer of this peering before, the
    Peers that this run created are removed again.
    """
    run = PlanWriter(sides, tell)
    try:
        for attempt in range(ATTEMPTS):
            try:
                run.write(plan)
                return run.made(plan)
            except ConflictError:
                if attempt + 1 == ATTEMPTS:
                    raise
            for side in sides:
                side.cluster.refresh()
            plan = read_plan(sides, settings, new_key)
            if plan.is_refused:
                problem = next(problem for problem in plan.problems if problem.refuses)
                raise KgctlError(str(problem), hint=problem.hint)
    except BaseException as error:  # also for Ctrl-C: the user learns what remains
        run.clean_up(error)
        raise
    raise AssertionError  # the last attempt returns or raises


def try_out(plan: PeeringPlan, sides: Sequence[Side]) -> None:
    """Validate the changes with the API servers; raise KgctlError if one refuses."""
    run = PlanWriter(sides, lambda _: None, dry_run=True)
    run.write(plan)

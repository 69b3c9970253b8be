"""The checks before kgctl writes a peering, and the confirmation by the user."""

import sys

from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.peering.members.read_members import Side
from kgctl_py.peering.planning.peer_changes import Action
from kgctl_py.peering.planning.plan import PeeringPlan


def check_plan(plan: PeeringPlan) -> None:
    """Raise KgctlError if a problem prevents all changes."""
    refusing = [problem for problem in plan.problems if problem.refuses]
    if refusing:
        others = len(refusing) - 1
        more = f" (and {others} more reason{'s' if others > 1 else ''})" if others else ""
        raise KgctlError(f"nothing was written: {refusing[0]}{more}", hint=refusing[0].hint)


def check_writable(sides: tuple[Side, ...]) -> None:
    """Raise UsageError if no cluster can be written."""
    if not any(side.is_writable for side in sides):
        raise UsageError(
            "all clusters are files, which kgctl does not change", hint="to print the Peers, add --print yaml"
        )


def is_left_to_watch(plan: PeeringPlan, *, yes: bool) -> bool:
    """Return whether --watch removes Peers without a confirmation; it never removes most of them at once."""
    return _pruned(plan) > 0 and not yes and not sys.stdin.isatty()


def _pruned(plan: PeeringPlan) -> int:
    return sum(change.prunes for half in plan.written for change in half.changes)


def confirm_plan(plan: PeeringPlan, *, yes: bool) -> None:
    """Ask before the first Peers of a pair are created and before Peers are removed; raise KgctlError for no."""
    pruned = _pruned(plan)
    if yes:
        return
    if not sys.stdin.isatty():
        if pruned:
            raise UsageError(
                f"refusing to remove {_peers(pruned)} without --yes (stdin is not a terminal)",
                hint="add --yes, or --no-prune to keep them",
            )
        return
    new = any(half.changes and not half.existing for half in plan.written)
    removed = plan.count(Action.DELETE)
    if not (new or removed):
        return
    counts = {"create": plan.count(Action.CREATE), "change": plan.count(Action.UPDATE), "remove": removed}
    what = ", ".join(f"{verb} {_peers(count)}" for verb, count in counts.items() if count)
    if not terminal.confirms(f"{what[:1].upper()}{what[1:]}?"):
        raise KgctlError("cancelled: nothing was written")


def _peers(count: int) -> str:
    return f"{count} Peer{'s' if count != 1 else ''}"

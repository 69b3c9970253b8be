"""A plan of a peering as text for people, and as plain data for programs."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kgctl_py import names
from kgctl_py.cli.peering.text.output import PASSED, problems_text
from kgctl_py.cli.terminal import terminal
from kgctl_py.escape_text import visible
from kgctl_py.mesh.address import IPInterface, masked
from kgctl_py.peering.planning.peer_changes import Action, Change
from kgctl_py.peering.planning.plan import Half, PeeringPlan
from kgctl_py.peering.planning.problem import PeeringCode, Problem
from kgctl_py.peering.planning.remote_peer import RemotePeer
from kgctl_py.peers.dry_run import DryRun
from kgctl_py.render.columns import columns
from kgctl_py.wireguard.aggregate import collapsed

_SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-", Action.TOUCH: "~"}
_SHOWN = 3


def plan_text(plan: PeeringPlan) -> str:
    """Return the passed checks, the problems, and the changes in each cluster."""
    checked = "".join(_networks(plan))
    halves = "".join(_half(half) for half in plan.halves)
    return checked + problems_text(plan.problems) + halves


def plan_data(plan: PeeringPlan, *, applied: bool) -> dict[str, Any]:
    """Return the plan for programs, without preshared keys."""
    return {
        "apiVersion": names.OUTPUT_API_VERSION,
        "kind": "PeeringPlan",
        "clusters": [
            {
                "name": member.name,
                "uid": member.uid,
                "granularity": str(member.topology.granularity),
                "subnet": str(masked(member.topology.subnet)),
                "services": [str(cidr) for cidr in member.services],
                "writable": member.is_writable,
            }
            for member in plan.members
        ],
        "peers": [row for half in plan.halves for row in _peers_data(half)],
        "findings": [finding_data(problem) for problem in plan.problems],
        "refused": plan.is_refused,
        "applied": applied,
    }


def finding_data(problem: Problem) -> dict[str, str]:
    """Return a problem for programs."""
    return {
        "code": problem.code,
        "severity": problem.severity.level,
        "cluster": problem.cluster,
        "message": problem.message,
        "hint": terminal.for_cluster(problem.hint),
    }


def tunnels(plan: PeeringPlan) -> str:
    """Return the number of tunnels of each pair: the product of their numbers of segments."""
    counts = {member.name: len(member.topology.segments) for member in plan.members}
    pairs = itertools.combinations(counts.values(), 2)
    return ", ".join(f"{second} x {first}" for first, second in pairs)


def _networks(plan: PeeringPlan) -> Iterator[str]:
    """Yield a line for networks that do not overlap."""
    if any(problem.code is PeeringCode.OVERLAP for problem in plan.problems):
        return
    rows = {
        "pods": [_shown(node.subnet for node in member.mesh.nodes if node.subnet) for member in plan.members],
        "Services": [_shown(member.services) for member in plan.members],
        "Kilo": [_shown([masked(member.topology.subnet)]) for member in plan.members],
    }
    shown = (f"{PASSED} {what} {', '.join(filter(None, nets))}" for what, nets in rows.items() if any(nets))
    yield "no overlap   " + "   ".join(shown) + "\n"


def _shown(cidrs: Iterable[IPInterface]) -> str:
    joined = collapsed(sorted(cidrs))
    more = len(joined) - _SHOWN
    return ", ".join(map(str, joined[:_SHOWN])) + (f", and {more} more" if more > 0 else "")


def _half(half: Half) -> str:
    heading = f"{half.other.name} in {half.own.name}"
    if not half.own.is_writable:
        heading += " (read only; to print its Peers, add --print yaml)"
    if not half.changes:
        return f"{heading}: no change\n"
    rows = [_row(change) for change in half.changes]
    table = columns([""] * len(rows[0]), rows, headed=False).replace("<none>", "").splitlines()
    return f"{heading}\n" + "".join(f"  {line.rstrip()}\n" for line in table)


def _row(change: Change) -> tuple[str, ...]:
    sign = f"{_SIGNS[change.action]} {visible(change.name)}"
    if change.after is None or change.action is Action.TOUCH:
        return (sign, visible(change.why), "", "")
    remote = change.after
    count = f"{remote.node_count} node{'s' if remote.node_count != 1 else ''}"
    services = f"+ Services {' '.join(map(str, remote.services))}" if remote.services else ""
    why = f"changed: {visible(change.why)}" if change.action is Action.UPDATE else ""
    return (sign, f"{count}, leader {visible(remote.leader)}", _reached(remote), services or why)


def _reached(remote: RemotePeer) -> str:
    keepalive = f", keepalive {remote.keepalive}" if remote.keepalive else ""
    return f"{remote.endpoint or 'opens the tunnel'}{keepalive}"


def _peers_data(half: Half) -> Iterator[Mapping[str, Any]]:
    changed = {change.name: change for change in half.changes if change.action is not Action.DELETE}
    for remote in half.desired:
        change = changed.get(remote.name)
        yield {
            "in": half.own.name,
            "cluster": half.other.name,
            "name": remote.name,
            "segment": remote.segment,
            "leader": remote.leader,
            "publicKey": str(remote.public_key),
            "endpoint": str(remote.endpoint) if remote.endpoint else None,
            "persistentKeepalive": remote.keepalive,
            "allowedIPs": [str(cidr) for cidr in remote.allowed_ips],
            "services": [str(cidr) for cidr in remote.services],
            "action": str(change.action) if change else "none",
            "why": change.why if change else "",
        }
    for change in half.changes:
        if change.action is Action.DELETE and change.name not in {remote.name for remote in half.desired}:
            yield {
                "in": half.own.name,
                "cluster": half.other.name,
                "name": change.name,
                "action": str(change.action),
                "why": change.why,
            }


def summary(plan: PeeringPlan, dry_run: DryRun | None) -> str:
    """Return the numbers of created, changed, and removed Peers, and of tunnels."""
    made = {
        "created": plan.count(Action.CREATE),
        "changed": plan.count(Action.UPDATE),
        "removed": plan.count(Action.DELETE),
    }
    counts = ", ".join(f"{count} {word}" for word, count in made.items())
    return f"{counts}; {tunnels(plan)} tunnels{' (dry run)' * bool(dry_run)}\n"

"""`kgctl peering verify`: check that two clusters are joined, and that their tunnels work."""

from typing import Annotated, Any

import typer

from kgctl_py import names
from kgctl_py.cli.data_formats import Format, FormatOption, formatted
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options import HIDDEN, grouped
from kgctl_py.cli.options.peering_options import PeeringOptions
from kgctl_py.cli.peering.joined_sides import prepare_joined
from kgctl_py.cli.peering.sides import check_two
from kgctl_py.cli.peering.sources import HELP, METAVAR
from kgctl_py.cli.peering.text.output import FAILED, PASSED, QUIET, echo, problems_text
from kgctl_py.cli.peering.text.plan_text import finding_data
from kgctl_py.cli.peering.text.probe_table import probe_data, probe_table
from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import ExitCode, UsageError
from kgctl_py.escape_text import is_visible, visible
from kgctl_py.kilo.install.installation import IMAGE
from kgctl_py.peering.connect_clusters import read_plan
from kgctl_py.peering.members.member import Member
from kgctl_py.peering.members.read_members import Side
from kgctl_py.peering.peering_status import check_drift
from kgctl_py.peering.planning.plan import PeeringPlan
from kgctl_py.peering.planning.problem import Problem
from kgctl_py.peering.planning.settings import PeeringSettings
from kgctl_py.peering.probing.probe_results import ProbeResult, check_probe
from kgctl_py.peering.probing.run_probe import ProbeSettings, check_live, probe
from kgctl_py.peering.probing.service_targets import find_service_targets
from kgctl_py.peering.tunnels import Seen, Tunnel, check_tunnels, tunnels_between
from kgctl_py.render.columns import columns

_MARKS = {Seen.YES: PASSED, Seen.NO: FAILED, Seen.QUIET: QUIET}


@grouped
def verify(
    context: typer.Context,
    options: Annotated[PeeringOptions, HIDDEN],
    clusters: Annotated[list[str], typer.Argument(metavar=f"{METAVAR} {METAVAR}", help=HELP)] = [],  # noqa: B006 # typer copies it
    output: FormatOption = Format.TEXT,
    sends: Annotated[
        bool, typer.Option("--probe", help="Also send packets between pods, which kgctl creates and deletes")
    ] = False,
    image: Annotated[
        str,
        typer.Option("--probe-image", metavar="IMAGE", help="Image for the pods of --probe; must contain BusyBox"),
    ] = IMAGE,
) -> None:
    """Check that two clusters are joined, and that their tunnels work.

    Checks that no networks overlap, and that the Peers are those that "kgctl peering connect" would create now.
    The comparison uses the options of the last "kgctl peering connect". If you add options of that command, such
    as --services none, it uses only these. Exits with 1 if a check fails.

    Shows a table of the tunnels, with the segments of the first cluster as rows and those of the second as
    columns. Each cell has a mark for the leader of the row, and one for the leader of the column: a check mark for
    a handshake; without one, a cross if keepalives are sent or a Peer is missing, and otherwise a dot.

    With --probe, kgctl creates a pod in each segment. The pods of the first cluster send packets to those of the
    second, and requests to its DNS and API server.

    Examples:
      # Check the Peers and the handshakes
      kgctl peering verify aws edge

      # Also send packets
      kgctl peering verify aws edge --probe
    """
    run: Invocation = context.obj
    check_two(clusters, "verify")
    sides, settings = prepare_joined(run, clusters, options)
    if sends:
        check_live(sides)
    plan = read_plan(sides, settings, lambda *_: None)
    for side in sides:
        terminal.tell(side.cluster.notices)
    own, other = plan.members
    tunnels = tunnels_between(own, other)
    probing = _probe_settings(sides[1], plan, settings, image) if sends else None
    probed = _probe((sides[0], sides[1]), plan, probing) if probing else ()
    problems = (
        *plan.problems,
        *check_drift(plan.halves),
        *check_tunnels(own, other, tunnels),
        *(probing.targets.left_out if probing else ()),
        *check_probe(own, other, probed),
    )
    data = _data(own, other, tunnels, probed, problems)
    tables = _table(own, other, tunnels) + probe_table(own, other, probed)
    echo(formatted(output, data, lambda: tables + problems_text(problems)))
    if any(Seen.NO in (one.near, one.far) for one in tunnels) or any(problem.fails_verify for problem in problems):
        raise typer.Exit(ExitCode.FAILED)


def _probe_settings(side: Side, plan: PeeringPlan, settings: PeeringSettings, image: str) -> ProbeSettings:
    """Return the settings of the probe of the second cluster, which `side` reads."""
    own, other = plan.members
    if not image or not is_visible(image) or " " in image:
        raise UsageError(f'--probe-image "{image}" is not a valid image name')
    if not (settings.routes_services_of(other.name) and other.services):
        return ProbeSettings(image=image)
    return ProbeSettings(image=image, targets=find_service_targets(side, own, other))


def _probe(sides: tuple[Side, Side], plan: PeeringPlan, probing: ProbeSettings) -> tuple[ProbeResult, ...]:
    own, other = plan.members
    terminal.say(f"starting {len(own.topology.segments) + len(other.topology.segments)} pods in kube-system")
    return probe(sides, (own, other), probing, terminal.tell_notice)


def _table(own: Member, other: Member, tunnels: tuple[Tunnel, ...]) -> str:
    cells = {(one.own, one.other): f"{_MARKS[one.near]} {_MARKS[one.far]}" for one in tunnels}
    theirs = [segment.name for segment in other.topology.segments]
    rows = [(segment.name, *(cells[segment.name, name] for name in theirs)) for segment in own.topology.segments]
    return columns([f"{own.name} / {other.name}", *map(visible, theirs)], rows)


def _data(
    own: Member,
    other: Member,
    tunnels: tuple[Tunnel, ...],
    probed: tuple[ProbeResult, ...],
    problems: tuple[Problem, ...],
) -> dict[str, Any]:
    words = {Seen.YES: True, Seen.NO: False, Seen.QUIET: None}
    return {
        "apiVersion": names.OUTPUT_API_VERSION,
        "kind": "PeeringVerification",
        "clusters": [own.name, other.name],
        "pairs": [
            {"from": one.own, "to": one.other, "seen": words[one.near], "seenBack": words[one.far]}
            | probe_data(probed, one.own, one.other)
            for one in tunnels
        ],
        "findings": [finding_data(problem) for problem in problems],
    }

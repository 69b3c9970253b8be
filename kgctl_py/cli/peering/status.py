"""`kgctl peering status`: show the peerings of clusters, and the Peers that are out of date."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from kgctl_py import names
from kgctl_py.cli.data_formats import Format, FormatOption, formatted
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options import HIDDEN, grouped
from kgctl_py.cli.options.peering_options import PeeringOptions
from kgctl_py.cli.peering.joined_sides import prepare_joined
from kgctl_py.cli.peering.sides import current_side, open_sides
from kgctl_py.cli.peering.sources import HELP, METAVAR
from kgctl_py.cli.peering.text.output import echo
from kgctl_py.cli.terminal import terminal
from kgctl_py.duration_text import elapsed
from kgctl_py.errors import ExitCode, UsageError
from kgctl_py.peering.connect_clusters import read_plan
from kgctl_py.peering.members.read_members import read_members
from kgctl_py.peering.peering_status import PeeringStatus, statuses, statuses_of_plan
from kgctl_py.render.columns import columns

_HEADINGS = ("IN", "CLUSTER", "PEERS", "TUNNELS", "SEEN", "SERVICES", "DRIFT", "AGE")
_TWO = 2


@grouped
def status(
    context: typer.Context,
    options: Annotated[PeeringOptions, HIDDEN],
    clusters: Annotated[
        list[str] | None, typer.Argument(metavar=f"[{METAVAR}...]", help=f"{HELP} (default the current context)")
    ] = None,
    output: FormatOption = Format.TEXT,
    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code",
            help="Exit with 1 if DRIFT shows differences; needs two or more clusters",
        ),
    ] = False,
) -> None:
    """Show which clusters are joined, and which Peers are out of date.

    SEEN counts the tunnels with a handshake; a tunnel without traffic and keepalives has none. With two or more
    clusters, DRIFT shows the Peers that "kgctl peering connect" would change now. The comparison uses the options
    of the last "kgctl peering connect". If you add options of that command, such as --services none, it uses only
    these.

    Examples:
      # Show the peerings of the current context
      kgctl peering status

      # Show which Peers of two clusters are out of date
      kgctl peering status aws edge
    """
    run: Invocation = context.obj
    words = clusters or []
    if exit_code and len(words) < _TWO:
        raise UsageError(
            "--exit-code needs at least two clusters",
            hint="for example: kgctl peering status aws edge --exit-code",
        )
    if len(words) >= _TWO:
        sides, settings = prepare_joined(run, words, options)
        found = statuses_of_plan(read_plan(sides, settings, lambda *_: None))
    else:
        sides = open_sides(run, words) if words else (current_side(run),)
        found = statuses(read_members(sides, needs_networks=False)[0])
    for side in sides:
        terminal.tell(side.cluster.notices)
    echo(formatted(output, _data(found), lambda: _text(found)))
    if exit_code and any(one.drift for one in found):
        raise typer.Exit(ExitCode.FAILED)


def _text(found: Iterable[PeeringStatus]) -> str:
    rows = [
        (
            one.cluster,
            one.other,
            str(one.peers),
            str(one.tunnels),
            f"{one.seen}/{one.tunnels}",
            f"via {', '.join(one.services_via)}" if one.services_via else "<none>",
            _drift(one),
            "<none>" if one.age is None else elapsed(one.age),
        )
        for one in found
    ]
    return columns(_HEADINGS, rows, width=terminal.width) if rows else "no peerings found\n"


def _drift(one: PeeringStatus) -> str:
    if one.drift is None:
        return "unknown"
    return ", ".join(one.drift) or "<none>"


def _data(found: Iterable[PeeringStatus]) -> dict[str, Any]:
    return {
        "apiVersion": names.OUTPUT_API_VERSION,
        "kind": "PeeringStatus",
        "peerings": [
            {
                "in": one.cluster,
                "cluster": one.other,
                "peers": one.peers,
                "tunnels": one.tunnels,
                "seen": one.seen,
                "servicesVia": list(one.services_via),
                "drift": None if one.drift is None else list(one.drift),
                "ageSeconds": one.age,
            }
            for one in found
        ],
    }

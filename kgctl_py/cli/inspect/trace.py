"""`kgctl trace`: show the path of a packet through the mesh and back, or why it does not arrive."""

from typing import Annotated

import typer

from kgctl_py.cli import completion
from kgctl_py.cli.data_formats import Format, FormatOption, formatted
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.terminal import terminal
from kgctl_py.diagnose.service_lookup import ServiceAt, service_at
from kgctl_py.diagnose.trace_ends import find_end, trace_between
from kgctl_py.errors import ExitCode
from kgctl_py.mesh.claims import Place
from kgctl_py.mesh.routing.explain_hops import Explanation
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.trace import Verdict
from kgctl_py.render.trace import trace_data, trace_text


def trace_(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            metavar="SRC",
            help="Source: the name of a node or peer, or an address",
            autocompletion=completion("places"),
        ),
    ],
    destination: Annotated[
        str,
        typer.Argument(
            metavar="DST",
            help="Destination: the name of a node or peer, or an address",
            autocompletion=completion("places"),
        ),
    ],
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Also show the rules for each hop, and the fields that they come from"),
    ] = False,
    output: FormatOption = Format.TEXT,
) -> None:
    """Show the path of a packet through the mesh and back, hop by hop.

    Computes the path, and sends nothing. If the packet or its reply does not arrive, prints the reason and exits
    with 1. If a node and a peer have the same name, write node/NAME or peer/NAME.

    Examples:
      # Trace a packet to a pod
      kgctl trace laptop 10.42.2.17

      # Also show why the packet takes each hop
      kgctl trace laptop berlin-2 --explain
    """
    run: Invocation = context.obj
    mesh = run.mesh()
    ends = find_end(source, mesh), find_end(destination, mesh)
    topology = run.topology(mesh)
    address = None if isinstance(ends[1], Place) else ends[1]
    found = service_at(address, run.cluster, mesh, topology) if address else ServiceAt(None)
    tables = RoutingTables(mesh, topology, (found.service,) if found.service else (), run.agent_flags())
    trace = trace_between(tables, *ends)
    rules = Explanation.of(tables, trace) if explain else None
    run.tell((*found.remarks, *run.findings(mesh, topology)))
    text = formatted(output, trace_data(trace, rules), lambda: trace_text(trace, rules, width=terminal.width))
    typer.echo(text, nl=False)
    if trace.verdict is Verdict.NO:
        raise typer.Exit(ExitCode.FAILED)

"""`kgctl reach`: show which members of the mesh reach each other, and why the others do not."""

from typing import Annotated

import typer

from kgctl_py.changes.reach_matrix import reach_from, reach_matrix
from kgctl_py.cli import completion
from kgctl_py.cli.data_formats import Format, FormatOption, formatted
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.terminal import terminal
from kgctl_py.diagnose.trace_ends import find_end, source_target
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.render.changes.reach_data import reach_data
from kgctl_py.render.changes.reach_text import matrix_text, row_text
from kgctl_py.render.changes.shortened_lists import Style


def reach(
    context: typer.Context,
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SRC",
            help="Source: the name of a node or peer, or an address (default all)",
            autocompletion=completion("places"),
        ),
    ] = None,
    pods: Annotated[bool, typer.Option("--pods", help="Also include the pods of each node")] = False,
    output: FormatOption = Format.TEXT,
) -> None:
    """Show which nodes, peers, and networks reach each other, and why others do not.

    Computes the paths as "kgctl trace" does, and sends nothing. A source reaches a destination if a packet and its
    reply arrive.

    Examples:
      # Show a matrix of all nodes, peers, and networks
      kgctl reach

      # Show what a peer reaches
      kgctl reach laptop
    """
    run: Invocation = context.obj
    mesh = run.mesh()
    end = None if source is None else find_end(source, mesh)
    topology = run.topology(mesh)
    style = Style(width=terminal.width, everything=terminal.verbose)
    tables = RoutingTables(mesh, topology, flags=run.agent_flags())
    if end is None:
        matrix, show = reach_matrix(tables, pods=pods), matrix_text
    else:
        matrix, show = reach_from(tables, source_target(end, mesh, topology), pods=pods), row_text
    run.tell(run.findings(mesh, topology))
    typer.echo(formatted(output, reach_data(matrix), lambda: show(matrix, style)), nl=False)

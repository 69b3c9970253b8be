"""`kgctl graph`: the mesh as a picture, as the DOT text that pictures are made from, or in other words."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.remarks import tell_remarks
from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import UsageError
from kgctl_py.fs import files
from kgctl_py.listing.mesh_graph import GraphFormat, GraphStyle, mesh_graph
from kgctl_py.render.graph.picture import Engine

_PICTURES = (GraphFormat.SVG, GraphFormat.PNG, GraphFormat.PDF)
_NOT_FOR_A_TERMINAL = (GraphFormat.PNG, GraphFormat.PDF, GraphFormat.HTML)
_ENDINGS = {f".{output}": output for output in GraphFormat} | {
    "": GraphFormat.DOT,
    ".gv": GraphFormat.DOT,
    ".mmd": GraphFormat.MERMAID,
    ".txt": GraphFormat.TEXT,
    ".htm": GraphFormat.HTML,
}


def graph(
    context: typer.Context,
    output: Annotated[
        GraphFormat | None, typer.Option("--output", "-o", help="The format; else what FILE ends with, else dot.")
    ] = None,
    layout: Annotated[
        Engine | None, typer.Option(help="The Graphviz engine; else dot, or sfdp for a large mesh.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("-O", metavar="FILE", help="Write to FILE, also over one that is there.")
    ] = None,
) -> None:
    """Draw the mesh: its locations, their leaders, the peers, and the tunnels between them.

    For example: kgctl graph -O mesh.html, or kgctl graph | dot -Tsvg > mesh.svg
    """
    output = output or _format_of(file)
    if output in _NOT_FOR_A_TERMINAL and file is None and sys.stdout.isatty():
        raise UsageError(f'"-o {output}" is nothing for a terminal', hint=f"-O mesh.{output} writes it to a file")
    if layout and output not in (GraphFormat.DOT, *_PICTURES):
        raise UsageError(f'"--layout" is for Graphviz, which has no part in "-o {output}"')
    run: Invocation = context.obj
    mesh = run.mesh()
    topology = run.topology(mesh)
    tell_remarks(run.findings(mesh, topology))
    style = GraphStyle(format=output, engine=layout, encoding="utf-8" if file else sys.stdout.encoding)
    result = mesh_graph(mesh, topology, style, granularity=run.options.granularity, waiting=terminal.busy)
    tell_remarks(result.findings)
    terminal.tell(result.notices)
    files.write(file or Path("-"), result.content, replace=True)


def _format_of(file: Path | None) -> GraphFormat:
    """Return the format that the file's name ends with; DOT for a name without an ending, a pipe and stdout."""
    ending = file.suffix.lower() if file else ""
    if ending not in _ENDINGS:
        raise UsageError(f'"{file}" ends with no format that is known', hint="-O mesh.svg, or say -o FORMAT, too")
    return _ENDINGS[ending]

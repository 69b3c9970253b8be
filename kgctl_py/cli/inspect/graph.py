"""`kgctl graph`: draw the mesh."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import UsageError
from kgctl_py.fs import files
from kgctl_py.listing.mesh_graph import GraphFormat, GraphStyle, mesh_graph
from kgctl_py.render.graph.run_graphviz import Detail, Engine, Theme

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
        GraphFormat | None, typer.Option("--output", "-o", help="Format (default the extension of FILE, or dot)")
    ] = None,
    layout: Annotated[
        Engine | None,
        typer.Option(
            help="Draw an svg, png, or pdf with this layout engine of Graphviz, instead of kgctl's own layout; "
            "with -o dot, set the layout attribute of the graph"
        ),
    ] = None,
    detail: Annotated[
        Detail | None,
        typer.Option(
            help="Detail of an svg, png, or pdf: full has a table of nodes for each location, location has a "
            "compact list, and auto is full for up to 30 nodes (default auto)"
        ),
    ] = None,
    theme: Annotated[Theme | None, typer.Option(help="Colors of an svg, png, or pdf (default light)")] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "-O",
            "--output-file",
            metavar="FILE",
            help="Write to FILE, and replace it if it exists",
        ),
    ] = None,
) -> None:
    """Draw the mesh: locations, nodes, peers, and the tunnels between them.

    The formats svg, png, and pdf need Graphviz.

    Examples:
      # Write an interactive web page
      kgctl graph -O mesh.html

      # Write a picture
      kgctl graph -O mesh.svg
    """
    output = output or _format_of(file)
    if output in _NOT_FOR_A_TERMINAL and file is None and sys.stdout.isatty():
        raise UsageError(f"refusing to write -o {output} to a terminal", hint=f"use -O mesh.{output}")
    _check_style(output, layout, {"--detail": detail, "--theme": theme})
    run: Invocation = context.obj
    mesh = run.mesh()
    topology = run.topology(mesh)
    run.tell(run.findings(mesh, topology))
    style = GraphStyle(
        format=output,
        engine=layout,
        detail=detail or Detail.AUTO,
        theme=theme or Theme.LIGHT,
        source=run.cluster.source,
        encoding="utf-8" if file else sys.stdout.encoding,
    )
    result = mesh_graph(mesh, topology, style, granularity=run.options.granularity, waiting=terminal.busy)
    run.tell(result.findings)
    terminal.tell(result.notices)
    files.write(file or Path("-"), result.content, replace=True)


def _check_style(output: GraphFormat, layout: Engine | None, ours: Mapping[str, Detail | Theme | None]) -> None:
    """Raise UsageError for options that the format does not support; `ours` are those of kgctl's own pictures."""
    given = [option for option, value in ours.items() if value]
    refused = given if output not in _PICTURES else []
    if layout and output not in (GraphFormat.DOT, *_PICTURES):
        refused = ["--layout", *refused]
    if refused:
        *first, last = refused
        options = f"{', '.join(first)}{',' if first[1:] else ''} and {last}" if first else last
        verb = "do" if first else "does"
        raise UsageError(f"{options} {verb} not work with -o {output}", hint=f"leave out {options}")
    if layout and given:
        raise UsageError(f"--layout and {given[0]} exclude each other", hint="use one of them")


def _format_of(file: Path | None) -> GraphFormat:
    """Return the format of the file's extension; DOT without an extension, and for pipes and stdout."""
    ending = file.suffix.lower() if file else ""
    if ending not in _ENDINGS:
        raise UsageError(
            f'"{file}" does not have a known extension', hint="use a name such as mesh.svg, or add -o svg"
        )
    return _ENDINGS[ending]

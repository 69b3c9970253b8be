"""`kgctl graph`: the mesh as a picture, as the DOT text that pictures are made from, or in other words."""

import enum
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, assert_never

import typer

from kgctl_py.cli import finding_lines
from kgctl_py.cli.invocation import Invocation
from kgctl_py.errors import UsageError
from kgctl_py.findings.rules.segments import peers_named_like_nodes
from kgctl_py.fs import files
from kgctl_py.mesh.model import Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.graph.picture import Engine, Format, engine_for, picture
from kgctl_py.terminal import terminal


class Output(enum.StrEnum):
    """What the graph is printed as: text for people or programs, a picture, or a page."""

    DOT = "dot"
    SVG = "svg"
    PNG = "png"
    PDF = "pdf"
    MERMAID = "mermaid"
    JSON = "json"
    TEXT = "text"
    HTML = "html"


_PICTURES = (Output.SVG, Output.PNG, Output.PDF)
_NOT_FOR_A_TERMINAL = (Output.PNG, Output.PDF, Output.HTML)
_ENDINGS = {f".{output}": output for output in Output} | {
    "": Output.DOT,
    ".gv": Output.DOT,
    ".mmd": Output.MERMAID,
    ".txt": Output.TEXT,
    ".htm": Output.HTML,
}


def graph(
    context: typer.Context,
    output: Annotated[
        Output | None, typer.Option("--output", "-o", help="The format; else what FILE ends with, else dot.")
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
    if layout and output not in (Output.DOT, *_PICTURES):
        raise UsageError(f'"--layout" is for Graphviz, which has no part in "-o {output}"')
    run: Invocation = context.obj
    mesh = run.mesh()
    topology = run.topology(mesh)
    finding_lines.warn(run.findings(mesh, topology))
    files.write(file or Path("-"), _content(output, run, mesh, topology, layout, file), replace=True)


def _format_of(file: Path | None) -> Output:
    """Give the format that the file's name ends with; DOT for a name without an ending, a pipe and stdout."""
    ending = file.suffix.lower() if file else ""
    if ending not in _ENDINGS:
        raise UsageError(f'"{file}" ends with no format that is known', hint="-O mesh.svg, or say -o FORMAT, too")
    return _ENDINGS[ending]


def _content(
    output: Output,
    run: Invocation,
    mesh: Mesh,
    topology: Topology,
    layout: Engine | None,
    file: Path | None,
) -> files.Content:
    match output:
        case Output.DOT:
            from kgctl_py.render.graph.dot import dot

            finding_lines.warn(peers_named_like_nodes(topology))
            return dot(topology, layout or "")
        case Output.SVG | Output.PNG | Output.PDF:
            from kgctl_py.render.graph.dot import dot

            with terminal.busy("drawing the picture"):
                return picture(dot(topology, apart=True), Format(output), layout or engine_for(topology))
        case Output.MERMAID:
            return _mermaid(topology)
        case Output.JSON:
            return _json(run, mesh, topology)
        case Output.TEXT:
            from kgctl_py.render.graph.tree import takes_boxes, tree

            return tree(mesh, topology, boxes=file is not None or takes_boxes(sys.stdout.encoding))
        case Output.HTML:
            from kgctl_py.render.graph.html_page import page

            return page(_document(run, mesh, topology))
        case _:
            assert_never(output)


def _mermaid(topology: Topology) -> str:
    from kgctl_py.render.graph import mermaid

    text = mermaid.mermaid(topology)
    for many, most, setting in (
        (len(text), mermaid.MOST_CHARACTERS, "maxTextSize"),
        (mermaid.edges(text), mermaid.MOST_EDGES, "maxEdges"),
    ):
        if many > most:
            terminal.warn(
                f"Mermaid draws nothing of this size unless its {setting}, now {most}, is raised to {many}",
                hint="kgctl graph -O mesh.html makes a page that takes any size",
            )
    return text


def _json(run: Invocation, mesh: Mesh, topology: Topology) -> Iterator[str]:
    from kgctl_py.render.graph.graph_document import graph_edges
    from kgctl_py.render.json_yaml import as_json_with_rows

    return as_json_with_rows(_document(run, mesh, topology), "edges", graph_edges(topology))


def _document(run: Invocation, mesh: Mesh, topology: Topology) -> dict[str, Any]:
    """Give the mesh as data, with all that is odd about it, not only what warnings tell."""
    from kgctl_py.findings.all_findings import all_findings
    from kgctl_py.findings.cluster_facts import ClusterFacts
    from kgctl_py.render.graph.graph_document import graph_document

    facts = ClusterFacts(granularity=run.options.granularity)
    return graph_document(mesh, topology, all_findings(mesh, topology, facts))

"""`kgctl graph`: the mesh as a picture, or as the DOT text that pictures are made from."""

import enum
import sys
from pathlib import Path
from typing import Annotated

import typer

from kgctl_py import files
from kgctl_py.commands import report
from kgctl_py.errors import UsageError
from kgctl_py.findings.segments import peers_named_like_nodes
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.dot import dot
from kgctl_py.render.picture import Engine, Format, engine_for, picture
from kgctl_py.session import Session


class Output(enum.StrEnum):
    """What the graph is printed as: text, or a picture."""

    DOT = "dot"
    SVG = "svg"
    PNG = "png"
    PDF = "pdf"


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

    For example: kgctl graph -O mesh.svg, or kgctl graph | dot -Tsvg > mesh.svg
    """
    output = output or _format_of(file)
    if output in (Output.PNG, Output.PDF) and file is None and sys.stdout.isatty():
        raise UsageError(f'"-o {output}" is nothing for a terminal', hint=f"-O mesh.{output} writes it to a file")
    session: Session = context.obj
    mesh = session.mesh()
    topology = session.topology(mesh)
    report.warn(session.findings(mesh, topology))
    if output is Output.DOT:
        report.warn(peers_named_like_nodes(topology))
    content = dot(topology, layout or "") if output is Output.DOT else _drawn(topology, Format(output), layout)
    files.write(file or Path("-"), content, replace=True)


def _format_of(file: Path | None) -> Output:
    """Give the format that the file's name ends with; text for a name without an ending, a pipe and stdout."""
    known = {"": Output.DOT, ".gv": Output.DOT} | {f".{output}": output for output in Output}
    ending = file.suffix.lower() if file else ""
    if ending not in known:
        raise UsageError(f'"{file}" ends with no format that is known', hint="-O mesh.svg, or say -o FORMAT, too")
    return known[ending]


def _drawn(topology: Topology, image: Format, layout: Engine | None) -> bytes:
    return picture(dot(topology, apart=True), image, layout or engine_for(topology))

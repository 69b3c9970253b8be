"""`kgctl trace`: the way of a packet through the mesh and back, or why there is none."""

from typing import Annotated

import typer

from kgctl_py.cli import finding_lines
from kgctl_py.cli.complete_names import complete_places
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.output_formats import Format, FormatOption, formatted
from kgctl_py.errors import ExitCode, UsageError
from kgctl_py.mesh.lookup import not_found
from kgctl_py.mesh.model import Mesh
from kgctl_py.mesh.routing.trace import Target, Verdict, destination_at, node_target, peer_target, source_at, trace
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.trace import trace_data, trace_text
from kgctl_py.terminal import terminal
from kgctl_py.wireguard.endpoint import parse_ip

_METAVAR = "NODE|PEER|ADDRESS"


def trace_(
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="SRC", help=f"Where from: {_METAVAR}.", autocompletion=complete_places)
    ],
    destination: Annotated[
        str, typer.Argument(metavar="DST", help=f"Where to: {_METAVAR}.", autocompletion=complete_places)
    ],
    output: FormatOption = Format.TEXT,
) -> None:
    """Show the way from one member of the mesh to another and back, hop by hop, or why there is none.

    It is computed from the configurations; nothing is sent. A name that a node and a peer have in common is
    written node/NAME or peer/NAME.

    For example: kgctl trace laptop 10.42.2.17
    """
    run: Invocation = context.obj
    mesh = run.mesh()
    start, end = _checked(source, mesh), _checked(destination, mesh)
    topology = run.topology(mesh)
    ip = parse_ip(start), parse_ip(end)
    ends = (
        source_at(ip[0], mesh, topology) if ip[0] else _target(start, mesh, topology),
        destination_at(ip[1]) if ip[1] else _target(end, mesh, topology),
    )
    found = trace(mesh, topology, *ends)
    finding_lines.warn(run.findings(mesh, topology))
    shown = formatted(output, trace_data(found), lambda: trace_text(found, width=terminal.width))
    typer.echo(shown, nl=False)
    if found.verdict is Verdict.NO:
        raise typer.Exit(ExitCode.FAILED)


def _checked(text: str, mesh: Mesh) -> str:
    """Give `text` as an address or as KIND/NAME; raise KgctlError when nothing has that name, or two have."""
    if parse_ip(text):
        return text
    nodes, peers = {node.name for node in mesh.nodes}, {peer.name for peer in mesh.peers}
    places = {f"node/{name}" for name in nodes} | {f"peer/{name}" for name in peers}
    named = [place for place in (text, f"node/{text}", f"peer/{text}") if place in places]
    if len(named) > 1:
        raise UsageError(f'"{text}" is a node and a peer', hint=" or ".join(named))
    if not named:
        raise not_found("node, peer or address", text, nodes | peers)
    return named[0]


def _target(place: str, mesh: Mesh, topology: Topology) -> Target:
    kind, _, name = place.partition("/")
    if kind == "node":
        return node_target(next(node for node in mesh.nodes if node.name == name), mesh, topology)
    return peer_target(next(peer for peer in mesh.peers if peer.name == name))

"""`kgctl get`: what is in the mesh, in tables as kubectl prints them."""

import sys
from typing import Annotated

import typer

from kgctl_py.cli.inspect.get_completion import complete_words
from kgctl_py.cli.inspect.get_output import Output, Style, text
from kgctl_py.cli.inspect.get_request import Query, Request
from kgctl_py.cli.inspect.get_watch import watch
from kgctl_py.cli.invocation import Invocation
from kgctl_py.errors import UsageError
from kgctl_py.listing.locations import LOCATIONS
from kgctl_py.listing.resource import DISCOVERED, View
from kgctl_py.listing.view import view
from kgctl_py.terminal import terminal


def get(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KIND [NAME…] | KIND/NAME…",
            help="nodes, peers or locations, and which of them.",
            autocompletion=complete_words,
            show_default=False,
        ),
    ] = None,
    output: Annotated[Output, typer.Option("--output", "-o", help="wide has more columns.")] = Output.TABLE,
    selector: Annotated[
        str,
        typer.Option(
            "--selector", "-l", metavar="QUERY", help="Only those with such labels: a=b,c!=d,e in (f,g),!h."
        ),
    ] = "",
    sort_by: Annotated[str, typer.Option(metavar="COLUMN", help="The column to sort by; else the name.")] = "",
    no_headers: Annotated[bool, typer.Option("--no-headers", help="Print no line of headings.")] = False,
    as_tree: Annotated[
        bool, typer.Option("--tree", help="Draw the locations as a tree, with all that is in them.")
    ] = False,
    follow: Annotated[bool, typer.Option("--watch", "-w", help="Go on, and print what changes.")] = False,
) -> None:
    """List nodes, peers or locations: who leads, who is ready, who was seen, and what is wrong.

    For example: kgctl get nodes, kgctl get peers -o wide, kgctl get location berlin -o json
    """
    query, style = Query.parse(words or [], selector, sort_by), Style(output, not no_headers)
    run: Invocation = context.obj
    if as_tree:
        _check_tree(query, is_text=output is Output.TABLE and not follow)
    if follow:
        if len(query.requests) > 1:
            raise UsageError("only one kind can be watched at a time")
        watch(run, query, style)
        return
    seen = view(run.cluster, run.options, run.mesh())
    for warning, hint in seen.remarks:
        terminal.warn(warning, hint)
    if as_tree:
        typer.echo(_tree(seen), nl=False)
        return
    shown = text(query.listed(seen), style)
    if not shown:
        terminal.say("there is nothing to list")
    typer.echo(shown, nl=False)
    if terminal.width and DISCOVERED in shown and output in (Output.TABLE, Output.WIDE):
        terminal.say(f"{DISCOVERED} where nodes hear it, in place of an endpoint of its own")


def _check_tree(query: Query, *, is_text: bool) -> None:
    """Raise UsageError unless all locations are asked for, as text."""
    if not is_text or query.requests != (Request(LOCATIONS),):
        raise UsageError("--tree draws all locations, as text", hint="kgctl get locations --tree")


def _tree(mesh_view: View) -> str:
    """Return the tree, in ASCII where stdout has no other characters; nothing for a mesh without a topology."""
    from kgctl_py.render.graph.tree import takes_boxes, tree

    if mesh_view.topology is None:
        return ""
    return tree(mesh_view.mesh, mesh_view.topology, boxes=takes_boxes(sys.stdout.encoding))

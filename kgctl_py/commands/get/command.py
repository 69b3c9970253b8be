"""`kgctl get`: what is in the mesh, in tables as kubectl prints them."""

from typing import Annotated

import typer

from kgctl_py.commands.get.names import complete_words
from kgctl_py.commands.get.output import Output, check_column, ordered, text
from kgctl_py.commands.get.request import Request, requests
from kgctl_py.commands.get.resource import DISCOVERED
from kgctl_py.commands.get.view import view
from kgctl_py.errors import UsageError
from kgctl_py.k8s.selector import Selector, parse_selector
from kgctl_py.session import Session
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
) -> None:
    """List nodes, peers or locations: who leads, who is ready, who was seen, and what is wrong.

    For example: kgctl get nodes, kgctl get peers -o wide, kgctl get location berlin -o json
    """
    requested = requests(words or [])
    if sort_by:
        check_column(requested, sort_by)
    chosen = _selector(selector, requested)
    session: Session = context.obj
    seen = view(session, session.mesh())
    listed = [(request, request.items(seen, chosen)) for request in requested]
    if sort_by:
        listed = [(request, ordered(request.resource, items, sort_by)) for request, items in listed]
    shown = text(listed, output, headed=not no_headers, width=terminal.width)
    if not shown:
        terminal.say("there is nothing to list")
    typer.echo(shown, nl=False)
    if terminal.width and DISCOVERED in shown and output in (Output.TABLE, Output.WIDE):
        terminal.say(f"{DISCOVERED} where nodes hear it, in place of an endpoint of its own")


def _selector(query: str, requested: list[Request]) -> Selector:
    for request in requested:
        if query and not request.resource.labelled:
            raise UsageError(f"a {request.resource.singular} has no labels", hint="kgctl get nodes -l QUERY")
    try:
        return parse_selector(query)
    except ValueError as error:
        raise UsageError(f"--selector: {error}", hint="a=b, a!=b, a in (b,c), a notin (b,c), a, !a") from None

"""`kgctl get`: list what is in the mesh, in tables as in kubectl."""

import sys
from typing import Annotated

import typer

from kgctl_py.cli import completion
from kgctl_py.cli.inspect.get_watch import watch
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.terminal import terminal
from kgctl_py.listing.list_formats import ListStyle, list_text
from kgctl_py.listing.list_output import NAMES, ListFormat, ListOutput, parse_output
from kgctl_py.listing.listed_mesh import view
from kgctl_py.listing.location_tree import check_tree, location_tree
from kgctl_py.listing.query import Query
from kgctl_py.listing.resource import DISCOVERED


def _output(text: str | ListOutput) -> ListOutput:
    if isinstance(text, ListOutput):
        return text
    try:
        return parse_output(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _complete_output(incomplete: str) -> list[str]:
    return [name for name in NAMES if name.startswith(incomplete)]


OutputOption = Annotated[
    ListOutput,
    typer.Option(
        "--output",
        "-o",
        parser=_output,
        metavar="FORMAT",
        autocompletion=_complete_output,
        help="Format: table, wide for all columns, json, yaml, name, jsonpath=TEMPLATE, or "
        "custom-columns=HEADING:PATH,... (default table)",
    ),
]


def get(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KIND [NAME...]",
            help="nodes, peers, locations, all, or several kinds, such as nodes,peers; KIND/NAME also works",
            autocompletion=completion("words"),
            show_default=False,
        ),
    ] = None,
    output: OutputOption = "table",  # type: ignore[assignment] # typer parses it
    selector: Annotated[
        str,
        typer.Option(
            "--selector",
            "-l",
            metavar="QUERY",
            help="Label selector for nodes or peers, such as a=b,c!=d",
        ),
    ] = "",
    sort_by: Annotated[
        str, typer.Option(metavar="COLUMN", help="Column to sort by, such as last-seen (default name)")
    ] = "",
    no_headers: Annotated[bool, typer.Option("--no-headers", help="Leave out the header line of a table")] = False,
    as_tree: Annotated[
        bool,
        typer.Option(
            "--tree",
            help="Draw the locations, nodes, and peers as a tree; only for locations, without names, -o, "
            "--sort-by, or -w",
        ),
    ] = False,
    follow: Annotated[
        bool,
        typer.Option(
            "--watch", "-w", help="After the list, print each change until you stop kgctl; only for one kind"
        ),
    ] = False,
) -> None:
    """List nodes, peers, or locations.

    Examples:
      # List the nodes, and whether they are ready and lead their location
      kgctl get nodes

      # List the peers with all columns
      kgctl get peers -o wide

      # Print one location as JSON
      kgctl get location berlin -o json

      # Print names and keys
      kgctl get peers -o custom-columns=NAME:.metadata.name,KEY:.status.publicKey
    """
    query = Query.parse(words or [], selector, sort_by)
    style = ListStyle(output=output, headed=not no_headers, width=terminal.width)
    run: Invocation = context.obj
    if as_tree:
        check_tree(query, is_text=output.format is ListFormat.TABLE and not follow)
    if follow:
        watch(run, query, style)
        return
    mesh_view = view(run.cluster, run.options, run.mesh())
    terminal.tell(mesh_view.notices)
    if as_tree:
        typer.echo(location_tree(mesh_view, sys.stdout.encoding), nl=False)
        return
    text = list_text(query.listed(mesh_view), style)
    if not text and output.format is not ListFormat.JSONPATH:
        terminal.say("nothing to list")
    typer.echo(text, nl=False)
    if terminal.width and DISCOVERED in text and output.is_table:
        terminal.say(f"{DISCOVERED} the endpoint at which the nodes see the node or peer, for example behind NAT")

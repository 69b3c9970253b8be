"""`kgctl get --watch`: what is there, and then what changes, until Ctrl-C."""

import threading
from typing import Any, assert_never

import typer

from kgctl_py.cli.connectivity import tell_connectivity
from kgctl_py.cli.inspect.get_output import Output, Style, table
from kgctl_py.cli.inspect.get_request import Query
from kgctl_py.cli.invocation import Invocation
from kgctl_py.listing.view import view
from kgctl_py.mesh.model import Mesh
from kgctl_py.render.json_yaml import as_json, as_yaml
from kgctl_py.terminal import terminal
from kgctl_py.visible import visible

_RESYNC = 30.0
"""Seconds after which names are looked up anew, though nothing has changed."""


def watch(run: Invocation, query: Query, style: Style) -> None:
    """Print all that is asked for, then each item that is another one than before; what is gone is said."""
    from kgctl_py.cluster.follow import Live

    meshes = iter(Live(run.cluster, resync=_RESYNC, stop=threading.Event(), tell=tell_connectivity))
    with terminal.busy("reading nodes and peers"):
        first = next(meshes)
    printer = _Printer(run, query, style)
    printer.show(first, may_lack_names=False)
    for mesh in meshes:
        printer.show(mesh, may_lack_names=True)


class _Printer:
    """What was printed, so that only what is new or different is printed again."""

    def __init__(self, run: Invocation, query: Query, style: Style) -> None:
        self.invocation, self.query, self.style = run, query, style
        self.resource = query.requests[0].resource
        self.shown: dict[str, object] = {}

    def show(self, mesh: Mesh, *, may_lack_names: bool) -> None:
        seen = view(self.invocation.cluster, self.invocation.options, mesh)
        with terminal.only_news():
            for warning, hint in seen.remarks:
                terminal.warn(warning, hint)
        ((_, items),) = self.query.listed(seen, may_lack_names=may_lack_names)
        states = {item.name: self.resource.state(item) for item in items}
        changed = [n for n, item in enumerate(items) if self.shown.get(item.name) != states[item.name]]
        gone = [name for name in self.shown if name not in states]
        self.shown = states
        self._print(items, changed, gone)

    def _print(self, items: list[Any], changed: list[int], gone: list[str]) -> None:
        for name in gone:
            terminal.say(f'{self.resource.singular} "{name}" is gone')
        documents = [self.resource.document(items[n]) for n in changed]
        documents += [self.resource.without_status(name) for name in gone]
        match self.style.output:
            case Output.TABLE | Output.WIDE:
                self._print_rows(items, changed)
            case Output.NAME:
                named = (f"{self.resource.singular}/{visible(items[n].name)}\n" for n in changed)
                typer.echo("".join(named), nl=False)
            case Output.JSON:
                typer.echo("".join(map(as_json, documents)), nl=False)
            case Output.YAML:
                typer.echo("".join(f"---\n{as_yaml(one)}" for one in documents), nl=False)
            case _:
                assert_never(self.style.output)

    def _print_rows(self, items: list[Any], changed: list[int]) -> None:
        if changed:
            typer.echo(table(self.resource, items, self.style, only=changed), nl=False)
            self.style = Style(self.style.output, headed=False)

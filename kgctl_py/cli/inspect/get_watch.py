"""`kgctl get --watch`: print a list, and then its changes until Ctrl-C."""

import threading

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.remarks import News, tell_connectivity
from kgctl_py.cli.terminal import terminal
from kgctl_py.listing.list_changes import list_changes
from kgctl_py.listing.list_formats import ListStyle, changes_text
from kgctl_py.listing.listed_mesh import view
from kgctl_py.listing.query import Query
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.value import replace

_RESYNC = 30.0
"""The seconds after which names are resolved again without a change."""


def watch(run: Invocation, query: Query, style: ListStyle) -> None:
    """Print the list of the query, and then its changed and removed items."""
    from kgctl_py.cluster.mesh_updates import Live

    query.check_watchable()
    run.check_watchable("--watch")
    meshes = iter(Live(run.cluster, resync=_RESYNC, stop=threading.Event(), tell=tell_connectivity))
    with terminal.busy("reading nodes and peers"):
        first = next(meshes)
    printer = _Printer(run, query, style)
    printer.show(first, may_lack_names=False)
    for mesh in meshes:
        printer.show(mesh, may_lack_names=True)


class _Printer:
    """Prints new and changed items, and keeps the printed ones for comparison."""

    def __init__(self, run: Invocation, query: Query, style: ListStyle) -> None:
        self._run, self._query, self._style = run, query, style
        self._resource = query.requests[0].resource
        self._states: dict[str, object] = {}
        self._news = News()

    def show(self, mesh: Mesh, *, may_lack_names: bool) -> None:
        mesh_view = view(self._run.cluster, self._run.options, mesh)
        self._news.next_round()
        self._news.tell(mesh_view.notices)
        ((_, items),) = self._query.listed(mesh_view, may_lack_names=may_lack_names)
        changes = list_changes(self._resource, items, self._states)
        self._states = dict(changes.states)
        for name in changes.removed:
            terminal.say(f'{self._resource.singular} "{self._resource.shown_name(name)}" removed')
        text = changes_text(self._resource, changes, replace(self._style, width=terminal.width))
        typer.echo(text, nl=False)
        if text:
            self._style = replace(self._style, headed=False)

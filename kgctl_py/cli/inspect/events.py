"""`kgctl events`: print what happens in the mesh, and run a command for each event."""

import enum
import functools
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Annotated

import typer

from kgctl_py.changes.events import Event, present_events
from kgctl_py.changes.mesh_changes import State
from kgctl_py.cli.inspect.event_command import CommandLimits, EventCommand
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.remarks import tell_connectivity
from kgctl_py.cli.terminal import terminal
from kgctl_py.compare.follow_events import event_state, follow_events
from kgctl_py.errors import UsageError
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.render.changes.event_lines import event_json, event_text

_RESYNC = 60.0
"""The seconds after which names are resolved again without a change."""


class Output(enum.StrEnum):
    """The forms of an event."""

    TEXT = "text"
    JSON = "json"


def events(
    context: typer.Context,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Print each event until you stop kgctl")] = False,
    on_event: Annotated[
        str | None,
        typer.Option(
            metavar="COMMAND",
            help="Shell command to run for each event, with the event as JSON on stdin; needs --watch",
        ),
    ] = None,
    output: Annotated[
        Output, typer.Option("--output", "-o", help="Format: text, or json with an event in each line")
    ] = Output.TEXT,
) -> None:
    """Show what happens in the mesh, such as a new leader or a stale node.

    Without --watch, kgctl prints the current state, such as the leaders and the nodes that are not ready.

    Examples:
      # Print each event
      kgctl events -w

      # Send each event to a webhook
      kgctl events -w --on-event 'curl -sS --json @- https://alerts.example.com'
    """
    run: Invocation = context.obj
    if watch or on_event is not None:
        run.check_watchable("--watch" if on_event is None else "--on-event", [] if watch else ["--watch"])
    if on_event is not None and not watch:
        raise UsageError("--on-event needs --watch", hint="add --watch")
    command = None if on_event is None else EventCommand(on_event, terminal.warn, CommandLimits())
    with command or nullcontext():
        for time, event in _followed(run) if watch else _present(run):
            line = event_json(time, event)
            if command:  # before the event is printed, so that Ctrl-C cannot come between
                command.run(event.kind.value, line)
            typer.echo(line if output is Output.JSON else event_text(time, event))


def _present(run: Invocation) -> Iterator[tuple[float, Event]]:
    mesh = run.mesh()
    return ((mesh.now, event) for event in present_events(_state(run, mesh)))


def _followed(run: Invocation) -> Iterator[tuple[float, Event]]:
    from kgctl_py.cluster.mesh_updates import Live

    meshes = iter(Live(run.cluster, resync=_RESYNC, stop=threading.Event(), tell=tell_connectivity))
    for happened in follow_events(meshes, functools.partial(_state, run)):
        yield happened.time, happened.event


def _state(run: Invocation, mesh: Mesh) -> State:
    return event_state(mesh, run.options.granularity, run.cluster.look_up)

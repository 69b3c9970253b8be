"""`kgctl simulate`: show what would change with other nodes, Peers, or settings."""

from collections.abc import Iterable, Iterator

import typer

from kgctl_py.changes.change import Changes
from kgctl_py.changes.new_node import NewNode, joined_node
from kgctl_py.changes.what_if import WhatIf
from kgctl_py.cli.data_formats import Format, FormatOption, formatted
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options import grouped
from kgctl_py.cli.options.what_if_options import WhatIfOptions
from kgctl_py.cli.terminal import terminal
from kgctl_py.compare.read_peers import read_peers
from kgctl_py.compare.simulate import simulate
from kgctl_py.errors import ExitCode, UsageError
from kgctl_py.mesh.nodes_and_peers import Mesh, Node, Peer
from kgctl_py.notice import Notice, note
from kgctl_py.render.changes.changes_data import changes_data
from kgctl_py.render.changes.changes_text import changes_text
from kgctl_py.render.changes.shortened_lists import Style


@grouped
def simulate_(context: typer.Context, options: WhatIfOptions, output: FormatOption = Format.TEXT) -> None:
    """Show what a change of nodes, Peers, or settings would do to the mesh.

    Shows which leaders, WireGuard IPs, tunnels, and findings would change, and what would be cut off or newly
    reached. Changes nothing. Exits with 1 if something would be cut off.

    Examples:
      # Remove a node
      kgctl simulate --without berlin-1

      # Add a node
      kgctl simulate --with-node berlin-9,location=berlin,endpoint=203.0.113.9:51820

      # Change the granularity
      kgctl simulate --granularity full
    """
    if options.suppose_nothing():
        raise UsageError("no change given", hint="to see what you can change: kgctl simulate --help")
    new_nodes, subnet = options.new_nodes(), options.kilo_subnet()
    removed, peers = options.removed_nodes(), _peers(options.peer_file)
    run: Invocation = context.obj
    mesh = run.mesh()
    joined: list[Node] = []
    for new in new_nodes:
        joined.append(joined_node(new, Mesh.of((*mesh.nodes, *joined), mesh.peers, mesh.now)))
    what_if = WhatIf(
        without=removed,
        nodes=tuple(joined),
        peers=peers,
        granularity=options.granularity,
        subnet=subnet,
    )
    changes, notices = simulate(run.cluster, run.options, mesh, what_if)
    terminal.tell((*_assumed(new_nodes, joined), *notices))
    print_changes(changes, output)


def print_changes(changes: Changes, output: Format) -> None:
    """Print the differences; exit with 1 if something is cut off, or if that is unknown."""
    style = Style(width=terminal.width, everything=terminal.verbose)
    typer.echo(formatted(output, changes_data(changes), lambda: changes_text(changes, style)), nl=False)
    if changes.cuts_off or (changes and not changes.reach_is_known):
        raise typer.Exit(ExitCode.FAILED)


def _peers(paths: list[str]) -> tuple[Peer, ...]:
    peers: list[Peer] = []
    for path in paths:
        read, notices = read_peers(path)
        terminal.tell(notices)
        peers += read
    return tuple(peers)


def _assumed(new_nodes: Iterable[NewNode], joined: Iterable[Node]) -> Iterator[Notice]:
    """Yield a note for each node with assumed values, which names the keys to set them."""
    for new, node in zip(new_nodes, joined, strict=True):
        values = (
            ("endpoint", new.endpoint, node.endpoint),
            ("internal-ip", new.internal_ip, node.internal_ip),
            ("pod-cidr", new.subnet, node.subnet),
        )
        assumed = ",".join(f"{key}={value}" for key, given, value in values if given is None)
        if assumed:
            yield note(f'note: kgctl assumes for node "{node.name}": {assumed}')

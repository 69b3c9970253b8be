"""`kgctl disconnect`: remove what an interrupted `kgctl connect` left behind."""

from typing import Annotated

import typer

from kgctl_py.cli import completion
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.join.connect import peer_name
from kgctl_py.cli.options.connect_options import DEFAULT_INTERFACE, InterfaceOption, check_interface_name
from kgctl_py.cli.terminal import terminal
from kgctl_py.connect.leftovers import remove_left_interface
from kgctl_py.connect.registration import host_mark, remove_marked_peer
from kgctl_py.errors import KgctlError
from kgctl_py.net import permission


def disconnect(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="Name of the peer (default the peer of the interface, or the host name)",
            autocompletion=completion("peers"),
        ),
    ] = None,
    interface: InterfaceOption = DEFAULT_INTERFACE,
) -> None:
    """Clean up after an interrupted "kgctl connect".

    Removes only the interface and the Peer that "kgctl connect" created on this machine. Needs Linux and root.

    Examples:
      sudo --preserve-env=KUBECONFIG kgctl disconnect
    """
    check_interface_name(interface)
    named = peer_name(name)
    permission.check(f"to remove the peer: kgctl peer rm {named}")
    run: Invocation = context.obj
    if run.options.from_file:
        run.cluster.peers().check_existing()  # raises for a saved cluster, before the interface is removed
    left = remove_left_interface(interface)
    if left is not None:
        terminal.say(f'interface "{interface}" removed')
    peer = named if name or left is None else left
    removed = _remove_peer(run, peer, interface, was_connected=left is not None)
    if removed:
        terminal.say(f'peer "{peer}" removed')
    elif left is None:
        terminal.say(
            f'nothing to clean up: found neither an interface "{interface}" nor a peer "{peer}" '
            'that "kgctl connect" created on this machine'
        )


def _remove_peer(run: Invocation, peer: str, interface: str, *, was_connected: bool) -> bool:
    """Remove the peer of this machine if it exists; raise KgctlError if the cluster cannot be read."""
    try:
        return remove_marked_peer(run.cluster, run.options, peer, host_mark(interface))
    except KgctlError as error:
        if was_connected:
            text = f'peer "{peer}" may still exist in the cluster: {error.message}'
        else:
            text = f'interface "{interface}" not found, and kgctl cannot read peer "{peer}": {error.message}'
        raise KgctlError(text, hint=error.hint) from None

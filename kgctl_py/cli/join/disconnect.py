"""`kgctl disconnect`: remove what an interrupted `kgctl connect` left behind."""

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.join.connect import NameArgument, peer_name
from kgctl_py.cli.options.connect_options import DEFAULT_INTERFACE, InterfaceOption, check_interface_name
from kgctl_py.cli.terminal import terminal
from kgctl_py.connect.leftovers import remove_left_interface
from kgctl_py.connect.registration import host_mark, remove_marked_peer
from kgctl_py.net import permission


def disconnect(
    context: typer.Context, name: NameArgument = None, interface: InterfaceOption = DEFAULT_INTERFACE
) -> None:
    """Clean up after an interrupted connect.

    Removes the interface and the peer that "kgctl connect" created on this host, and nothing else.

    Examples:
      sudo --preserve-env=KUBECONFIG kgctl disconnect
    """
    check_interface_name(interface)
    named = peer_name(name)
    permission.check(f"kgctl peer rm {named}", f"sudo --preserve-env=KUBECONFIG kgctl disconnect {named}")
    left = remove_left_interface(interface)
    terminal.say(f'interface "{interface}" {"removed" if left is not None else "not found"}')
    run: Invocation = context.obj
    peer = named if name or left is None else left
    removed = remove_marked_peer(run.cluster, run.options, peer, host_mark(interface), terminal.tell_notice)
    terminal.say(f'peer "{peer}" removed' if removed else f'no peer "{peer}" of this host found')

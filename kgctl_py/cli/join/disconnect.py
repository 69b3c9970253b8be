"""`kgctl disconnect`: what a run of `kgctl connect` left behind is removed by hand."""

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.join.connect import NameArgument, mark, peer_name
from kgctl_py.cli.options.connect_options import DEFAULT_INTERFACE, InterfaceOption, check_interface
from kgctl_py.connect import tunnel
from kgctl_py.connect.registration import remove_marked
from kgctl_py.net import dns, permission
from kgctl_py.net.lock import interface_lock
from kgctl_py.terminal import terminal


def disconnect(
    context: typer.Context, name: NameArgument = None, interface: InterfaceOption = DEFAULT_INTERFACE
) -> None:
    """Remove the interface and the Peer that an ended "kgctl connect" left; nothing that it did not make."""
    check_interface(interface)
    named = peer_name(name)
    permission.check(f"kgctl peer rm {named}", f"sudo --preserve-env=KUBECONFIG kgctl disconnect {named}")
    with interface_lock(interface):
        tunnel.check_free(interface)
        dns.unset_dns_if_any(interface)
        peer = tunnel.remove_marked(interface)
    terminal.say(f'interface "{interface}" {"removed" if peer is not None else "is not there"}')
    run: Invocation = context.obj
    gone = named if name or peer is None else peer
    removed = remove_marked(run.cluster, run.options, gone, mark(interface))
    terminal.say(f'peer "{gone}" removed' if removed else f'there is no peer "{gone}" that this host has left')

"""`kgctl connect`: make this machine a peer of the mesh while kgctl runs."""

import socket
from typing import Annotated

import typer

from kgctl_py import wireguard
from kgctl_py.cli import completion
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.join.event_output import LogLevel, LogLevelOption, Output, OutputOption, open_event_log
from kgctl_py.cli.options import grouped
from kgctl_py.cli.options.change_options import check_name
from kgctl_py.cli.options.connect_options import InterfaceChoices, PeerChoices
from kgctl_py.cli.terminal import terminal
from kgctl_py.connect.connection import hold_connection, plan_connection
from kgctl_py.connect.end_on_signal import SignalHandler
from kgctl_py.connect.interface.marked_interface import check_interface_free
from kgctl_py.connect.registration import HostPeer, host_mark
from kgctl_py.fs.key_file import read_key
from kgctl_py.net import permission, set_name_servers
from kgctl_py.net.lock import interface_lock
from kgctl_py.wireguard import keygen

NameArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="NAME", help="Name of the peer (default the host name)", autocompletion=completion("peers")
    ),
]


@grouped
def connect(
    context: typer.Context,
    peer: PeerChoices,
    interface: InterfaceChoices,
    name: NameArgument = None,
    log_level: LogLevelOption = LogLevel.INFO,
    output: OutputOption = Output.TEXT,
) -> None:
    """Connect this machine to the mesh until you stop kgctl.

    Creates a Peer and a WireGuard interface, and updates the interface when the mesh changes. On exit, removes
    the interface, and the Peer if kgctl created it. Needs Linux and root.

    Examples:
      sudo --preserve-env=KUBECONFIG kgctl connect
    """
    allowed_ips, name = peer.addresses(), peer_name(name)
    settings = interface.settings()
    permission.check(f"to create the peer and print its configuration: kgctl peer add {name}")
    resolver = set_name_servers.find_resolver() if settings.dns else None
    private_key = _private_key(peer.private_key)
    host_peer = HostPeer(
        name=name,
        mark=host_mark(settings.name),
        key=keygen.public_key(private_key),
        allowed_ips=allowed_ips,
        keepalive=peer.persistent_keepalive,
        update=peer.update,
    )
    run: Invocation = context.obj
    signals = SignalHandler()
    with interface_lock(settings.name), signals.installed():
        check_interface_free(settings.name)
        with open_event_log(output, log_level.level) as (event_log, screen):
            connection, notices = plan_connection(run.cluster, host_peer, private_key, settings, resolver)
            terminal.tell(notices)
            hold_connection(run.cluster, run.options, connection, event_log, screen, signals, terminal.tell_notice)


def peer_name(name: str | None) -> str:
    """Return the name of the peer, by default that of the host; raise UsageError if it is invalid."""
    name = name or socket.gethostname().lower()
    check_name(name)
    return name


def _private_key(source: str | None) -> wireguard.Key:
    if source is None:
        return keygen.generate_private_key()
    key, notices = read_key(source)
    terminal.tell(notices)
    return key

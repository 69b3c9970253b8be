"""`kgctl heal`: restart the sessions of an interface that another program manages."""

from typing import Annotated

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.join.event_output import LogLevel, LogLevelOption, Output, OutputOption, lines_on_stdout
from kgctl_py.cli.options.connect_options import check_interface_name
from kgctl_py.connect.end_on_signal import SignalHandler
from kgctl_py.connect.healing.heal_interface import check_interface_exists, heal_interface
from kgctl_py.net import permission
from kgctl_py.net.lock import interface_lock


def heal(
    context: typer.Context,
    interface: Annotated[str, typer.Argument(metavar="INTERFACE", help="WireGuard interface")],
    log_level: LogLevelOption = LogLevel.INFO,
    output: OutputOption = Output.TEXT,
) -> None:
    """Restart WireGuard sessions that broke when the mesh changed.

    Use this command for an interface that wg-quick or another program created; "kgctl connect" does the same
    for its own interface. WireGuard alone needs 15 seconds to notice a broken session. Runs until you stop it.
    Needs Linux and root.

    Examples:
      sudo --preserve-env=KUBECONFIG kgctl heal wg0
    """
    check_interface_name(interface, "")
    permission.check("run it on the Linux machine that has the interface")
    run: Invocation = context.obj
    signals = SignalHandler()
    with interface_lock(interface), signals.installed():
        check_interface_exists(interface)
        heal_interface(run.cluster, run.options, interface, lines_on_stdout(output, log_level.level), signals)

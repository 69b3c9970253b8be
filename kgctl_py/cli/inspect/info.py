"""`kgctl info`: the network settings of a cluster and their sources."""

import typer

from kgctl_py.cli.data_formats import Format, FormatOption, formatted
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.terminal import terminal
from kgctl_py.diagnose.network_info import network_info
from kgctl_py.render.cluster_info import info_data, info_text


def info(context: typer.Context, output: FormatOption = Format.TEXT) -> None:
    """Show the network settings of the cluster, and the source of each value.

    Examples:
      # Show the settings
      kgctl info

      # Print them as JSON
      kgctl info -o json
    """
    run: Invocation = context.obj
    result = network_info(run.cluster, run.options, run.mesh())
    terminal.tell(result.notices)
    data = info_data(result.facts, result.unreadable)
    typer.echo(formatted(output, data, lambda: info_text(result.facts, terminal.width)), nl=False)

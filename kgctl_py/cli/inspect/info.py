"""`kgctl info`: what the network of a cluster is, and where that was read."""

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.output_formats import Format, FormatOption, formatted
from kgctl_py.cli.terminal import terminal
from kgctl_py.diagnose.network_info import network_info
from kgctl_py.render.info import info_data, info_text


def info(context: typer.Context, output: FormatOption = Format.TEXT) -> None:
    """Show what the cluster's network is, and where each value was read.

    It is Kilo's granularity, subnet and port, the CIDRs of pods and Services, and the cluster's DNS.

    For example: kgctl info -o json
    """
    run: Invocation = context.obj
    result = network_info(run.cluster, run.options, run.mesh())
    terminal.tell(result.notices)
    data = info_data(result.facts, result.unreadable)
    typer.echo(formatted(output, data, lambda: info_text(result.facts)), nl=False)

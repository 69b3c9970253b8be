"""`kgctl info`: what the network of a cluster is, and where that was read."""

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.output_formats import Format, FormatOption, formatted
from kgctl_py.render.info import info_data, info_text
from kgctl_py.terminal import terminal


def info(context: typer.Context, output: FormatOption = Format.TEXT) -> None:
    """Show what the cluster's network is, and where each value was read.

    It is Kilo's granularity, subnet and port, the CIDRs of pods and Services, and the cluster's DNS.

    For example: kgctl info -o json
    """
    from kgctl_py.diagnose import overview  # the other commands need not wait for what it loads

    run: Invocation = context.obj
    mesh, networks = run.mesh(), run.cluster.networks()
    facts = list(overview.facts(run.cluster, run.options, mesh, networks))
    tell = terminal.warn if run.cluster.is_live else terminal.detail
    for line in networks.unreadable:
        tell(line)
    typer.echo(formatted(output, info_data(facts, networks.unreadable), lambda: info_text(facts)), nl=False)

"""`kgctl info`: what the network of a cluster is, and where that was read."""

import enum
from typing import Annotated, assert_never

import typer

from kgctl_py.render.document import as_json, as_yaml
from kgctl_py.render.info import info_data, info_text
from kgctl_py.session import Session
from kgctl_py.terminal import terminal


class InfoFormat(enum.StrEnum):
    """How the facts are printed."""

    TEXT = "text"
    JSON = "json"
    YAML = "yaml"


def info(
    context: typer.Context,
    output: Annotated[InfoFormat, typer.Option("--output", "-o", help="How to print it.")] = InfoFormat.TEXT,
) -> None:
    """Show what the cluster's network is, and where each value was read.

    It is Kilo's granularity, subnet and port, the CIDRs of pods and Services, and the cluster's DNS.

    For example: kgctl info -o json
    """
    from kgctl_py.commands import overview  # the other commands need not wait for what it loads

    session: Session = context.obj
    mesh, networks = session.mesh(), session.networks()
    facts = list(overview.facts(session, mesh, networks))
    tell = terminal.detail if session.from_file else terminal.warn
    for line in networks.unreadable:
        tell(line)
    match output:
        case InfoFormat.TEXT:
            text = info_text(facts)
        case InfoFormat.JSON:
            text = as_json(info_data(facts, networks.unreadable))
        case InfoFormat.YAML:
            text = as_yaml(info_data(facts, networks.unreadable))
        case _:
            assert_never(output)
    typer.echo(text, nl=False)

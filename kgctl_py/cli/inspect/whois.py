"""`kgctl whois`: who in the mesh has an address or a public key."""

from typing import Annotated

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.output_formats import Format, FormatOption, formatted
from kgctl_py.cli.terminal import terminal
from kgctl_py.diagnose.whois_lookup import look_up_address, look_up_key
from kgctl_py.errors import UsageError
from kgctl_py.render.whois import claims_data, claims_text, keys_data, keys_text
from kgctl_py.wireguard.endpoint import parse_ip

_SHORTEST = 4


def whois_(
    context: typer.Context,
    subject: Annotated[
        str, typer.Argument(metavar="IP|KEY", help="Address, or public key, or at least its first 4 characters")
    ],
    output: FormatOption = Format.TEXT,
) -> None:
    """Show who has an address or a public key, and whether traffic reaches it.

    Examples:
      kgctl whois 10.42.2.17
    """
    ip = parse_ip(subject)
    if ip is None and len(subject) < _SHORTEST:
        raise UsageError(
            f'"{subject}" is neither an address nor the start of a key', hint="kgctl whois 10.42.2.17"
        )
    run: Invocation = context.obj
    mesh = run.mesh()
    topology = run.topology_if_any(mesh)
    if ip is None:
        holders = look_up_key(subject, mesh)
        shown = formatted(output, keys_data(subject, holders), lambda: keys_text(holders, topology))
    else:
        claims, notices = look_up_address(ip, run.cluster, mesh, topology)
        terminal.tell(notices)
        shown = formatted(output, claims_data(subject, claims), lambda: claims_text(subject, claims, topology))
    typer.echo(shown, nl=False)

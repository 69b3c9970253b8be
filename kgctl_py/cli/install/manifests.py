"""`kgctl manifests`: print the manifests that install Kilo."""

import re
from collections.abc import Sequence
from typing import Annotated

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options import grouped
from kgctl_py.cli.options.change_options import pool_option
from kgctl_py.cli.options.installation_options import InstallationOptions
from kgctl_py.cli.options.list_values import words
from kgctl_py.errors import UsageError, either, not_one_of
from kgctl_py.kilo.install.installation import Installation, Part
from kgctl_py.peers.address_choice import DEFAULT_POOL
from kgctl_py.value import replace

OnlyOption = Annotated[
    list[str],
    typer.Option(
        "--part",
        "--only",
        metavar="PART,...",
        help=f"Parts to print: {either(list(Part))} (default the first four)",
    ),
]

SelfServiceOption = Annotated[
    str | None,
    typer.Option(
        metavar="GROUP", help="Add a policy that lets the members of GROUP manage their own peers, and no others"
    ),
]
PoolOption = Annotated[
    str | None,
    typer.Option(
        metavar="CIDR", help=f"Network of the peers of GROUP (default {DEFAULT_POOL}); needs --self-service"
    ),
]
_GROUP = re.compile(r"[A-Za-z0-9][\w.:/@-]{0,252}", re.ASCII)
_IPV4 = 4


@grouped
def manifests(
    context: typer.Context,
    options: InstallationOptions,
    only: OnlyOption = [],  # noqa: B006 # typer copies it
    self_service: SelfServiceOption = None,
    pool: PoolOption = None,
) -> None:
    """Print the manifests that install Kilo.

    The global options --mesh-granularity, --port, and --topology-label set the flags of kg with these names.

    Examples:
      # Install Kilo on k3s
      kgctl manifests --distribution k3s | kubectl apply -f -

      # Let the members of a group manage their own peers
      kgctl manifests --part users --self-service vpn-users
    """
    from kgctl_py.render import kilo_manifests as rendered

    run: Invocation = context.obj
    parts = [_part(word) for word in words(only)]
    installation = options.installation(run.options)
    if self_service is not None:
        installation = _with_self_service(installation, self_service, pool, parts)
    typer.echo(rendered.stream(rendered.manifests(installation, parts)), nl=False)


def _with_self_service(
    installation: Installation, group: str, pool: str | None, parts: Sequence[Part]
) -> Installation:
    """Return the installation with the policy of a group; raise UsageError."""
    if not _GROUP.fullmatch(group):
        raise UsageError(
            f'--self-service "{group}" is not a group name that kgctl can use',
            hint="use letters, digits, and any of -_.:/@",
        )
    if parts and Part.USERS not in parts:
        raise UsageError("--self-service needs --part users", hint="add --part users")
    network = pool_option(pool) or DEFAULT_POOL
    if network.version != _IPV4:
        raise UsageError(f'--pool "{network}" is not an IPv4 network', hint=f"use --pool {DEFAULT_POOL}")
    return replace(installation, self_service=group, self_service_pool=network)


def _part(word: str) -> Part:
    try:
        return Part(word)
    except ValueError:
        raise UsageError(f"--part {not_one_of(word, list(Part))}", hint="for example: --part crds") from None

"""`kgctl manifests`: print the manifests that install Kilo."""

from typing import Annotated

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options import grouped
from kgctl_py.cli.options.installation_options import InstallationOptions
from kgctl_py.cli.options.wg_quick_options import words
from kgctl_py.errors import UsageError
from kgctl_py.kilo.install.installation import Part

OnlyOption = Annotated[
    list[str],
    typer.Option("--part", "--only", metavar="PART,...", help=f"Print only these parts: {', '.join(Part)}"),
]


@grouped
def manifests(context: typer.Context, options: InstallationOptions, only: OnlyOption = []) -> None:  # noqa: B006 # typer copies it
    """Print the manifests that install Kilo.

    --mesh-granularity, --port, and --topology-label set the same options of Kilo.

    Examples:
      kgctl manifests --distribution k3s | kubectl apply -f -
    """
    from kgctl_py.render import kilo_manifests as rendered

    run: Invocation = context.obj
    parts = [_part(word) for word in words(only)]
    typer.echo(rendered.stream(rendered.manifests(options.installation(run.options), parts)), nl=False)


def _part(word: str) -> Part:
    try:
        return Part(word)
    except ValueError:
        raise UsageError(
            f'"{word}" is not a part of the manifests', hint=f"use --part with any of {', '.join(Part)}"
        ) from None

"""`kgctl manifests`: what is applied to a cluster to install Kilo."""

from typing import Annotated

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.option_groups import grouped
from kgctl_py.cli.options.installation_options import InstallationOptions
from kgctl_py.cli.options.wg_quick_options import words
from kgctl_py.errors import UsageError
from kgctl_py.kilo.install.installation import Part

OnlyOption = Annotated[
    list[str], typer.Option(metavar="PART[,PART…]", help=f"Only these parts: {', '.join(Part)}.")
]


@grouped
def manifests(context: typer.Context, options: InstallationOptions, only: OnlyOption = []) -> None:  # noqa: B006 # typer copies it
    """Print the manifests that install Kilo, to be applied by kubectl.

    --mesh-granularity, --port and --topology-label say what Kilo's agent is told.

    For example: kgctl manifests --distribution k3s | kubectl apply -f -
    """
    from kgctl_py.render import manifests as rendered

    run: Invocation = context.obj
    parts = [_part(word) for word in words(only)]
    typer.echo(rendered.stream(rendered.manifests(options.installation(run.options), parts)), nl=False)


def _part(word: str) -> Part:
    try:
        return Part(word)
    except ValueError:
        raise UsageError(
            f'--only "{word}" is no part of the manifests', hint=f"the parts are {', '.join(Part)}"
        ) from None

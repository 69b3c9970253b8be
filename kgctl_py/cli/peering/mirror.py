"""`kgctl peering mirror`: Services of one cluster under a name of another."""

from typing import Annotated

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.peering.sides import open_sides
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.peering.members.read_members import named
from kgctl_py.peering.mirror import mirrored, read_service
from kgctl_py.render.json_yaml import as_yaml
from kgctl_py.wireguard.endpoint import is_dns_name

_LEAST = 3


def mirror(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="CLUSTER CLUSTER NAMESPACE/SERVICE...",
            help="Cluster that has the Services, cluster that gets them, and the Services",
        ),
    ],
) -> None:
    """Print Services that give the second cluster those of the first.

    Pods of the second cluster reach SERVICE of the first as SERVICE-CLUSTER in the
    same namespace. kgctl prints a Service without a selector and EndpointSlices
    with its cluster IP, or with the addresses of its pods if it is headless. It
    changes nothing: apply the output to the second cluster.

    Examples:
      kgctl peering mirror aws edge shop/web | kubectl --context edge apply -f -
    """
    run: Invocation = context.obj
    if len(words) < _LEAST:
        raise UsageError(
            "mirror takes two clusters and at least one Service", hint="kgctl peering mirror aws edge shop/web"
        )
    services = [_place(word) for word in words[2:]]
    side, _ = open_sides(run, words[:2])
    try:
        objects = side.cluster.objects()
        found = [mirrored(read_service(objects, *place), side.name) for place in dict.fromkeys(services)]
        manifests = [manifest for one in found for manifest in one]
    except KgctlError as error:
        raise named(side, error) from None
    typer.echo("---\n".join(as_yaml(manifest) for manifest in manifests), nl=False)


def _place(word: str) -> tuple[str, str]:
    """Return the namespace and the name of a Service; raise UsageError for what is neither."""
    namespace, _, name = word.partition("/")
    if not (is_dns_name(namespace) and is_dns_name(name)):
        raise UsageError(f'"{word}" is not NAMESPACE/SERVICE', hint="kgctl peering mirror aws edge shop/web")
    return namespace, name

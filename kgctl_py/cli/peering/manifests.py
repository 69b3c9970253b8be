"""`kgctl peering manifests`: print Deployments that keep two clusters joined."""

from typing import Annotated

import typer

from kgctl_py.cli import OUTPUT
from kgctl_py.cli.peering.loop_options import check_loop_options
from kgctl_py.cli.peering.sides import check_two
from kgctl_py.cli.peering.sources import METAVAR, check_names, parse_source
from kgctl_py.errors import UsageError
from kgctl_py.escape_text import is_visible
from kgctl_py.peering.loop_manifests import Loop, loop_manifests, namespaces
from kgctl_py.render.json_yaml import as_yaml
from kgctl_py.wireguard.endpoint import is_dns_name

_MOST = 100
_NAMES = "Names of the two clusters, such as their contexts; kgctl does not connect to them"


def manifests(
    context: typer.Context,
    image: Annotated[str, typer.Option(metavar="IMAGE", help="Container image of kgctl (required)")],
    clusters: Annotated[list[str], typer.Argument(metavar=f"{METAVAR} {METAVAR}", help=_NAMES)] = [],  # noqa: B006 # typer copies it
    namespace: Annotated[
        str, typer.Option(metavar="NAMESPACE", help="Namespace of the Deployments")
    ] = "kube-system",
    option: Annotated[
        list[str],
        typer.Option(
            metavar="OPTION",
            help='Option to pass to "kgctl peering connect", such as --option=--annotate; repeatable',
        ),
    ] = [],  # noqa: B006 # typer copies it
    replicas: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=1,
            max=_MOST,
            help="Number of pods of each Deployment; one is active, and the others are on standby",
        ),
    ] = 1,
    only: Annotated[
        str | None,
        typer.Option(
            "--only",
            metavar="NAME",
            help="Print only the manifests for this cluster (default both)",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
) -> None:
    """Print Deployments that keep two clusters joined.

    Each Deployment runs "kgctl peering connect --watch", and writes only to its own cluster. The manifests also
    contain the ServiceAccounts and roles. To read the other cluster, each Deployment needs a kubeconfig, which the
    manifests do not contain: create it with the read-only token in the Secret kgctl-peering-reader of the other
    cluster NAME, and store it in the Secret kgctl-peering-NAME under the key "kubeconfig".

    Examples:
      # Print the manifests of both clusters
      kgctl peering manifests aws edge --image example.com/kgctl:0.1.0

      # Print those to apply to the cluster aws
      kgctl peering manifests aws edge --image example.com/kgctl:0.1.0 --only aws
    """
    check_two(clusters, "manifests", " --image example.com/kgctl:0.1.0")
    sources = [parse_source(word) for word in clusters]
    check_names(sources)
    first, second = (source.name for source in sources)
    if only not in (None, first, second):
        raise UsageError(f'--only "{only}" is not one of the clusters', hint=f"use {first} or {second}")
    if not is_dns_name(namespace) or "." in namespace:
        raise UsageError(f'--namespace "{namespace}" is not a valid namespace')
    if not image or not is_visible(image) or " " in image:
        raise UsageError(f'--image "{image}" is not a valid image name')
    check_loop_options(context, (first, second), option)
    for own, other in ((first, second), (second, first)):
        if only in (None, own):
            loop = Loop(
                own=own, other=other, namespace=namespace, image=image, arguments=tuple(option), replicas=replicas
            )
            typer.echo(f"# cluster {own}")
            for manifest in (*namespaces(namespace), *loop_manifests(loop)):
                typer.echo(f"---\n{as_yaml(manifest)}", nl=False)

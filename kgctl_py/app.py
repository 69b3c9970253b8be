"""The command line: the global options, and the object that they configure."""

import enum
import sys
from typing import Annotated, NoReturn

import typer

from kgctl_py import __version__
from kgctl_py.cli.command_list import OFFLINE
from kgctl_py.cli.terminal import terminal
from kgctl_py.limits import REQUEST_TIMEOUT
from kgctl_py.names import TOPOLOGY_LABEL
from kgctl_py.root_group import RootGroup
from kgctl_py.system import program

app = typer.Typer(
    cls=RootGroup,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)


class GranularityChoice(enum.StrEnum):
    """`--mesh-granularity`: a granularity, or the one that the nodes report."""

    LOCATION = "location"
    FULL = "full"
    CROSS = "cross"
    AUTO = "auto"


class BackendChoice(enum.StrEnum):
    """`--backend`: Kubernetes is the only one."""

    KUBERNETES = "kubernetes"


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{program()} {__version__}")
        raise typer.Exit


def _seconds_or_none(text: str) -> float:
    from kgctl_py.cli.duration import seconds_or_none  # most command lines set no time

    return seconds_or_none(text)


@app.callback(invoke_without_command=True)
def kgctl(
    context: typer.Context,
    kubeconfig: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Kubeconfig to use (default $KUBECONFIG, ~/.kube/config, or the cluster that kgctl runs in)",
        ),
    ] = None,
    kube_context: Annotated[
        str | None,
        typer.Option(
            "--context", metavar="NAME", help="Context of the kubeconfig to use (default its current context)"
        ),
    ] = None,
    kube_cluster: Annotated[
        str, typer.Option("--cluster", metavar="NAME", help="Cluster of the kubeconfig to use")
    ] = "",
    kube_user: Annotated[str, typer.Option("--user", metavar="NAME", help="User of the kubeconfig to use")] = "",
    as_user: Annotated[str, typer.Option("--as", metavar="USER", help="User to impersonate")] = "",
    as_group: Annotated[list[str], typer.Option(metavar="GROUP", help="Group to impersonate; repeatable")] = [],  # noqa: B006 # typer copies it
    as_uid: Annotated[str, typer.Option(metavar="UID", help="UID to impersonate")] = "",
    request_timeout: Annotated[
        float | None,
        typer.Option(
            metavar="DURATION",
            parser=_seconds_or_none,
            help="Time to wait for a response from the API server, such as 15s or 1m30s; 0 for a day "
            f"(default {REQUEST_TIMEOUT:g}s)",
        ),
    ] = None,
    mesh_granularity: Annotated[
        GranularityChoice,
        typer.Option(
            metavar="location|full|cross|auto",
            help="Nodes that connect to each other: leaders of locations (location), all nodes (full), or all "
            "nodes of different locations (cross); auto uses what most ready nodes report",
        ),
    ] = GranularityChoice.AUTO,
    topology_label: Annotated[
        str, typer.Option(metavar="LABEL", help="Node label that contains the location")
    ] = TOPOLOGY_LABEL,
    port: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=65535,
            metavar="PORT",
            help="WireGuard port of the nodes, 1 to 65535 (default the port of each node's endpoint)",
        ),
    ] = None,
    backend: Annotated[  # noqa: ARG001 # accepted for compatibility with the Go kgctl
        BackendChoice, typer.Option(hidden=True)
    ] = BackendChoice.KUBERNETES,
    from_file: Annotated[
        list[str],
        typer.Option(
            metavar="FILE",
            help="Saved cluster to read: a file of kubectl or kgctl gather, - for stdin, or a Git folder with "
            "Peers; repeatable",
        ),
    ] = [],  # noqa: B006 # typer copies it
    no_resolve: Annotated[
        bool, typer.Option("--no-resolve", help="Do not resolve the DNS names of endpoints")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Print more details")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Print without colors, as NO_COLOR=1 does")] = False,
    version: Annotated[  # noqa: ARG001 # its callback prints the version
        bool, typer.Option("--version", "-v", is_eager=True, callback=_version, help="Print the version and exit")
    ] = False,
) -> None:
    """Inspect and manage a Kilo mesh."""
    terminal.verbose, terminal.colour, terminal.options = verbose, not no_color, None
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
    if context.invoked_subcommand is None or context.invoked_subcommand in OFFLINE:
        return
    from kgctl_py.cli.invocation import Invocation
    from kgctl_py.cluster.open import Options
    from kgctl_py.mesh.nodes_and_peers import Granularity

    auto = mesh_granularity is GranularityChoice.AUTO
    options = Options(
        kubeconfig=kubeconfig,
        context=kube_context,
        cluster=kube_cluster,
        user=kube_user,
        as_user=as_user,
        as_groups=tuple(as_group),
        as_uid=as_uid,
        request_timeout=REQUEST_TIMEOUT if request_timeout is None else request_timeout,
        granularity=None if auto else Granularity(mesh_granularity),
        topology_label=topology_label,
        port=port,
        from_file=tuple(from_file),
        resolve=not no_resolve,
    )
    terminal.options = options
    context.obj = Invocation(options, open_=context.obj)  # tests pass the function that opens a cluster


def main() -> NoReturn:
    """Run kgctl."""
    app()
    raise SystemExit


def complete_for_kubectl() -> NoReturn:
    """Print the completions of `kubectl kilo …`, for which kubectl runs `kubectl_complete-kilo`."""
    from kgctl_py.cli.keys import completion

    completion.ask_as_kubectl(sys.argv[1:])
    try:
        main()
    finally:
        completion.end_for_kubectl()

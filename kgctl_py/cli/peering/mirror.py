"""`kgctl peering mirror`: let another cluster reach Services under names of its own."""

import threading
from collections.abc import Sequence
from typing import Annotated

import typer

from kgctl_py.cli import OUTPUT
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options.change_options import DryRunOption
from kgctl_py.cli.peering.sides import open_sides
from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.kube.objects.reader import UnreadableError
from kgctl_py.peering.members.read_members import Side, named
from kgctl_py.peering.mirroring.mirrored_services import mirrored, read_service
from kgctl_py.peering.mirroring.watch_mirrors import watch_mirrors, write_mirrors
from kgctl_py.peering.mirroring.write_mirrors import MirrorWriter
from kgctl_py.render.json_yaml import as_yaml
from kgctl_py.wireguard.endpoint import is_dns_name

_CLUSTERS = 2
_HINT = "for example: kgctl peering mirror aws edge shop/web"


def mirror(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="CLUSTER CLUSTER [NAMESPACE/SERVICE...]",
            help="Cluster that has the Services, cluster to mirror them to, and the Services (optional with "
            "--remove)",
        ),
    ] = [],  # noqa: B006 # typer copies it
    apply: Annotated[
        bool,
        typer.Option("--apply", help="Write the mirrored Services to the second cluster", rich_help_panel=OUTPUT),
    ] = False,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch",
            help="Write the mirrored Services, and keep them up to date until you stop kgctl",
            rich_help_panel=OUTPUT,
        ),
    ] = False,
    remove: Annotated[
        bool,
        typer.Option(
            "--remove",
            help="Remove mirrored Services from the second cluster (default all Services of the first)",
            rich_help_panel=OUTPUT,
        ),
    ] = False,
    dry_run: DryRunOption = None,
) -> None:
    """Mirror Services of one cluster to another.

    The mirror of the Service "web" of the cluster "aws" is called web-aws, and is in the same namespace. Its
    endpoint is the cluster IP of the Service or, if the Service is headless, its endpoints are the addresses of
    the pods. Without --apply, --watch, or --remove, kgctl prints the manifests, and changes nothing.

    Examples:
      # Print the manifests
      kgctl peering mirror aws edge shop/web

      # Write the Service to edge
      kgctl peering mirror aws edge shop/web --apply

      # Follow the pods of a headless Service
      kgctl peering mirror aws edge shop/db --watch

      # Remove all mirrored Services of aws from edge
      kgctl peering mirror aws edge --remove
    """
    run: Invocation = context.obj
    places = tuple(dict.fromkeys(_place(word) for word in words[_CLUSTERS:]))
    if len(words) < _CLUSTERS:
        raise UsageError("peering mirror needs two clusters", hint=_HINT)
    if not (places or remove):
        raise UsageError("missing argument NAMESPACE/SERVICE", hint=_HINT)
    _check_options(apply=apply, watch=watch, remove=remove, dry_run=dry_run is not None)
    near, far = open_sides(run, words[:_CLUSTERS])
    writer = MirrorWriter(side=far, source=near.name, dry_run=dry_run)
    if (apply or watch or remove) and not far.is_writable:
        option = "--watch" if watch else "--apply"
        hint = "use the context of the cluster" if remove else f"to print the manifests, leave out {option}"
        raise UsageError(f'"{far.name}" is a file, which kgctl does not change', hint=hint)
    if remove:
        _remove(writer, places)
    elif watch:
        _watch(near, places, writer)
    elif apply:
        _apply(near, places, writer)
    else:
        _print(near, places)


def _check_options(*, apply: bool, watch: bool, remove: bool, dry_run: bool) -> None:
    """Raise UsageError for options that exclude each other."""
    if remove and (apply or watch):
        raise UsageError(
            f"{'--apply' if apply else '--watch'} and --remove exclude each other", hint="use one of them"
        )
    if dry_run and watch:
        raise UsageError("--dry-run and --watch exclude each other", hint="use --apply instead of --watch")
    if dry_run and not (apply or remove):
        raise UsageError("--dry-run needs --apply or --remove", hint="add --apply")


def _remove(writer: MirrorWriter, places: Sequence[tuple[str, str]]) -> None:
    removed = "would be removed (dry run)" if writer.dry_run else "removed"
    found = False
    for place in writer.remove(places or None):
        found = True
        terminal.say(f"{writer.side.name}: {place} {removed}")
    if not found:
        terminal.say(f"{writer.side.name}: no mirrored Services of {writer.source} to remove")


def _watch(near: Side, places: Sequence[tuple[str, str]], writer: MirrorWriter) -> None:
    from kgctl_py.connect.end_on_signal import SignalHandler

    _apply(near, places, writer)
    stop, signals = threading.Event(), SignalHandler()
    with signals.installed(), signals.on_signal(stop.set):
        terminal.say(f"following the Services of {near.name}; to stop, press Ctrl-C")
        watch_mirrors(near, places, writer, stop, terminal.tell_notice)


def _apply(near: Side, places: Sequence[tuple[str, str]], writer: MirrorWriter) -> None:
    terminal.tell(write_mirrors(near, places, writer))


def _print(near: Side, places: Sequence[tuple[str, str]]) -> None:
    try:
        objects = near.cluster.objects()
        manifests = [one for place in places for one in mirrored(read_service(objects, *place), near.name)]
    except UnreadableError as error:
        hint = error.hint if near.cluster.is_live else "save the file again with the Services of the cluster"
        raise named(near, KgctlError(error.message, hint=hint)) from None
    except KgctlError as error:
        raise named(near, error) from None
    typer.echo("---\n".join(as_yaml(manifest) for manifest in manifests), nl=False)


def _place(word: str) -> tuple[str, str]:
    """Return the namespace and the name of a Service; raise UsageError for another form."""
    namespace, _, name = word.partition("/")
    if not (is_dns_name(namespace) and is_dns_name(name)):
        raise UsageError(f'"{word}" is not NAMESPACE/SERVICE', hint=_HINT)
    return namespace, name

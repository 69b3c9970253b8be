"""Open the clusters that the arguments of a command name."""

from collections.abc import Sequence
from pathlib import Path

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options.kept_peering_options import texts_by_pair
from kgctl_py.cli.options.peering_options import PeeringOptions
from kgctl_py.cli.options.peering_write_options import WriteOptions
from kgctl_py.cli.peering.git_folders import with_folders
from kgctl_py.cli.peering.sources import Source, check_is_cluster, check_names, derived_name, parse_source
from kgctl_py.cluster.open import Options
from kgctl_py.errors import UsageError
from kgctl_py.peering.members.read_members import Side
from kgctl_py.peering.planning.settings import PeeringSettings
from kgctl_py.value import replace

_TWO = 2


def check_two(words: Sequence[str], command: str, more: str = "", *, at_least: bool = False) -> None:
    """Raise UsageError for more or fewer than two clusters; `more` completes the example."""
    if len(words) < _TWO or (len(words) > _TWO and not at_least):
        raise UsageError(
            f"peering {command} needs {'at least' if at_least else 'exactly'} two clusters",
            hint=f"for example: kgctl peering {command} aws edge{more}",
        )


def open_sides(run: Invocation, words: Sequence[str]) -> tuple[Side, ...]:
    """Return the clusters, unread; raise UsageError if two have the same name, or a global option selects one."""
    _check_global_options(run.options)
    sources = [parse_source(word) for word in words]
    check_names(sources)
    return tuple(open_side(run, source) for source in sources)


def prepare(
    context: typer.Context, words: Sequence[str], options: PeeringOptions, write: WriteOptions, grace: float
) -> tuple[tuple[Side, ...], PeeringSettings]:
    """Return the clusters, unread, and the settings of their peering; raise UsageError."""
    run: Invocation = context.obj
    opened = open_sides(run, words)
    known = [side.name for side in opened]
    folders = write.folders(known)
    sides = with_folders(context, opened, folders) if folders else opened
    settings = write.settings(options.settings(known, grace))
    _check_services_via(settings, options.services)
    writes = write.writes(known)
    return tuple(
        replace(side, is_writable=side.is_writable and side.name in writes)
        for side in with_service_cidrs(sides, options)
    ), replace(settings, texts=texts_by_pair(options, known))


def _check_services_via(settings: PeeringSettings, services: str) -> None:
    """Raise UsageError for a cluster with a segment for its Services, although they are not routed."""
    for name, segment in settings.services_via.items():
        if not settings.routes_services_of(name):
            option = f'--services-via "{name}={segment}"'
            raise UsageError(f'{option} and --services "{services}" exclude each other', hint="use one of them")


def with_service_cidrs(sides: Sequence[Side], options: PeeringOptions) -> tuple[Side, ...]:
    """Return the clusters with the Service CIDRs of the options; raise UsageError."""
    stated = options.service_cidrs([side.name for side in sides])
    return tuple(replace(side, services=stated.get(side.name)) for side in sides)


def current_side(run: Invocation) -> Side:
    """Return the cluster that the global options select."""
    files = run.options.from_file
    source = Path(files[0]).name.partition(".")[0] if files else run.cluster.source
    return Side(
        name=derived_name(source) or "here",
        cluster=run.cluster,
        is_writable=run.cluster.is_live,
        granularity=run.options.granularity,
    )


def open_side(run: Invocation, source: Source) -> Side:
    """Return one cluster, unread."""
    cluster = run.open(source.options(run.options))
    check_is_cluster(source, cluster)
    cluster.refresh()  # another kgctl may have just changed its nodes
    return Side(
        name=source.name,
        cluster=cluster,
        kubectl=source.command("kubectl", run.options),
        kgctl=source.command("kgctl", run.options),
        word=source.word,
        is_writable=cluster.is_live,
        granularity=run.options.granularity,
    )


def _check_global_options(options: Options) -> None:
    given = {
        "--context": options.context,
        "--cluster": options.cluster,
        "--user": options.user,
        "--from-file": options.from_file,
    }
    for flag, value in given.items():
        if value:
            raise UsageError(
                f"{flag} does not work with this command",
                hint="name each cluster by an argument: its context, KUBECONFIG#CONTEXT, or a file",
            )

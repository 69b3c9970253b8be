"""The clusters that a command is about, each `[NAME=]CONTEXT`, `[NAME=]KUBECONFIG#CONTEXT` or `[NAME=]FILE`."""

import re
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options.kept_peering_options import texts_by_pair
from kgctl_py.cli.options.peering_options import PeeringOptions
from kgctl_py.cli.options.peering_write_options import WriteOptions
from kgctl_py.cli.peering.git_folders import with_folders
from kgctl_py.errors import UsageError
from kgctl_py.options import Options
from kgctl_py.peering.members.read_members import Side
from kgctl_py.peering.planning.settings import PeeringSettings
from kgctl_py.value import Value, replace

METAVAR = "CLUSTER"
HELP = "Context of the kubeconfig, KUBECONFIG#CONTEXT, or a file; NAME=… gives it another name"

IN_CLUSTER = "in-cluster"
"""The cluster whose pod runs kgctl; on any other host, that of the current context."""

_LONGEST = 40
_NAME = re.compile(rf"[a-z0-9]([a-z0-9-]{{0,{_LONGEST - 2}}}[a-z0-9])?")
_OTHERS = re.compile("[^a-z0-9-]+")
_FILES = (".yaml", ".yml", ".json", ".tar.gz", ".tgz")
_PATHS = ("/", "./", "../", "~")


class Source(Value, frozen=True, kw_only=True):
    """What a word of the command line means: a name, and a context or a file."""

    name: str
    kubeconfig: str = ""
    context: str = ""
    file: str = ""

    def options(self, options: Options) -> Options:
        """Return the options that open it."""
        if self.file:
            return replace(options, from_file=(self.file,))
        return replace(options, kubeconfig=self.kubeconfig or options.kubeconfig, context=self.context or None)

    def kubectl(self, options: Options) -> str:
        """Return how the user's kubectl reaches it."""
        kubeconfig = self.kubeconfig or options.kubeconfig
        flags = {"--kubeconfig": kubeconfig, "--context": self.context}
        return " ".join(["kubectl", *(f"{flag} {shlex.quote(text)}" for flag, text in flags.items() if text)])


def parse_source(text: str) -> Source:
    """Return what a word means; raise UsageError for a name that no Peer could have."""
    name, equals, source = text.partition("=")
    if not equals:
        name, source = "", text
    if not source:
        raise UsageError(
            f'"{text}" names no cluster', hint="kgctl peering connect aws edge=other.kubeconfig#admin"
        )
    kubeconfig, sharp, context = source.partition("#")
    if sharp:
        fields = {"kubeconfig": kubeconfig, "context": context}
    elif source == "-" or source.startswith(_PATHS) or source.endswith(_FILES):
        fields = {"file": source}
    else:
        fields = {} if source == IN_CLUSTER else {"context": source}
    name = name or _derived(
        context or Path(kubeconfig).name.split(".")[0] if "file" in fields or sharp else source
    )
    if not _NAME.fullmatch(name):
        raise UsageError(
            f'"{name}" cannot be the name of a cluster: use up to {_LONGEST} lower-case letters, digits, and "-"',
            hint=f"NAME={shlex.quote(source)}",
        )
    return Source(name=name, **fields)


def open_sides(run: Invocation, words: Sequence[str]) -> tuple[Side, ...]:
    """Return the clusters, unread; raise UsageError when two have one name, or a global option chooses one."""
    _check_global_options(run.options)
    sources = [parse_source(word) for word in words]
    check_names(sources)
    return tuple(open_side(run, source) for source in sources)


def prepare(
    context: typer.Context, words: Sequence[str], options: PeeringOptions, write: WriteOptions, grace: float
) -> tuple[tuple[Side, ...], PeeringSettings]:
    """Return the clusters, unread, and what is wanted of their peering; raise UsageError."""
    run: Invocation = context.obj
    opened = open_sides(run, words)
    known = [side.name for side in opened]
    folders = write.folders(known)
    sides = with_folders(context, opened, folders) if folders else opened
    settings = write.settings(options.settings(known, grace))
    writes = write.writes(known)
    return tuple(
        replace(side, is_writable=side.is_writable and side.name in writes)
        for side in with_service_cidrs(sides, options)
    ), replace(settings, texts=texts_by_pair(options, known))


def with_service_cidrs(sides: Sequence[Side], options: PeeringOptions) -> tuple[Side, ...]:
    """Return the clusters with the Service CIDRs that the user states; raise UsageError."""
    stated = options.service_cidrs([side.name for side in sides])
    return tuple(replace(side, services=stated.get(side.name)) for side in sides)


def current_side(run: Invocation) -> Side:
    """Return the cluster that the global options mean."""
    name = _derived(run.options.context or "") or "here"
    return Side(
        name=name, cluster=run.cluster, is_writable=run.cluster.is_live, granularity=run.options.granularity
    )


def open_side(run: Invocation, source: Source) -> Side:
    """Return one cluster, unread."""
    cluster = run.open(source.options(run.options))
    cluster.refresh()  # another kgctl may have changed its nodes a moment ago
    return Side(
        name=source.name,
        cluster=cluster,
        kubectl=source.kubectl(run.options),
        is_writable=cluster.is_live,
        granularity=run.options.granularity,
    )


def _derived(text: str) -> str:
    return _OTHERS.sub("-", text.lower())[:_LONGEST].strip("-")


def check_names(sources: Iterable[Source]) -> None:
    """Raise UsageError when two clusters have one name."""
    first: dict[str, Source] = {}
    for source in sources:
        if source.name in first:
            same = replace(source, name="") == replace(first[source.name], name="")
            why = "name the same cluster" if same else f'are both called "{source.name}"'
            raise UsageError(f"two arguments {why}", hint="give one of them another name: NAME=CONTEXT")
        first[source.name] = source


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
                f'"{flag}" does not work with peering, which is about several clusters',
                hint="name each cluster as an argument: its context, KUBECONFIG#CONTEXT, or a file",
            )

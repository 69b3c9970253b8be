"""Parse the argument for a cluster: `[NAME=]CONTEXT`, `[NAME=]KUBECONFIG#CONTEXT`, or `[NAME=]FILE`."""

import contextlib
import re
import shlex
from collections.abc import Iterable
from pathlib import Path

from kgctl_py.cli.commands_in_hints import ClusterCommands
from kgctl_py.cluster.interface import Cluster
from kgctl_py.cluster.open import Options
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.value import Value, replace

METAVAR = "CLUSTER"
HELP = "Context, KUBECONFIG#CONTEXT, or file with a saved cluster; to choose its name, put NAME= in front"

IN_CLUSTER = "in-cluster"
"""The word for the cluster whose pod runs kgctl; outside of a pod, the cluster of the current context."""

_LONGEST = 40
_NAME = re.compile(rf"[a-z0-9]([a-z0-9-]{{0,{_LONGEST - 2}}}[a-z0-9])?")
_OTHERS = re.compile("[^a-z0-9-]+")
_FILES = (".yaml", ".yml", ".json", ".tar.gz", ".tgz")
_PATHS = ("/", "./", "../", "~")
_KUBECONFIG = re.compile(rb"""^kind:\s*["']?Config["']?\s*$|"kind"\s*:\s*"Config\"""", re.MULTILINE)
_START = 2**16


class Source(Value, frozen=True, kw_only=True):
    """Parse the argument for a cluster: a name, and a context or a file."""

    name: str
    kubeconfig: str = ""
    context: str = ""
    file: str = ""
    word: str = ""
    """The whole word."""

    def options(self, options: Options) -> Options:
        """Return the global options that select the cluster."""
        if self.file:
            return replace(options, from_file=(self.file,))
        return replace(options, kubeconfig=self.kubeconfig or options.kubeconfig, context=self.context or None)

    def command(self, program: str, options: Options) -> str:
        """Return the command line with which kubectl or kgctl reads the cluster."""
        return ClusterCommands(replace(self.options(options), from_file=())).program(program)


def parse_source(text: str) -> Source:
    """Return the source that a word names; raise UsageError for a name that no Peer can have."""
    name, equals, source = text.partition("=")
    if not equals:
        name, source = "", text
    kubeconfig, sharp, context = source.partition("#")
    if sharp:
        fields = {"kubeconfig": kubeconfig, "context": context}
    elif source == "-" or source.startswith(_PATHS) or source.endswith(_FILES):
        fields = {"file": source}
    else:
        fields = {} if source == IN_CLUSTER else {"context": source}
    name = name or derived_name(
        context or Path(kubeconfig).name.split(".")[0] if "file" in fields or sharp else source
    )
    if not (source and name):
        raise UsageError(
            f'"{text}" does not name a cluster',
            hint="for example: kgctl peering connect aws edge=other.kubeconfig#admin",
        )
    if not _NAME.fullmatch(name):
        raise UsageError(
            f'"{name}" cannot be the name of a cluster: use up to {_LONGEST} lower-case letters, digits, and "-"; '
            "start and end with a letter or digit",
            hint=f"give it a name: NAME={shlex.quote(source)}",
        )
    return Source(name=name, word=text, **fields)


def check_names(sources: Iterable[Source]) -> None:
    """Raise UsageError if two clusters have the same name."""
    first: dict[str, Source] = {}
    for source in sources:
        if source.name in first:
            same = replace(source, name="", word="") == replace(first[source.name], name="", word="")
            if same:
                raise UsageError(f'the cluster "{source.word}" is given twice', hint="name each cluster once")
            both = f'two clusters have the name "{source.name}"'
            raise UsageError(both, hint="give one of them another name: NAME=CONTEXT")
        first[source.name] = source


def check_is_cluster(source: Source, cluster: Cluster) -> None:
    """Raise UsageError for a path that is neither a file with a cluster nor a context."""
    path = Path(source.file or source.context)
    if source.file and path.is_dir():
        raise UsageError(
            f'"{path}" is a folder, not a saved cluster',
            hint=f"name the cluster by its context; to write its Peers to the folder, add --git NAME={path}",
        )
    if source.file and _is_kubeconfig(path):
        raise _kubeconfig(source.file)
    if source.context and not source.kubeconfig and path.exists():
        try:
            _ = cluster.source
        except KgctlError as error:
            if path.is_file() and _is_kubeconfig(path):
                raise _kubeconfig(str(path)) from None
            hint = (
                error.hint if path.is_dir() else f"if this file is a saved cluster, use ./{shlex.quote(str(path))}"
            )
            raise UsageError(f'cluster "{source.name}": {error.message}', hint=hint) from None


def _kubeconfig(file: str) -> UsageError:
    return UsageError(
        f'"{file}" is a kubeconfig, not a saved cluster',
        hint=f"to use its current context, write {shlex.quote(file)}#",
    )


def _is_kubeconfig(path: Path) -> bool:
    if path.is_file():
        with contextlib.suppress(OSError), path.open("rb") as file:  # reading the cluster explains the error
            return _KUBECONFIG.search(file.read(_START)) is not None
    return False


def derived_name(text: str) -> str:
    """Return the default name of a cluster."""
    return _OTHERS.sub("-", text.lower())[:_LONGEST].strip("-")

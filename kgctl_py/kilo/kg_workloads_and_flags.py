"""Kilo's DaemonSets and pods, and the command-line flags of kg and of other programs in the cluster.

The DaemonSets and pods are found by the labels of Kilo's manifests, or by the program that they run.
"""

import itertools
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol, TypeVar

from kgctl_py.kube.objects import kinds
from kgctl_py.kube.objects.kinds import Container, DaemonSet, Kind, Pod, PodSpec
from kgctl_py.kube.objects.reader import NO_LABELS
from kgctl_py.value import Value

CONTAINER = "kilo"
"""The container that runs kg; a pod can also have one that runs WireGuard in userspace."""
PART_OF = {"app.kubernetes.io/part-of": "kilo"}
"""The label of everything in Kilo's manifests, whose DaemonSets have different names (kilo manifests/)."""
NAMED = {"app.kubernetes.io/name": "kilo"}
"""The label of the agent in manifests without the other label."""

_TAKES_SCRIPT = re.compile(r"-[a-zA-Z]*c")
_REFERENCE = re.compile(r"\$(?:(?P<escaped>\$)|\((?P<name>[^)]*)\))")
_VARIABLE = r"\\.|\$(?P<brace>\{)?(?P<name>[A-Za-z_][A-Za-z_0-9]*)(?(brace)\})"
_IN_DOUBLE_QUOTES = re.compile(_VARIABLE, re.DOTALL)
_IN_SCRIPT = re.compile(
    rf"""(?<![^\s;&|()])#[^\n]*|'[^']*'|(?P<double>"(?:\\.|[^"\\])*")|{_VARIABLE}""", re.DOTALL
)
_SHELLS = ("sh", "bash", "ash", "dash")

T = TypeVar("T", DaemonSet, Pod)


class Lister(Protocol):
    """Lists objects of a kind with labels."""

    def __call__(self, kind: Kind[T], *, labels: Mapping[str, str]) -> tuple[T, ...]:
        """Return the objects; raise UnreadableError."""
        ...


class Flags(Value, frozen=True, kw_only=True):
    """A command line, and its object."""

    words: tuple[str, ...]
    source: str

    def all(self, flag: str) -> tuple[str, ...]:
        """Return all values of `--FLAG=A,B` and `--FLAG A` in order; if one is expected, the last one counts."""
        return tuple(value for text in self._texts(f"--{flag}") for value in text.split(",") if value)

    def _texts(self, flag: str) -> Iterator[str]:
        for word, following in itertools.pairwise((*self.words, "")):
            if word == flag:
                yield following
            elif word.startswith(f"{flag}="):
                yield word.removeprefix(f"{flag}=")


def daemon_sets(list_objects: Lister) -> tuple[DaemonSet, ...]:
    """Return the DaemonSets that run kg."""
    return running_kg(list_objects(kinds.DAEMON_SET, labels=NO_LABELS))


def running_kg(found: Iterable[DaemonSet]) -> tuple[DaemonSet, ...]:
    """Return the DaemonSets that run kg: those with Kilo's labels; if none has them, those with others."""
    found = tuple(found)
    agents = _that_run(found, lambda one: one.spec.template.spec)
    of_kilo = tuple(one for one in agents if PART_OF.items() <= (one.metadata.labels or {}).items())
    named = tuple(one for one in found if NAMED.items() <= (one.metadata.labels or {}).items())
    return of_kilo or named or agents


def pods(list_objects: Lister) -> tuple[Pod, ...]:
    """Return the pods that run kg."""
    return _first(
        lambda: _that_run(list_objects(kinds.POD, labels=PART_OF), lambda one: one.spec),
        lambda: list_objects(kinds.POD, labels=NAMED),
    )


def _first(*several: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
    return next((found for ask in several if (found := ask())), ())


def _that_run(objects: tuple[T, ...], spec_of: Callable[[T], PodSpec]) -> tuple[T, ...]:
    return tuple(one for one in objects if any(map(_runs_kg, spec_of(one).containers or ())))


def _runs_kg(container: Container) -> bool:
    programs = command_words(container) if container.command else ()
    return container.name == CONTAINER or any(word.rpartition("/")[2] == "kg" for word in programs)


def kg_flags(list_objects: Lister) -> tuple[Flags, ...]:
    """Return the flags of kg in each of its DaemonSets."""
    found = sorted(daemon_sets(list_objects), key=lambda daemon_set: daemon_set.place)
    return tuple(
        container_flags(daemon_set.spec.template.spec, CONTAINER, f"DaemonSet {daemon_set.place}")
        for daemon_set in found
    )


def container_flags(spec: PodSpec, name: str, source: str) -> Flags:
    """Return the flags of the container `name`, or of all containers of a pod without such a container."""
    containers = spec.containers or ()
    named = tuple(container for container in containers if container.name == name)
    return Flags(
        words=tuple(word for container in named or containers for word in command_words(container)), source=source
    )


def command_words(container: Container) -> Iterator[str]:
    """Yield the words of a command line, also of the script of `sh -c`, with the variables that have a value."""
    values = {one.name: one.value for one in container.env or () if one.value is not None}
    words = [_expanded(word, values) for word in (*(container.command or ()), *(container.args or ()))]
    is_shell = bool(words) and words[0].rpartition("/")[2] in _SHELLS
    for before, word in itertools.pairwise(("", *words)):
        if is_shell and _TAKES_SCRIPT.fullmatch(before):
            yield from split_script(_expanded_by_shell(word.replace("\\\n", ""), values))
        else:
            yield word


def _expanded(text: str, values: Mapping[str, str]) -> str:
    """Return a text with values in place of `$(NAME)`, as in Kubernetes; `$$` is a dollar sign.

    References to unknown variables stay unchanged.
    """
    return _REFERENCE.sub(lambda match: match["escaped"] or values.get(match["name"], match[0]), text)


def _expanded_by_shell(script: str, values: Mapping[str, str]) -> str:
    """Return a script with values in place of variables, except in single quotes and after a backslash."""

    def value(match: re.Match[str]) -> str:
        return values.get(match["name"] or "", match[0])

    def quoted(match: re.Match[str]) -> str:
        return match[0][1:] if match[0] in (r"\$", r"\`") else value(match)  # shlex keeps these backslashes

    def part(match: re.Match[str]) -> str:
        return _IN_DOUBLE_QUOTES.sub(quoted, match["double"]) if match["double"] else value(match)

    return _IN_SCRIPT.sub(part, script)


def split_script(script: str) -> list[str]:
    """Return the words of a shell script; unclosed quotes stay unchanged."""
    try:
        return shlex.split(script, comments=True)
    except ValueError:
        return script.split()

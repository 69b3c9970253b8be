"""The command-line flags of a program in the cluster."""

import itertools
import shlex
from collections.abc import Iterator

from kgctl_py.kube.objects.kinds import Container, PodSpec
from kgctl_py.value import Value

_SHELLS = ("sh", "bash", "ash", "dash")


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


def container_flags(spec: PodSpec, name: str, source: str) -> Flags:
    """Return the flags of the container `name`, or of all containers of a pod without such a container."""
    containers = spec.containers or ()
    named = tuple(container for container in containers if container.name == name)
    return Flags(
        words=tuple(word for container in named or containers for word in command_words(container)), source=source
    )


def command_words(container: Container) -> Iterator[str]:
    """Yield the words of a command line, also of the script of `sh -c`."""
    words = (*(container.command or ()), *(container.args or ()))
    is_shell = bool(words) and words[0].rpartition("/")[2] in _SHELLS
    for before, word in itertools.pairwise(("", *words)):
        yield from split_script(word) if is_shell and before == "-c" else (word,)


def split_script(script: str) -> list[str]:
    """Return the words of a shell script; unclosed quotes stay unchanged."""
    try:
        return shlex.split(script, comments=True)
    except ValueError:
        return script.split()

"""The flags that a program of the cluster was started with."""

import itertools
from collections.abc import Iterator

from kgctl_py.kube.objects.kinds import Container, PodSpec
from kgctl_py.value import Value


class Flags(Value, frozen=True, kw_only=True):
    """A command line, and the object that it was read from."""

    words: tuple[str, ...]
    source: str

    def all(self, flag: str) -> tuple[str, ...]:
        """Give every value of `--FLAG=A,B` and `--FLAG A`, in order; of a flag that takes one the last counts."""
        return tuple(value for text in self._texts(f"--{flag}") for value in text.split(",") if value)

    def _texts(self, flag: str) -> Iterator[str]:
        for word, following in itertools.pairwise((*self.words, "")):
            if word == flag:
                yield following
            elif word.startswith(f"{flag}="):
                yield word.removeprefix(f"{flag}=")


def of_container(spec: PodSpec, name: str, source: str) -> Flags:
    """Give the flags of the container `name`, or, if there is none, of all containers of the pod."""
    containers = spec.containers or ()
    named = tuple(container for container in containers if container.name == name)
    return Flags(words=tuple(word for one in named or containers for word in _words(one)), source=source)


def _words(container: Container) -> Iterator[str]:
    yield from container.command or ()
    yield from container.args or ()

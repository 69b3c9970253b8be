"""Untrusted YAML, parsed quickly, safely, and as in Kubernetes."""

import functools
import itertools
import re
from collections.abc import Iterator
from typing import Any

from kgctl_py.kube.objects.yaml_with_limits import DuplicateKeyError, NodeError, Values

DEEPEST = 5000
"""The maximum nesting; libyaml recurses for each level, and too many levels crash the process."""

_LARGEST_IN_PYTHON = 2**20
"""The size of a text up to which the slow parser of PyYAML reads what libyaml refuses."""

_BOM_OF_NEXT = re.compile(rb"^(---[^\n]*\n)\xef\xbb\xbf", re.MULTILINE)
"""The byte order mark of a file that is appended to another one."""

_NOT_BRACKETS = re.compile(rb"[^\[\]{}]+")
_BEFORE_A_VALUE = re.compile(rb"^[ ?:-]+", re.MULTILINE)


class UnparsableError(ValueError):
    """A text is not YAML: the `reason` without values, the `line` if known, and a `hint`."""

    def __init__(self, reason: str, line: int = 0, hint: str = "") -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.reason = reason
        self.line = line
        self.hint = hint

    @classmethod
    def of(cls, error: Exception, text: bytes) -> "UnparsableError":
        """Return the error for an exception from reading `text`."""
        mark, position = getattr(error, "problem_mark", None), getattr(error, "position", None)
        if isinstance(error, NodeError):
            hint = (
                "to put two dumps in one file, separate them with a line ---"
                if isinstance(error, DuplicateKeyError)
                else ""
            )
            return cls(str(error), error.line, hint)
        if mark:
            return cls(str(getattr(error, "problem", "")), mark.line + 1)
        if isinstance(error, RecursionError):
            return cls("it is nested too deeply")
        if isinstance(position, int):
            return cls(" ".join(str(error).splitlines()[0].split()), text[:position].count(b"\n") + 1)
        return cls("it has a value that does not fit its type")


def check_depth(text: bytes) -> None:
    """Raise UnparsableError if a text can be nested so deeply that parsing it would crash the process."""
    if _may_nest_deeper(text, DEEPEST):
        raise UnparsableError("it is nested too deeply")


def load_all(text: bytes) -> list[Any]:
    """Return the documents in `text` without empty ones; raise UnparsableError, also for duplicate keys."""
    try:
        values = Values()
        documents = (values.value(node) for node in nodes(text))
        return [document for document in documents if document is not None]
    except (NodeError, RecursionError) as error:
        raise UnparsableError.of(error, text) from None


def nodes(text: bytes | str) -> Iterator[Any]:
    """Yield the node of each document, with None as the tag of plain scalars; raise UnparsableError.

    An anchor can be defined again; libyaml's composer refuses that, so the slower parser reads such a text.
    """
    import yaml

    as_bytes = text if isinstance(text, bytes) else text.encode()
    check_depth(as_bytes)
    if isinstance(text, bytes):
        text = _BOM_OF_NEXT.sub(rb"\1", text)
    number = 0
    try:
        try:
            for node in _composed(_loader(), text):
                number += 1
                yield node
        except yaml.composer.ComposerError as error:
            if "duplicate anchor" not in str(error.context) or len(as_bytes) > _LARGEST_IN_PYTHON:
                raise
            yield from itertools.islice(_composed(_anchoring_loader(), text), number, None)
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError) as error:
        raise UnparsableError.of(error, as_bytes) from None


def _composed(loader: type[Any], text: bytes | str) -> Iterator[Any]:
    opened = loader(text)
    while opened.check_node():
        yield opened.get_node()


@functools.cache
def _anchoring_loader() -> type[Any]:
    import yaml

    class Loader(_resolving(_composing_in_python())):  # type: ignore[misc] # chosen at run time
        """Composes nodes, and lets an anchor be defined again."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            """Return the next node."""
            if not self.check_event(yaml.AliasEvent):
                self.anchors.pop(self.peek_event().anchor, None)
            return super().compose_node(parent, index)

    return Loader


def _composing_in_python() -> type[Any]:
    """Return a loader that composes in Python, but parses with libyaml if possible, which is much faster."""
    import yaml

    if not yaml.__with_libyaml__:
        return yaml.BaseLoader

    parser: Any = vars(yaml.cyaml)["CParser"]

    class Loader(yaml.composer.Composer, parser, yaml.resolver.BaseResolver):  # type: ignore[misc] # chosen at run time
        """Composes nodes in Python."""

        def __init__(self, stream: bytes | str) -> None:
            parser.__init__(self, stream)
            yaml.composer.Composer.__init__(self)
            yaml.resolver.BaseResolver.__init__(self)

    return Loader


@functools.cache
def _loader() -> type[Any]:
    import yaml

    return _resolving(getattr(yaml, "CBaseLoader", yaml.BaseLoader))


def _resolving(base: type[Any]) -> type[Any]:
    import yaml

    class Loader(base):  # type: ignore[misc] # chosen at run time
        """Composes nodes, and leaves the interpretation of plain scalars to `Values`."""

        def resolve(self, kind: type[Any], value: Any, implicit: Any) -> str | None:  # noqa: ARG002 # PyYAML's own
            """Return the tag of a node without one."""
            if kind is not yaml.ScalarNode:
                return "tag:yaml.org,2002:" + ("seq" if kind is yaml.SequenceNode else "map")
            return None if implicit[0] else "tag:yaml.org,2002:str"

    return Loader


def _may_nest_deeper(text: bytes, levels: int) -> bool:
    """Return whether brackets or indentation suffice for more than `levels`."""
    brackets = _NOT_BRACKETS.sub(b"", text)
    open_brackets = itertools.accumulate(1 if bracket in b"[{" else -1 for bracket in brackets)
    indents = (len(match[0]) for match in _BEFORE_A_VALUE.finditer(text))
    return max(open_brackets, default=0) > levels or max(indents, default=0) > levels

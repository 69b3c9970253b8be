"""Errors for the user, each with a message, an optional hint, and an exit code.

KgctlError           exit 1: the command failed
├── NoKubeconfigError
├── UnusableFolderError
└── UsageError       exit 2: the command line is invalid
"""

import enum
from collections.abc import Sequence


class ExitCode(enum.IntEnum):
    """The exit codes of the process."""

    OK = 0
    FAILED = 1
    USAGE = 2
    INTERRUPTED = 130
    CLOSED_PIPE = 141


class KgctlError(Exception):
    """A failure as one line, and a `hint` that says what to do."""

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def similar(name: str, known: Sequence[str]) -> list[str]:
    """Return at most three of the known names: the most similar first, equally similar ones in order."""
    import difflib  # most names are known

    matches = sorted(difflib.get_close_matches(name, known, n=len(known) or 1))
    return sorted(matches, key=lambda one: -difflib.SequenceMatcher(None, one, name).ratio())[:3]


def either(words: Sequence[str]) -> str:
    """Return words as alternatives: `a`, `a or b`, or `a, b, or c`."""
    *others, last = words
    return last if not others else f"{', '.join(others)}{',' if others[1:] else ''} or {last}"


def listed(words: Sequence[str]) -> str:
    """Return words as a list: `a`, `a and b`, or `a, b, and c`."""
    *others, last = words
    return last if not others else f"{', '.join(others)}{',' if others[1:] else ''} and {last}"


def the_known(plural: str, words: Sequence[str]) -> str:
    """Return which objects exist: `the peers are a and b`, or `the only peer is a`."""
    return (
        f"the {plural} are {listed(words)}" if words[1:] else f"the only {plural.removesuffix('s')} is {words[0]}"
    )


def not_one_of(text: str, words: Sequence[str]) -> str:
    """Return that a text is none of the words: `"x" is neither a nor b`, or `"x" is not one of a, b, or c`."""
    if len(words) == 1:
        return f'"{text}" is not {words[0]}'
    is_pair = len(words) == len(("neither", "nor"))
    return f'"{text}" is {"neither " + " nor ".join(words) if is_pair else "not one of " + either(words)}'


def did_you_mean(suggestions: Sequence[str]) -> str:
    """Return the question whether one of the suggestions was meant: `did you mean "a", "b", or "c"?`."""
    return f"did you mean {either([in_quotes(one) for one in suggestions])}?"


def in_quotes(name: str) -> str:
    """Return a name in double quotes; a name that a shell quotes already stays as it is."""
    return name if name.startswith("'") else f'"{name}"'


class NoKubeconfigError(KgctlError):
    """No option, file, or environment selects a cluster."""


class UnusableFolderError(KgctlError):
    """A folder of `--from-file` cannot be read, or has no Nodes because of a cluster that cannot be found."""


class UsageError(KgctlError):
    """An invalid command line."""

    exit_code = ExitCode.USAGE

"""Commands in hints, with the options that select the cluster; otherwise they would act on another cluster."""

import re
import shlex
from collections.abc import Iterable, Iterator

from kgctl_py.cluster.open import Options
from kgctl_py.findings import Finding
from kgctl_py.findings.report import Report
from kgctl_py.value import replace

_COMMAND = re.compile(
    r"(?P<before>^|: |\| |, or |, then |; |^did you mean \")"
    r"(?P<program>(?:sudo (?:--preserve-env=KUBECONFIG )?)?(?:kgctl|kubectl))"
    r"(?P<words>(?: -n [\w.-]+)? (?P<verb>[a-z]+)[^|,;]*)"
)
"""A command in a hint. One that begins with global options already has those of its cluster."""
_QUESTION = 'did you mean "'
_WITHOUT_CLUSTER = frozenset({"help", "init", "keygen", "kustomize", "lint", "manifests", "sync"})
_ONLY_LIVE = frozenset({"gather"})
_CHANGING = frozenset({"connect", "disconnect", "heal", "peer", "peering"})
_CHANGING_KUBECTL = frozenset({"annotate", "apply", "create", "delete", "edit", "label", "patch", "replace"})
_LIVE = "in the live cluster"
_EXAMPLE = "for example"


class ClusterCommands:
    """The options of a run that select its cluster, to insert into commands in hints.

    A saved cluster cannot be changed: a hint with a command that does says that it is for the live one.
    """

    def __init__(self, options: Options) -> None:
        self._live = _words(_live_options(options))
        self._files = _words(("--from-file", file) for file in options.from_file)

    def program(self, name: str) -> str:
        """Return kgctl or kubectl with the options."""
        return f"{name}{self._live}{self._files if name == 'kgctl' else ''}"

    def in_hint(self, hint: str) -> str:
        """Return a hint with the options in its commands, if it has any."""
        if not self._live and not self._files:
            return hint
        return "\n".join(self._in_line(line) for line in hint.split("\n"))

    def in_command(self, command: str) -> str:
        """Return a command with the options."""
        return _COMMAND.sub(self._with_options, command)

    def _in_line(self, line: str) -> str:
        changing = next(filter(_changes, _COMMAND.finditer(line)), None) if self._files else None
        if changing is None or changing["before"] == _QUESTION:
            return self.in_command(line)
        if changing["before"] != ": ":
            return f"{_LIVE}: {self.in_command(line)}"
        words, command = line[: changing.start()], line[changing.start("program") :]
        joint = ", " if words == _EXAMPLE or any(mark in words for mark in ",;") else " "
        return f"{self.in_command(words)}{joint}{_LIVE}: {self.in_command(command)}"

    def _with_options(self, found: re.Match[str]) -> str:
        if found["verb"] in _WITHOUT_CLUSTER or "--help" in found["words"]:
            return found[0]
        reads_files = (
            found["program"].endswith("kgctl") and found["verb"] not in _ONLY_LIVE and not _changes(found)
        )
        return (
            f"{found['before']}{found['program']}{self._live}{self._files if reads_files else ''}{found['words']}"
        )


def hints_for_cluster(report: Report, commands: ClusterCommands) -> Report:
    """Return a report with the options of `commands` in its hints and commands."""
    sections = (
        replace(
            section,
            results=tuple(
                replace(result, findings=tuple(_finding(finding, commands) for finding in result.findings))
                for result in section.results
            ),
        )
        for section in report.sections
    )
    return replace(report, sections=tuple(sections))


def _changes(found: re.Match[str]) -> bool:
    """Return whether a command changes the cluster; with --git, it changes a folder."""
    changing = _CHANGING_KUBECTL if found["program"].endswith("kubectl") else _CHANGING
    return found["verb"] in changing and "--help" not in found["words"] and " --git " not in found["words"]


def _live_options(options: Options) -> Iterator[tuple[str, str | None]]:
    yield "--kubeconfig", options.kubeconfig
    yield "--context", options.context
    yield "--cluster", options.cluster
    yield "--user", options.user
    yield "--as", options.as_user
    yield from (("--as-group", group) for group in options.as_groups)
    yield "--as-uid", options.as_uid


def _words(options: Iterable[tuple[str, str | None]]) -> str:
    """Return options quoted for a shell, each after a space."""
    return "".join(f" {name} {shlex.quote(value)}" for name, value in options if value)


def _finding(finding: Finding, commands: ClusterCommands) -> Finding:
    command = commands.in_command(finding.advised_command)
    advice = commands.in_hint(finding.advice)
    if advice == finding.advice:
        return finding
    return replace(finding, command=command, hint=advice.removesuffix(f": {command}") if command else advice)

"""Print text with marks that the encoding of stdout supports."""

import itertools
import sys
from collections import Counter
from collections.abc import Iterable

import typer

from kgctl_py.cli.terminal import terminal
from kgctl_py.escape_text import hint_lines, visible
from kgctl_py.findings.codes_and_fixes import Severity
from kgctl_py.peering.planning.problem import Problem

PASSED, WARNING, FAILED, QUIET = "√", "‼", "×", "·"  # noqa: RUF001 # as check has them
_PLAIN = str.maketrans({PASSED: "ok", WARNING: "!!", FAILED: "xx", QUIET: "--"})
_MARKS = {Severity.ERROR: FAILED, Severity.WARNING: WARNING, Severity.NOTE: "i"}
_SHOWN = 5


def echo(text: str) -> None:
    """Print text on stdout, with ASCII marks if the encoding needs them."""
    encoding = sys.stdout.encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_PLAIN).encode(encoding, "backslashreplace").decode(encoding)
    typer.echo(text, nl=False)


def problems_text(problems: Iterable[Problem]) -> str:
    """Return problems, the most severe first: only some of each code in a cluster, and equal hints once."""
    lines: list[str] = []
    shown: list[Problem] = []
    hidden: dict[tuple[str, str], list[Problem]] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for problem in sorted(problems, key=lambda problem: -problem.severity):
        place = (problem.code, problem.cluster)
        counts[place] += 1
        if counts[place] <= _SHOWN:
            shown.append(problem)
        else:
            hidden.setdefault(place, []).append(problem)
    for problem, following in itertools.zip_longest(shown, shown[1:]):
        lines.append(f"{_MARKS[problem.severity]} {visible(str(problem))}")
        if following is None or following.hint != problem.hint:
            lines += (f"    hint: {visible(line)}" for line in hint_lines(terminal.for_cluster(problem.hint)))
    lines += (
        f"{_MARKS[more[0].severity]} {code} {cluster}: {len(more)} more of this kind"
        for (code, cluster), more in hidden.items()
    )
    return "".join(f"{line}\n" for line in lines)

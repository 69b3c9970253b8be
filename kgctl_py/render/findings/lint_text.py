"""The findings of `lint` for people, in lines as in compiler output."""

from collections.abc import Iterable, Iterator

from kgctl_py.escape_text import shortened, visible
from kgctl_py.render.findings.file_finding import FileFinding


def lint_text(findings: Iterable[FileFinding]) -> str:
    """Return a line for each finding, with its hint below it."""
    return "".join(f"{line}\n" for finding in findings for line in _lines(finding))


def _lines(placed: FileFinding) -> Iterator[str]:
    finding = placed.finding
    place = f"{placed.file}:{placed.region.line}"
    yield visible(shortened(f"{place}: {finding.severity.level} {finding.code}: {placed.sentence}"))
    if finding.hint:
        yield visible(shortened(f"    hint: {finding.hint}"))

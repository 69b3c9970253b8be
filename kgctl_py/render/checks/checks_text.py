"""The results of checks for people, in sections as `linkerd check` shows them."""

import enum
import textwrap
from collections.abc import Iterator, Sequence

from kgctl_py.value import Value
from kgctl_py.visible import visible

SHOWN = 5
"""Of one kind only so many lines are shown, unless more are asked for."""


class Mark(enum.StrEnum):
    """What became of a check, or how much a line of it matters."""

    PASSED = "passed"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"
    SKIPPED = "skipped"


class Line(Value, frozen=True, kw_only=True):
    """One thing found: `about` is the subject in words, `kind` and `name` say the same for programs."""

    mark: Mark
    code: str
    about: str
    kind: str
    name: str
    field: str
    message: str
    hint: str


class Check(Value, frozen=True, kw_only=True):
    """What was looked at, and what was found; `remark` says why it was skipped, or more of it."""

    mark: Mark
    title: str
    remark: str = ""
    lines: tuple[Line, ...] = ()


class Section(Value, frozen=True, kw_only=True):
    """Checks on one sort of thing."""

    name: str
    remark: str = ""
    checks: tuple[Check, ...]


class Style(Value, frozen=True, kw_only=True):
    """How text is shown: with which marks and colours, how wide (0 for any width), and whether all of it."""

    plain_marks: bool = False
    coloured: bool = False
    width: int = 0
    everything: bool = False


_MARKS = {
    Mark.PASSED: ("√", "ok", "32"),
    Mark.NOTE: ("i", "i ", "36"),
    Mark.WARNING: ("‼", "!!", "33"),
    Mark.ERROR: ("×", "xx", "31"),  # noqa: RUF001 # as linkerd's
    Mark.SKIPPED: ("-", "--", "2"),
}
MARKS = "".join(mark for mark, _, _ in _MARKS.values())
"""All marks, to try whether an encoding has them."""


def checks_text(sections: Sequence[Section], style: Style) -> str:
    """Give each section under its heading: a line for each check that holds, and one for each thing found."""
    return "\n".join("\n".join(_section(section, style)) + "\n" for section in sections)


def short_text(sections: Sequence[Section], style: Style) -> str:
    """Give only what was found, without headings."""
    checks = (check for section in sections for check in section.checks)
    return "".join(line + "\n" for check in checks for line in _found(check, style))


def _section(section: Section, style: Style) -> Iterator[str]:
    heading = section.name + (f" ({section.remark})" if section.remark else "")
    yield visible(heading)
    yield "-" * len(visible(heading))
    remarks = {check.remark for check in section.checks}
    if len(remarks) == 1 and all(check.mark is Mark.SKIPPED for check in section.checks):
        yield from _wrapped(Mark.SKIPPED, f"skipped: {remarks.pop()}", style)
        return
    for check in section.checks:
        yield from _check(check, style)


def _check(check: Check, style: Style) -> Iterator[str]:
    found = list(_found(check, style))
    if not found:
        yield from _wrapped(check.mark, check.title + _remark(check), style)
    yield from found


def _remark(check: Check) -> str:
    if check.mark is Mark.NOTE:
        return f": {len(check.lines)} to note, with --verbose"
    return f": {check.remark}" if check.mark is Mark.SKIPPED else check.remark and f" ({check.remark})"


def _found(check: Check, style: Style) -> Iterator[str]:
    counts: dict[str, int] = {}
    for line in (line for line in check.lines if style.everything or line.mark is not Mark.NOTE):
        counts[line.code] = counts.get(line.code, 0) + 1
        if style.everything or counts[line.code] <= SHOWN:
            yield from _wrapped(line.mark, f"{line.code} {line.about}: {line.message}", style)
            for hint in line.hint.splitlines():
                yield f"    hint: {visible(hint)}"  # unfolded: a command must stay whole to be copied
    for code, count in counts.items():
        if count > SHOWN and not style.everything:
            yield f"    and {count - SHOWN} more {code}: --verbose shows them"


def _wrapped(mark: Mark, text: str, style: Style) -> Iterator[str]:
    sign = _MARKS[mark][style.plain_marks]
    first, *others = _folded(visible(text), f"{sign} ", "    ", style)
    if style.coloured:
        first = f"\033[{_MARKS[mark][2]}m{sign}\033[0m{first.removeprefix(sign)}"
    yield first
    yield from others


def _folded(text: str, first: str, others: str, style: Style) -> Sequence[str]:
    """Break a line where it would leave the terminal; an address or a command that is too long stays whole."""
    if not style.width:
        return [first + text]
    return textwrap.wrap(
        text,
        width=style.width,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )

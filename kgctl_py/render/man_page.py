"""A manual page in roff for man(1), with the macros of man(7), which groff and mandoc format."""

import re
import textwrap
from collections.abc import Iterator

from kgctl_py.value import Value

Entries = tuple[tuple[str, str], ...]
"""Terms and their descriptions."""

_WIDTH = 78


class ManPage(Value, frozen=True, kw_only=True):
    """The page of a command; `synopsis` is the command line without the name, `see_also` has titles of pages."""

    command: str
    summary: str
    synopsis: str
    description: tuple[str, ...]
    examples: str = ""
    sections: tuple[tuple[str, Entries], ...]
    see_also: tuple[str, ...]
    version: str
    date: str

    @property
    def title(self) -> str:
        """Return the name of the page for man(1)."""
        return self.command.replace(" ", "-")


def man_page(page: ManPage) -> str:
    """Return the source of a page."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: ManPage) -> Iterator[str]:
    yield f'.TH {_text(page.title.upper())} 1 {page.date} "kgctl {page.version}" "kgctl manual"'
    yield ".SH NAME"
    yield from _wrapped(f"{_text(page.title)} \\- {_text(page.summary)}")
    yield ".SH SYNOPSIS"
    yield f"\\fB{_text(page.command)}\\fR {_text(page.synopsis)}".rstrip()
    yield ".SH DESCRIPTION"
    for number, paragraph in enumerate(page.description):
        yield from (".PP",) if number else ()
        yield from _wrapped(_text(paragraph))
    if page.examples:
        yield from (".SH EXAMPLES", ".nf", *map(_text, page.examples.splitlines()), ".fi")
    for heading, entries in page.sections:
        yield f".SH {heading}"
        for words, meaning in entries:
            yield from (".TP", f"\\fB{_text(words)}\\fR", *_wrapped(_text(meaning)))
    yield ".SH SEE ALSO"
    yield from _references(page.see_also)


def _references(titles: tuple[str, ...]) -> Iterator[str]:
    for title in titles:
        name, section = re.fullmatch(r"(.+)\((\d)\)", title).groups()  # type: ignore[union-attr] # made here
        comma = "" if title == titles[-1] else " ,"
        yield f".BR {_text(name)} ({section}){comma}"


def _wrapped(escaped: str) -> Iterator[str]:
    """Return lines of text that roff does not interpret as requests."""
    for line in textwrap.wrap(escaped, _WIDTH, break_long_words=False, break_on_hyphens=False):
        yield f"\\&{line}" if line.startswith((".", "'")) else line


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"[^\x00-\x7f]", lambda found: f"\\[u{ord(found[0]):04X}]", escaped)

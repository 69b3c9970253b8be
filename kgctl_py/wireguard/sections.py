"""Parse files with sections of KEY = VALUE into a configuration."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kgctl_py.value import Value, field
from kgctl_py.wireguard.conf import Conf
from kgctl_py.wireguard.field_values import PLACEHOLDER

_NAME = re.compile(r"[A-Za-z0-9-]{1,32}")
"""A valid field name; a longer text can be a misplaced secret, so messages must not contain it."""
BLANKS = " \t\v\f\r"
"""The blanks of C within a line; str.strip() removes more characters."""
IGNORED = ""
"""The attribute of a field that is parsed, but not used."""
_TITLE = re.compile(r"\[([^]]*)\]")


class Parsed(Value, frozen=True):
    """The configuration in a file, and the names of `ignored` fields: commands and unknown fields."""

    conf: Conf
    ignored: tuple[str, ...]
    peer_lines: tuple[int, ...] = ()
    """The first line of each peer."""
    private_key_file: str = ""
    """The file with the private key, if the configuration refers to one."""
    name: str = ""
    """The name of the interface, if the text contains it."""


class Section(Value, frozen=True):
    """A section of a file: its name, its first line, the comment above it, and its fields with their lines."""

    name: str
    line: int
    comment: str
    lines: list[tuple[int, str, str]] = field(default_factory=list)


class Field(Value, frozen=True):
    """A field of a file: its name, its attribute, and the parser of its value; a tuple extends a list."""

    name: str
    field: str
    read: Callable[[str], Any]


def table_of(*several: Field) -> dict[str, Field]:
    """Return the fields by their lower-case names."""
    return {each.name.lower(): each for each in several}


def ini_sections(text: str) -> Iterator[Section]:
    """Yield the sections of a text whose comments are on separate lines; raise ValueError with the line."""
    section, comment = None, ""
    for number, line in enumerate(map(str.strip, text.split("\n")), 1):
        if line.startswith(("#", ";")):
            comment = line[1:].strip()
            continue
        title = _TITLE.fullmatch(line)
        if title:
            if section:
                yield section
            section = Section(title[1].strip(), number, comment)
        elif line:
            add_field(section, number, line)
        comment = ""
    if section:
        yield section


def add_field(section: Section | None, number: int, line: str) -> None:
    """Add KEY = VALUE to a section; raise ValueError for any other line, or a line outside a section."""
    name, equals, value = (part.strip(BLANKS) for part in line.partition("="))
    if not section or not equals or not _NAME.fullmatch(name):
        raise ValueError(f"line {number} is neither [SECTION] nor KEY = VALUE below one")
    section.lines.append((number, name, value))


def read_fields(
    section: Section, table: Mapping[str, Field], ignored: dict[str, None], earlier: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the values of a section: of a repeated field, the last value, or all of them if it is a list.

    An invalid private key is ignored, because it can be a placeholder.
    """
    values = dict(earlier)
    for number, name, text in section.lines:
        known = table.get(name.lower())
        if known is None:
            ignored[name] = None
            continue
        try:
            value = known.read(text)
        except ValueError as error:
            if known.field != "private_key":
                raise ValueError(f"line {number}: {known.name} {error}") from None
            is_placeholder = text.startswith(PLACEHOLDER)
            ignored[f"PrivateKey ({'a placeholder' if is_placeholder else 'invalid'})"] = None
            continue
        if known.field == IGNORED:
            ignored[known.name] = None
            continue
        values[known.field] = values.get(known.field, ()) + value if isinstance(value, tuple) else value
    return values

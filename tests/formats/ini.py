"""Sections of KEY=VALUE, as GLib's keyfiles and systemd's units have them."""

import dataclasses
from collections.abc import Sequence


@dataclasses.dataclass
class Section:
    """A section: the comment right above it, its name, and its values, of which a key may have several."""

    comment: str
    name: str
    values: list[tuple[str, str]]

    def all(self, key: str) -> tuple[str, ...]:
        return tuple(value for one, value in self.values if one == key)

    def get(self, key: str, default: str = "") -> str:
        """Return the only value."""
        values = self.all(key)
        assert len(values) <= 1, key
        return values[0] if values else default


def sections(text: str) -> list[Section]:
    """Read a file; fail for a line that is neither a comment, a section nor a value in one."""
    found: list[Section] = []
    comment = ""
    for line in text.split("\n"):
        if line.startswith("#"):
            comment = line[1:].removeprefix(" ")
        elif line.startswith("[") and line.endswith("]"):
            found.append(Section(comment, line[1:-1], []))
            comment = ""
        elif line:
            key, equals, value = line.partition("=")
            assert equals, line
            assert found, line
            found[-1].values.append((key, value))
    return found


def only(found: Sequence[Section], name: str) -> Section:
    (section,) = (one for one in found if one.name == name)
    return section


def number(text: str) -> int | None:
    return int(text) if text else None

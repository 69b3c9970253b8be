"""The pages: their sections, and the blocks in them."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCS = ROOT / "docs"
PAGES = (README, *sorted(DOCS.glob("*.md")))

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def title(page: Path) -> str:
    """Name a page as links do."""
    return str(page.relative_to(ROOT))


def sections(text: str) -> dict[str, str]:
    """Return the sections of a page by their headings, in order."""
    parts = re.split(r"^##+ (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of a language."""
    return [block for name, block in _BLOCK.findall(text) if name == language]


def with_block(text: str, heading: str, language: str, block: str) -> str:
    """Return a page with `block` in place of the first one in the section `heading`."""
    section = sections(text)[heading]
    (old, *_) = blocks(section, language)
    changed = section.replace(f"```{language}\n{old}```", f"```{language}\n{block}```", 1)
    return text.replace(f" {heading}\n{section}", f" {heading}\n{changed}", 1)


def prose(text: str) -> Iterator[str]:
    """Yield the lines outside blocks."""
    yield from _BLOCK.sub("", text).splitlines()

"""Wrap sentences to the width of a terminal, between words only, so that long names stay whole."""

import textwrap
from collections.abc import Sequence

from kgctl_py.escape_text import shortened, visible


def wrapped(text: str, width: int | None, indent: str = "", after: str = "    ") -> Sequence[str]:
    """Return the lines of a sentence, without control characters: one line if no `width` is given.

    The first line starts with `indent`, and each other one with `indent` and `after`.
    """
    shown = visible(shortened(text))
    if not width:
        return [indent + shown]
    return textwrap.wrap(
        shown,
        width=width,
        initial_indent=indent,
        subsequent_indent=indent + after,
        break_long_words=False,
        break_on_hyphens=False,
    )

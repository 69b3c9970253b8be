"""The width of a text in the fonts of a picture."""

import functools
import unicodedata

_NARROW = "!'()*,-./:;I[\\]`fijlrt{|} \""
_WIDE = "%@MWmw"
_LETTER, _CAPITAL = 0.65, 0.78
_BOLD = 1.1


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width in points in DejaVu Sans, the widest of the usual fonts."""
    return _of_a_point(text) * size * (_BOLD if bold else 1)


@functools.lru_cache(10_000)
def _of_a_point(text: str) -> float:
    return sum(map(_character, text))


def _character(character: str) -> float:
    if character in _NARROW:
        return 0.42
    if character in _WIDE:
        return 1.02
    if not character.isascii():
        return 1.1 if unicodedata.east_asian_width(character) in "WF" else 0.85
    return _CAPITAL if character.isupper() else _LETTER

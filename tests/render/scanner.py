"""A phone for the tests: zbarimg scans pictures, what a terminal shows, and drawn lines."""

import os
import re
import shutil
import subprocess
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

_PLAIN = "\033[0m"
_SEEN = {"16;48;5;231": str.maketrans({}), "231;48;5;16": str.maketrans(" ▄", "█▀")}
"""What blocks look like in black on white, by the colours they are drawn in."""
_HALVES = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
_PIXELS = 4


def scanned(picture: bytes) -> str:
    """Return the text of the one QR code in a PNG or PBM; without zbarimg CI fails and a laptop skips."""
    if not shutil.which("zbarimg") and os.environ.get("CI") != "true":
        pytest.skip("there is no zbarimg: install zbar-tools")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "picture")
        file.write_bytes(picture)
        command = ("zbarimg", "--quiet", "--raw", "--oneshot", "--nodbus", "-Sdisable", "-Sqrcode.enable", file)
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def scanned_lines(lines: Iterable[str], *, ink_is_dark: bool) -> str:
    """Scan lines of half blocks as they look with dark letters on a bright ground, or the other way round."""
    rows = [[_HALVES[block][row] == ink_is_dark for block in line] for line in lines for row in (0, 1)]
    return scanned(_pbm(rows))


def scanned_small(lines: Sequence[str], *, ink_is_dark: bool) -> str:
    """Scan lines of sextants, a third of whose height is more than half of their width, as on a screen."""
    rows = [
        [
            bool(_sextant_bits(block) >> (2 * row + column) & 1) == ink_is_dark
            for block in line
            for column in (0, 1)
        ]
        for line in lines
        for row in range(3)
    ]
    return scanned(_pbm(rows, width=3))


def _sextant_bits(block: str) -> int:
    """Return the six parts of a character, by its name in Unicode."""
    if block in " █▌▐":
        return {" ": 0, "█": 63, "▌": 21, "▐": 42}[block]
    return sum(1 << int(digit) - 1 for digit in unicodedata.name(block).removeprefix("BLOCK SEXTANT-"))


def scanned_terminal(output: str) -> str:
    """Scan what a terminal that has colours was sent: each line sets its own, and sets them back."""
    return scanned_lines([_as_dark_ink(line) for line in output.splitlines()], ink_is_dark=True)


def _as_dark_ink(line: str) -> str:
    """Return what a line of coloured lower halves looks like with black ink on white paper."""
    assert line.endswith(_PLAIN)
    colours = re.split(r"\033\[38;5;(16;48;5;231|231;48;5;16)m", line.removesuffix(_PLAIN))
    assert colours[0] == ""
    return "".join(
        text.translate(_SEEN[colour]) for colour, text in zip(colours[1::2], colours[2::2], strict=True)
    )


def scanned_svg(picture: bytes) -> str:
    """Scan an SVG that has a white ground, and on it one path of lines a unit thick."""
    svg = ElementTree.fromstring(picture)
    ground, drawn = svg.iter("{http://www.w3.org/2000/svg}path")
    size = re.fullmatch(r"M0 0h(\d+)v\1h-\1z", ground.attrib["d"])
    assert size
    assert (ground.attrib["fill"], drawn.attrib["stroke"]) == ("#fff", "#000")
    rows = [[False] * int(size[1]) for _ in range(int(size[1]))]
    x = y = 0.0
    for move, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", drawn.attrib["d"]):
        if move == "h":
            rows[int(y)][int(x) : int(x) + int(first)] = [True] * int(first)
        relative = move != "M"
        x, y = float(first) + x * relative, float(second or 0) + y * relative
    return scanned(_pbm(rows))


def _pbm(rows: Sequence[Sequence[bool]], width: int = _PIXELS) -> bytes:
    """Return a picture with a grey-free pixel for what is dark, each some pixels large."""
    wide = [" ".join(f"{dark:d}" for dark in row for _ in range(width)) for row in rows]
    tall = "\n".join(line for line in wide for _ in range(_PIXELS))
    return f"P1\n{len(rows[0]) * width} {len(rows) * _PIXELS}\n{tall}\n".encode()

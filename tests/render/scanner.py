"""A phone for the tests: zbarimg scans pictures, what a terminal shows, and drawn lines."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

_COLOURED = re.compile(r"\033\[38;5;16;48;5;231m([ ▀▄█]*)\033\[0m")
_HALVES = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
_PIXELS = 4


def scanned(picture: bytes) -> str:
    """Give the text of the one QR code in a PNG or PBM; without zbarimg CI fails and a laptop skips."""
    if not shutil.which("zbarimg") and os.environ.get("CI") != "true":
        pytest.skip("there is no zbarimg: install zbar-tools")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "picture")
        file.write_bytes(picture)
        command = ("zbarimg", "--quiet", "--raw", "--oneshot", "--nodbus", "-Sdisable", "-Sqrcode.enable", file)
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def scanned_lines(lines: Iterable[str], *, ink_is_dark: bool) -> str:
    """Scan lines of half blocks as they look with dark letters on a bright ground, or the other way round."""
    return scanned(
        _pbm(
            [
                [half[row] == ink_is_dark for half in map(_HALVES.get, line) if half]
                for line in lines
                for row in (0, 1)
            ]
        )
    )


def scanned_terminal(output: str, *, ink_is_dark: bool | None = None) -> str:
    """Scan what a terminal was sent; each line of it sets its own colours, unless `ink_is_dark` is told."""
    if ink_is_dark is not None:
        return scanned_lines(output.splitlines(), ink_is_dark=ink_is_dark)
    coloured = [_COLOURED.fullmatch(line) for line in output.splitlines()]
    return scanned_lines([line[1] for line in coloured if line], ink_is_dark=True)


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


def _pbm(rows: Sequence[Sequence[bool]]) -> bytes:
    """Give a picture with a grey-free pixel for what is dark, each some pixels large."""
    wide = [" ".join(f"{dark:d}" for dark in row for _ in range(_PIXELS)) for row in rows]
    tall = "\n".join(line for line in wide for _ in range(_PIXELS))
    return f"P1\n{len(rows[0]) * _PIXELS} {len(rows) * _PIXELS}\n{tall}\n".encode()

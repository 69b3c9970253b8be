"""Text as a QR code: for a terminal, or as a picture.

The sizes are those of ISO/IEC 18004. The code uses the lowest error correction, because the least dense code is
the easiest to scan from a screen; segno uses a higher one if it fits in the same size.
"""

import io
import itertools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import segno

_ON_WHITE, _ON_BLACK, _PLAIN = "\033[38;5;16;48;5;231m", "\033[38;5;231;48;5;16m", "\033[0m"
"""The black and the white of the 256 colors, which terminal themes do not change."""
MOST_BYTES = 2953
BORDERS = (4, 2)
"""The bright modules around a code: those of the standard, and the fewest that scanners need."""
_PIXELS = 8
BLOCKS = " ▄▀█"
_NO_KEEPALIVE = "PersistentKeepalive=0"
_NETWORKS = ("AllowedIPs", "Address")
_SINGLE = re.compile(r"(\.\d+)/32(?=,|$)|/128(?=,|$)")
"""The length of a single address of IPv4 or IPv6."""
_LOWER = dict(zip(BLOCKS, " ▄▄ ", strict=True))


def compact(conf: str) -> str:
    """Return a configuration in the fewest characters with the same meaning for the app of a phone.

    Comments, empty lines, spaces around signs, keepalives that are off, and the lengths of single addresses are
    left out: the apps read an address without a length as a single address, as wg-quick(8) does.
    """
    lines = (line for line in conf.splitlines() if line and not line.startswith("#"))
    short = (line.replace(" = ", "=", 1).replace(", ", ",") for line in lines)
    short = (_SINGLE.sub(r"\1", line) if line.startswith(_NETWORKS) else line for line in short)
    return "".join(f"{line}\n" for line in short if line != _NO_KEEPALIVE)


def holds(text: str) -> bool:
    """Return whether the text fits in a QR code."""
    return len(text.encode()) <= MOST_BYTES


def width(text: str, border: int) -> int:
    """Return the columns of the code in half blocks."""
    return int(_code(text, mask=0).symbol_size(border=border)[0])  # all masks have the same size


def half_blocks(text: str, *, ink_is_dark: bool, border: int = max(BORDERS)) -> tuple[str, ...]:
    """Return the lines of the code, with two rows in each; `ink_is_dark` for a bright background."""
    rows = [[bool(module) == ink_is_dark for module in row] for row in _code(text).matrix_iter(border=border)]
    if len(rows) % 2:
        rows.append([not ink_is_dark] * len(rows))
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return tuple("".join(BLOCKS[2 * top + bottom] for top, bottom in zip(*pair, strict=True)) for pair in pairs)


def small_width(text: str, border: int) -> int:
    """Return the columns of the code in sextants."""
    return -(-width(text, border) // 2)


def sextants(text: str, *, ink_is_dark: bool, border: int = max(BORDERS)) -> tuple[str, ...]:
    """Return the lines of the code in half the columns, with characters that some fonts lack."""
    from kgctl_py.render.config.sextants import sextant_lines

    rows = [[bool(module) == ink_is_dark for module in row] for row in _code(text).matrix_iter(border=border)]
    return sextant_lines(rows, filler=not ink_is_dark)


def on_white(line: str) -> str:
    """Return a line with the escape sequences for dark ink on a white background."""
    return f"{_ON_WHITE}{line}{_PLAIN}"


def black_on_white(line: str) -> str:
    """Return a line of half blocks with dark ink and the colors for it, independent of the terminal's colors.

    It uses only lower halves: many fonts leave a gap above a block, in which the background shows, and this way
    the background is as dark as the upper half.
    """
    runs = itertools.groupby(line, key="▀█".__contains__)
    drawn = ((_ON_BLACK if dark else _ON_WHITE, "".join(_LOWER[block] for block in run)) for dark, run in runs)
    return "".join(colours + blocks for colours, blocks in drawn) + _PLAIN


def png(text: str) -> bytes:
    """Return the code as a PNG."""
    return _picture(text, "png")


def svg(text: str) -> bytes:
    """Return the code as an SVG with a white background, because the viewer can have a dark one."""
    return _picture(text, "svg")


def _picture(text: str, kind: str) -> bytes:
    out = io.BytesIO()
    _code(text).save(out, kind=kind, scale=_PIXELS, border=max(BORDERS), dark="black", light="white")
    return out.getvalue()


def _code(text: str, mask: int | None = None) -> "segno.QRCode":
    """Return the code; the best of eight masks is easiest to scan, but finding it takes most of the time."""
    import segno

    if not holds(text):
        raise ValueError("is too long for a QR code")
    return segno.make_qr(text, error="l", mode="byte", encoding="utf-8", mask=mask)

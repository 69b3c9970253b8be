"""A complete configuration as a QR code: drawn in a terminal, or written as a picture."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import typer

from kgctl_py.cli.options.file_options import FileOptions
from kgctl_py.cli.terminal import terminal
from kgctl_py.config import WgQuickSettings
from kgctl_py.config.smaller_settings import Fits, Smaller
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.escape_text import typed
from kgctl_py.fs import files
from kgctl_py.render.config import qr_code
from kgctl_py.render.wireguard_conf import PLACEHOLDER, PRESHARED_PLACEHOLDER

_SMALL = "or add --small, if the font of the terminal has sextant characters"
_PICTURES = {".png": qr_code.png, ".svg": qr_code.svg}


def no_smaller(_: Fits) -> Iterator[str]:
    """Yield nothing, so that no other options are tried."""
    return iter(())


def check_qr(settings: WgQuickSettings, file: FileOptions, peer: str) -> None:
    """Raise UsageError for options that do not work with a QR code, before anything is read or created."""
    if settings.table:
        raise UsageError(
            "--table does not work with a QR code: the WireGuard app refuses it", hint="leave out --table"
        )
    if file.file is None and not sys.stdout.isatty():
        raise UsageError(
            "refusing to print a QR code with a private key: stdout is not a terminal",
            hint=f"to write a picture, add {_as_picture(peer)}",
        )
    if file.file is not None and not is_picture(file.file):
        raise UsageError(
            f'-O "{file.file}" does not end in .png or .svg', hint=f"for example: {_as_picture(peer)}"
        )


def is_picture(file: str) -> bool:
    """Return whether a QR code can be written to a file, by its extension."""
    return Path(file).suffix.lower() in _PICTURES


def show_qr(
    conf: str,
    file: FileOptions,
    peer: str,
    *,
    invert: bool = False,
    small: bool = False,
    smaller: Smaller = no_smaller,
) -> None:
    """Print the configuration of a peer as a QR code, or write it to the file, which only the user can read."""
    if small and file.file is None:
        content: str | bytes = _small_code(
            _text(conf, smaller), peer, smaller, ink_is_dark=terminal.coloured != invert
        )
    else:
        content = qr_content(conf, file, peer, invert=invert, smaller=smaller, has_small=True)
    if file.file is None:
        typer.echo(content, nl=False)
    else:
        files.write(Path(file.file), content, mode=files.SECRET, replace=file.force)


def qr_content(
    conf: str,
    file: FileOptions,
    peer: str,
    *,
    invert: bool = False,
    smaller: Smaller = no_smaller,
    has_small: bool = False,
) -> str | bytes:
    """Return the QR code of the configuration of a peer: a picture for a file, otherwise text for this terminal.

    `has_small` means that the command has the option --small.
    Raise KgctlError if it has no private key, is too long for a code, or the code is too wide for the terminal.
    """
    text = _text(conf, smaller)
    if file.file is not None:
        return _PICTURES[Path(file.file).suffix.lower()](text)
    lines = _fitting_lines(text, peer, smaller, ink_is_dark=terminal.coloured != invert, has_small=has_small)
    return "".join(f"{qr_code.black_on_white(line) if terminal.coloured else line}\n" for line in lines)


def _text(conf: str, smaller: Smaller) -> str:
    """Return the content of the code; raise KgctlError if a phone cannot use it, or if it is too long."""
    if PLACEHOLDER in conf:
        raise KgctlError("a QR code needs the private key", hint="add --private-key FILE")
    if PRESHARED_PLACEHOLDER in conf:
        raise KgctlError("a QR code needs the preshared key, which is redacted or encrypted")
    text = qr_code.compact(conf)
    if not qr_code.holds(text):
        raise _too_long(text, smaller)
    return text


def _small_code(text: str, peer: str, smaller: Smaller, *, ink_is_dark: bool) -> str:
    """Return the code in sextants; raise KgctlError if it still does not fit."""
    _check_encoding(peer)
    columns = os.get_terminal_size(sys.stdout.fileno()).columns or sys.maxsize
    border = next((border for border in qr_code.BORDERS if qr_code.small_width(text, border) <= columns), None)
    if border is None:
        raise _too_wide(text, columns, peer, smaller, width=qr_code.small_width)
    lines = qr_code.sextants(text, ink_is_dark=ink_is_dark, border=border)
    return "".join(f"{qr_code.on_white(line) if terminal.coloured else line}\n" for line in lines)


def _fitting_lines(
    text: str, peer: str, smaller: Smaller, *, ink_is_dark: bool, has_small: bool
) -> tuple[str, ...]:
    """Return the lines of the code, with as much border as fits into the terminal.

    Raise KgctlError for a code that is too wide; warn about one that needs scrolling.
    """
    _check_encoding(peer)
    size = os.get_terminal_size(sys.stdout.fileno())
    columns = size.columns or sys.maxsize  # 0 is an unknown width
    border = next((border for border in qr_code.BORDERS if qr_code.width(text, border) <= columns), None)
    if border is None:
        fits_small = has_small and qr_code.small_width(text, min(qr_code.BORDERS)) <= columns
        raise _too_wide(text, columns, peer, smaller, *([_SMALL] if fits_small else []))
    lines = qr_code.half_blocks(text, ink_is_dark=ink_is_dark, border=border)
    if 0 < size.lines <= len(lines):  # the prompt also takes a line
        terminal.warn(
            f"the QR code needs {len(lines) + 1} lines, but the terminal has {size.lines}", _larger_window(peer)
        )
    return lines


def _check_encoding(peer: str) -> None:
    try:
        qr_code.BLOCKS.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        raise KgctlError(
            f"the encoding {sys.stdout.encoding} of the terminal cannot show a QR code",
            hint=f"to write a picture, add {_as_picture(peer)}",
        ) from None


def _too_long(text: str, smaller: Smaller) -> KgctlError:
    found = smaller(lambda conf: qr_code.holds(qr_code.compact(conf)))
    hints = (
        *_fitting(found),
        "or write the configuration to a file with -o wg-quick, and copy the file to the phone",
    )
    message = (
        f"the configuration has {len(text.encode())} bytes, but a QR code can contain at most {qr_code.MOST_BYTES}"
    )
    return KgctlError(message, hint="\n".join(hints))


def _too_wide(
    text: str,
    columns: int,
    peer: str,
    smaller: Smaller,
    *hints: str,
    width: Callable[[str, int], int] = qr_code.width,
) -> KgctlError:
    narrowest = min(qr_code.BORDERS)

    def fits(conf: str) -> bool:
        text = qr_code.compact(conf)
        return qr_code.holds(text) and width(text, narrowest) <= columns

    message = f"the QR code needs {width(text, narrowest)} columns, but the terminal has {columns}"
    return KgctlError(message, hint="\n".join((_larger_window(peer), *hints, *_fitting(smaller(fits)))))


def _fitting(options: Iterator[str]) -> Iterator[str]:
    return (f"to make it fit, add {option}" for option in options)


def _larger_window(peer: str) -> str:
    return f"enlarge the window, use a smaller font, or add {_as_picture(peer)}"


def _as_picture(peer: str) -> str:
    return f"-O {typed(peer)}.png"

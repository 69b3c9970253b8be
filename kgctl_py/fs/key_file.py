"""Keys that stand in files or come on stdin, read as wg(8) reads them; a key itself is in no message."""

import os
import re
import stat
import sys
from pathlib import Path

from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.os_errors import explained
from kgctl_py.wireguard import Key

STDIN = "-"
_KEY_CHARACTERS = 44
_EXACT_BASE64 = re.compile(rb"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
_IGNORED_AFTER_KEY = b" \t\n\v\f\r\0"
_MOST_OF_A_FILE = 65536


def read_key(source: str) -> tuple[Key, str]:
    """Read the key in a file, or on stdin for `-`; and give a warning when others may read that file, too."""
    if source == STDIN:
        return _parsed(sys.stdin.buffer.read(_MOST_OF_A_FILE), "stdin"), ""
    if _EXACT_BASE64.match(os.fsencode(source)):
        hint = 'every user of this machine sees the command line: give the key on stdin, and "-" for the file'
        raise UsageError("a key stands where the name of a file belongs", hint=hint)
    with explained("read", source), Path(source).open("rb") as file:
        data, exposed = file.read(_MOST_OF_A_FILE), is_exposed(file.fileno())
    warning = f'"{source}" can be read by every user of this machine' if exposed else ""
    return _parsed(data, f'"{source}"'), warning


def is_exposed(descriptor: int) -> bool:
    """Tell whether `descriptor` is open on a file that every user of the machine may open, as `wg` asks it."""
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) and bool(mode & stat.S_IRWXO)


def parse_keyfile(data: bytes) -> Key:
    """Read what a key file holds by the rule of wg's pubkey.c, stricter than `Key.parse`; raise ValueError."""
    if not _EXACT_BASE64.match(data):
        raise ValueError(f"does not start with a key: base64 of 32 bytes, in {_KEY_CHARACTERS} characters")
    if data[_KEY_CHARACTERS:].strip(_IGNORED_AFTER_KEY):
        raise ValueError("has something after the key")
    return Key.parse(data[:_KEY_CHARACTERS].decode())


def _parsed(data: bytes, name: str) -> Key:
    try:
        return parse_keyfile(data)
    except ValueError as error:
        raise KgctlError(f"{name} {error}") from None

"""Read keys in files or on stdin as wg(8) does; no message contains a key."""

import os
import re
import shlex
import sys
from pathlib import Path

from kgctl_py import notice
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.notice import Notice
from kgctl_py.os_errors import explained
from kgctl_py.system import is_exposed
from kgctl_py.wireguard import Key

STDIN = "-"
_KEY_CHARACTERS = 44
_PUBLIC = ".pub"
"""The extension of files with public keys, as `kgctl keygen` and others write them."""
_EXACT_BASE64 = re.compile(rb"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
_IGNORED_AFTER_KEY = b" \t\n\v\f\r\0"
_MOST_OF_A_FILE = 65536


def read_key(source: str) -> tuple[Key, tuple[Notice, ...]]:
    """Return the private key in a file, or on stdin for `-`, and a warning if other users can read the file.

    Raise KgctlError if the file cannot be read or has no private key, or UsageError for a key instead of a path.
    """
    if source == STDIN:
        return _parse(sys.stdin.buffer.read(_MOST_OF_A_FILE), "stdin"), ()
    if _EXACT_BASE64.match(os.fsencode(source)):
        hint = 'pass the name of a file, or "-" to read the key from stdin; other users can see the command line'
        raise UsageError("expected a file name, not a key", hint=hint)
    with explained("read", source), Path(source).open("rb") as file:
        data, exposed = file.read(_MOST_OF_A_FILE), is_exposed(file.fileno())
    key = _parse(data, f'"{source}"')
    if source.endswith(_PUBLIC):
        raise _is_public(source)
    return key, (_exposed(source),) if exposed else ()


def parse_keyfile(data: bytes) -> Key:
    """Return the key in a key file by the rule of wg's pubkey.c, stricter than `Key.parse`; raise ValueError."""
    if not _EXACT_BASE64.match(data):
        raise ValueError(f"does not start with a key ({_KEY_CHARACTERS} characters of base64)")
    if data[_KEY_CHARACTERS:].strip(_IGNORED_AFTER_KEY):
        raise ValueError("has more text after the key")
    return Key.parse(data[:_KEY_CHARACTERS].decode())


def _is_public(source: str) -> KgctlError:
    """Return the error for a key in a file for public keys."""
    private = source.removesuffix(_PUBLIC) + ".key"
    hint = f"use {private}" if Path(private).is_file() else "use the file that contains the private key"
    return KgctlError(f'"{source}" contains a public key, but a private key is needed', hint=hint)


def _exposed(source: str) -> Notice:
    text = f'every user of this machine can read "{source}"'
    return notice.warning(text, f"to restrict it: chmod 600 {shlex.quote(source)}")


def _parse(data: bytes, name: str) -> Key:
    if not data.strip():
        raise KgctlError(f"{name} is empty, but a key is needed")
    try:
        return parse_keyfile(data)
    except ValueError as error:
        raise KgctlError(f"{name} {error}") from None

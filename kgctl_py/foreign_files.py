"""Recognize a file that is not the expected text: compressed, encrypted, a web page, or UTF-16 without a mark."""

import codecs
from collections.abc import Mapping
from typing import Any

from kgctl_py.value import Value

_COMPRESSED = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x1f\x8b", "gzip"),
)
_ENCRYPTED = (
    (b"\0GITCRYPT\0", "git-crypt"),
    (b"$ANSIBLE_VAULT;", "Ansible Vault"),
    (b"age-encryption.org/", "age"),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", "age"),
    (b"-----BEGIN PGP MESSAGE-----", "PGP"),
)
SOPS = "SOPS"
ENCRYPTED_VALUE = "ENC["
"""The first characters of a value that SOPS encrypted."""
_TAR = slice(257, 262)
_HTML = (b"<!doctype html", b"<html")
_START = 512
_FEWEST = 8
"""The minimum number of bytes that kgctl recognizes as UTF-16."""


class StandIn(Value, frozen=True):
    """The unexpected content of a file, and how to use it."""

    what: str
    remedy: str
    is_piped: bool = True
    """Whether the result of the remedy is given as stdin."""

    def hint(self, option: str) -> str:
        """Return how to use the content, with the option that takes a file."""
        return f"{self.remedy}, and give it as {option} -" if self.is_piped else self.remedy


def describe_foreign(data: bytes) -> StandIn | None:
    """Return what a file is if it is not plain text; None for any other file."""
    if form := compression(data):
        return StandIn(f"{'an' if form == 'xz' else 'a'} {form} file", "unpack it first")
    if program := encryption_of_all(data):
        return StandIn(f"encrypted by {program}", "decrypt it first")
    if is_html(data):
        return StandIn("an HTML page", "download the file itself, not the page that shows it", is_piped=False)
    if encoding := unmarked_utf16(data):
        remedy = f"convert it with iconv -f {encoding} -t UTF-8"
        return StandIn(f"{encoding} without a byte order mark", remedy)
    return None


def compression(data: bytes) -> str:
    """Return the format of a compressed file or an archive; empty for another file."""
    return "tar" if is_tar(data) else next((name for start, name in _COMPRESSED if data.startswith(start)), "")


def is_tar(data: bytes) -> bool:
    """Return whether a file, whose first 512 bytes suffice, is a tar file."""
    return data[_TAR] == b"ustar"


def is_html(data: bytes) -> bool:
    """Return whether a file is a web page, such as the sign-in page of a server."""
    return data[:_START].removeprefix(codecs.BOM_UTF8).lstrip().lower().startswith(_HTML)


def encryption_of_all(data: bytes) -> str:
    """Return the program that encrypted a whole file as one secret; empty for any other file."""
    start = data[:4096].removeprefix(codecs.BOM_UTF8).lstrip()[:64]
    return next((program for beginning, program in _ENCRYPTED if start.startswith(beginning)), "")


def is_sops(value: Any) -> bool:
    """Return whether SOPS encrypted an object: it adds a mapping with a code over all values."""
    sops = value.get("sops") if isinstance(value, Mapping) else None
    return isinstance(sops, Mapping) and not {"mac", "lastmodified", "version"}.isdisjoint(sops)


def unmarked_utf16(data: bytes) -> str:
    """Return the encoding of a text in UTF-16 that does not begin with a mark: every second byte is 0."""
    start = data[:_START]
    if len(start) < _FEWEST:
        return ""
    even, odd = start[::2], start[1::2]
    if not any(odd) and all(even):
        return "UTF-16LE"
    return "UTF-16BE" if not any(even) and all(odd) else ""

"""Read the objects in a file: YAML or JSON, also compressed with gzip, or a bundle; `-` is stdin."""

import codecs
import contextlib
import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from kgctl_py.errors import KgctlError
from kgctl_py.foreign_files import SOPS, describe_foreign, encryption_of_all, is_sops
from kgctl_py.kube.objects.raw_object import RawObject, objects_in_document, objects_in_json
from kgctl_py.limits import read_bytes, read_stream
from kgctl_py.os_errors import explained
from kgctl_py.value import replace

if TYPE_CHECKING:
    from kgctl_py.cluster.saved.bundle import Bundle

SAVE_COMMAND = "kubectl get nodes,peers.kilo.squat.ai -o yaml > cluster.yaml"
SAVE_HINT = f"to save a cluster: {SAVE_COMMAND}"

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_GZIP = b"\x1f\x8b"
"""The first bytes of a bundle."""
_SOPS = b'"sops"'
_BEFORE_HTML = codecs.BOM_UTF8 + b" \t\r\n"
_LFS = b"version https://git-lfs"


def read_content(path: str) -> "tuple[str, bytes | Bundle]":
    """Return the name of a file as messages show it, and its text or its bundle; raise KgctlError."""
    shown = shown_path(path)
    return shown, _opened(shown, _read(path))


def shown_path(path: str) -> str:
    """Return the name of a file as messages show it."""
    return "stdin" if path == "-" else path


def _opened(shown: str, text: bytes) -> "bytes | Bundle":
    """Return a bundle, or text, which can be compressed with gzip; raise KgctlError."""
    if not text.startswith(_GZIP):
        return _as_utf8(shown, text)
    from kgctl_py.cluster.saved import bundle
    from kgctl_py.fs.archive import ArchiveError, gunzip

    try:
        content = gunzip(text)
    except ArchiveError as error:
        raise KgctlError(f'cannot read "{shown}": {error}') from None
    if content is not None:
        return _as_utf8(shown, content)
    try:
        return bundle.unpack(text)
    except ArchiveError as error:
        hint = "to create a bundle: kgctl gather"
        raise KgctlError(f'cannot read bundle "{shown}": {error}', hint=hint) from None


def _as_utf8(shown: str, text: bytes) -> bytes:
    """Return a text of any encoding as kubectl reads it: without a byte order mark, all is UTF-8.

    What is not UTF-8, such as a name in a comment, is replaced. Raise KgctlError for a file of another kind.
    """
    if text.isascii() or text.startswith(_UTF_16):
        return text
    try:
        text.decode()
    except UnicodeDecodeError:
        _check_is_text(shown, text)
        return text.decode(errors="replace").encode()
    return text


def _check_is_text(shown: str, text: bytes) -> None:
    if found := describe_foreign(text):
        raise KgctlError(f'"{shown}" is {found.what}', hint=found.hint("--from-file"))


def objects_in(shown: str, content: "bytes | Bundle") -> Iterable[RawObject]:
    """Yield each object of a file, also those in Lists."""
    if not isinstance(content, bytes):
        return (
            RawObject(source=shown, kind=one.of, api_version=one.api_version, content=item)
            for one in content.lists
            for item in one.items
        )
    held = objects_in_json(content, shown) if content.startswith(b"{") and _SOPS not in content else None
    if held is not None:
        return held
    return (one for document in _documents(content, shown) for one in _objects_of(document, shown))


def _objects_of(document: Any, shown: str) -> Iterable[RawObject]:
    """Return the objects of a document; raise KgctlError."""
    if not is_sops(document):
        return objects_in_document(document, shown, SAVE_HINT)
    if "kind" not in document:
        raise _encrypted_whole(shown, SOPS)
    return (replace(one, is_sealed=True) for one in objects_in_document(document, shown, SAVE_HINT))


def _encrypted_whole(shown: str, program: str) -> KgctlError:
    hint = "decrypt it first, and give it as --from-file -"
    return KgctlError(f'"{shown}" is encrypted by {program}', hint=hint)


def _check_is_itself(shown: str, text: bytes) -> None:
    from kgctl_py.kilo.unknown_content import stand_in, template

    if found := stand_in(text) or template(text):
        raise KgctlError(f'"{shown}" is {found.what}', hint=found.hint("--from-file"))


def _read(path: str) -> bytes:
    try:
        with explained("read", path):
            return read_stream(sys.stdin.buffer, "stdin") if path == "-" else read_bytes(path)
    except KgctlError as error:
        exists = path == "-" or os.path.lexists(path)
        raise KgctlError(error.message, hint=error.hint if exists else SAVE_HINT) from None


def _documents(text: bytes, shown: str) -> list[Any]:
    if program := encryption_of_all(text):
        raise _encrypted_whole(shown, program)
    if text[:64].lstrip(_BEFORE_HTML).startswith(b"<"):
        _check_is_text(shown, text)
    if text.startswith(_LFS):
        _check_is_itself(shown, text)
    if text.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{"):
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
            return [_json(text.removeprefix(codecs.BOM_UTF8), shown)]
        from kgctl_py.kube.objects.json_stream import json_texts

        with contextlib.suppress(msgspec.DecodeError):  # Python accepts NaN as a number
            if texts := json_texts(text):
                return [_json(one.text.encode(), shown) for one in texts]
    from kgctl_py.kube.objects.yaml_text import UnparsableError, load_all

    try:
        return load_all(text)
    except UnparsableError as error:
        _check_is_text(shown, text)
        _check_is_itself(shown, text)
        why = f'"{shown}" is not valid YAML or JSON: {error}'
        raise KgctlError(why, hint=error.hint or SAVE_HINT) from None


def _json(text: bytes, shown: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except RecursionError:
        raise KgctlError(f'"{shown}" is nested too deeply for a cluster', hint=SAVE_HINT) from None

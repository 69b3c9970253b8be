"""Compressed files, archives, and web pages, by their first bytes."""

_STARTS = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x1f\x8b", "gzip"),
)
_TAR = slice(257, 262)
_HTML = (b"<!doctype html", b"<html")


def compression(data: bytes) -> str:
    """Return the format of a compressed file or an archive; empty for another file."""
    return "tar" if is_tar(data) else next((name for start, name in _STARTS if data.startswith(start)), "")


def is_html(data: bytes) -> bool:
    """Return whether a file is a web page, such as the sign-in page of a server."""
    return data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_HTML)


def is_tar(data: bytes) -> bool:
    """Return whether a file, whose first 512 bytes suffice, is a tar file."""
    return data[_TAR] == b"ustar"

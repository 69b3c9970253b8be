"""Compressed files and archives, by their first bytes."""

_STARTS = (
    (b"PK\x03\x04", "zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x1f\x8b", "gzip"),
)
_TAR = slice(257, 262)


def compression(data: bytes) -> str:
    """Return the format of a compressed file or an archive; empty for another file."""
    return "tar" if is_tar(data) else next((name for start, name in _STARTS if data.startswith(start)), "")


def is_tar(data: bytes) -> bool:
    """Return whether a file, whose first 512 bytes suffice, is a tar file."""
    return data[_TAR] == b"ustar"

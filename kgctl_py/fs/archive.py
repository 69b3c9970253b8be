"""Gzipped files and tar files: packed reproducibly, and unpacked in memory as untrusted data."""

import gzip
import io
import tarfile
import zlib
from collections.abc import Mapping

from kgctl_py.foreign_files import is_tar

LARGEST = 512 * 2**20
"""The maximum bytes of an unpacked archive; that of 5,000 nodes has about 10 MB."""
MOST = 10_000
"""The maximum number of members of an archive."""

_BLOCK = 512
_PART = 2**20

_KINDS = {tarfile.DIRTYPE: "folder", tarfile.SYMTYPE: "link", tarfile.LNKTYPE: "link"}


class ArchiveError(ValueError):
    """An archive is incomplete, or `pack` did not create it; the message says which."""


def pack(files: Mapping[str, bytes], *, folder: str, mtime: int) -> bytes:
    """Return a .tar.gz of `files`, by their paths in `folder`, each with the Unix time `mtime`."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(files):
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size, member.mtime, member.mode = len(files[name]), mtime, 0o600
            tar.addfile(member, io.BytesIO(files[name]))
    return gzip.compress(plain.getvalue(), mtime=mtime)


def unpack(data: bytes, *, largest: int = LARGEST, most: int = MOST) -> dict[str, bytes]:
    """Return the files of an archive by their paths below its one folder, without writing to the disk.

    Raise ArchiveError for links, devices, paths outside the folder, and archives that are too large.
    """
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=_Limited(data, largest), mode="r|") as tar:  # type: ignore[call-overload] # only reads
            for member in tar:
                name = _name(member, largest)
                if name in files:
                    raise ArchiveError(f'it has "{member.name}" twice')
                if len(files) == most:
                    raise ArchiveError(f"it has more than {most} members")
                content = tar.extractfile(member)
                files[name] = content.read() if content else b""
    except ArchiveError:
        raise
    except EOFError:
        raise ArchiveError("it is cut off; copy or download it again") from None
    except (tarfile.TarError, zlib.error, OSError, OverflowError, ValueError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ArchiveError(f"it is incomplete or not an archive: {reason}") from None
    return files


def gunzip(data: bytes, *, largest: int = LARGEST) -> bytes | None:
    """Return the content of a gzip file; None if it is an archive, or its start is damaged.

    Raise ArchiveError if the file is incomplete, or its content too large.
    """
    stream = _Limited(data, largest)
    try:
        content = stream.read(_BLOCK)
    except EOFError:
        raise ArchiveError("it is cut off; copy or download it again") from None
    except (zlib.error, OSError):
        return None
    if not content or is_tar(content):
        return None
    try:
        parts = [content]
        while part := stream.read(_PART):
            parts.append(part)
        return b"".join(parts)
    except (zlib.error, EOFError, OSError):
        raise ArchiveError("it is incomplete or damaged") from None


def _name(member: tarfile.TarInfo, largest: int) -> str:
    """Return the path of a member below the first folder; raise ArchiveError if it is not a regular file there."""
    if not member.isreg() or member.issparse():
        raise ArchiveError(f'its member "{member.name}" is a {_KINDS.get(member.type, "special file")}')
    parts = member.name.split("/")
    if any(part in ("", ".", "..") or "\\" in part or ":" in part for part in parts) or len(parts) == 1:
        raise ArchiveError(f'its member "{member.name}" is outside its folder')
    if not 0 <= member.size <= largest:
        raise ArchiveError(f'its member "{member.name}" is too large')
    return "/".join(parts[1:])


class _Limited:
    """Reads a gzip stream up to `largest` bytes, because a few KB can expand to many GB."""

    def __init__(self, data: bytes, largest: int) -> None:
        self._stream = gzip.GzipFile(fileobj=io.BytesIO(data))
        self._read, self._largest = 0, largest

    def read(self, size: int) -> bytes:
        chunk = self._stream.read(size)
        self._read += len(chunk)
        if self._read > self._largest:
            raise ArchiveError(f"it unpacks to more than {self._largest >> 20} MiB")
        return chunk

"""A text file that kgctl rewrites when its content changes."""

from pathlib import Path
from shlex import quote

from kgctl_py.errors import KgctlError
from kgctl_py.fs import files
from kgctl_py.fs.links_and_streams import is_stream
from kgctl_py.limits import LARGEST_SETTING, read_bytes
from kgctl_py.os_errors import explained


class KeptText:
    """The file at `path`; with `replace`, or if it starts with `header`, its first content is replaced."""

    def __init__(self, path: Path, *, header: str, replace: bool) -> None:
        self.path = path
        self.is_current = False
        self._content = _read(path)
        self._may_replace = replace or (self._content or b"").startswith(header.encode())

    def write(self, text: str) -> bool | None:
        """Write `text`, and return True; None if it was already the content.

        Raise KgctlError if the file cannot be written, or must not be replaced.
        """
        content = text.encode()
        if content == self._content:
            self.is_current = True
            return None
        if self._content is not None and not self.is_current and not self._may_replace:
            raise KgctlError(f'"{self.path}" already exists', hint="to replace it, add --force")
        files.write(self.path, text, replace=self._content is not None or self.is_current)
        self._content, self.is_current = content, True
        return True


def _read(path: Path) -> bytes | None:
    if path.is_dir():
        raise KgctlError(f'"{path}" is a folder', hint=f"use -O {quote(str(path / 'NAME'))}")
    if is_stream(path):  # reading stdout or another pipe would never end
        return None
    with explained("read", path):
        try:
            return read_bytes(path, most=LARGEST_SETTING)
        except FileNotFoundError:
            return None

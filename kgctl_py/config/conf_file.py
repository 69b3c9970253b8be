"""A configuration file that kgctl updates when the mesh changes, and the parts that an update must keep."""

from pathlib import Path

from kgctl_py import wireguard
from kgctl_py.errors import KgctlError
from kgctl_py.fs import files
from kgctl_py.limits import LARGEST_SETTING, read_bytes
from kgctl_py.os_errors import explained
from kgctl_py.wireguard.difference import Difference, difference
from kgctl_py.wireguard.field_values import decode
from kgctl_py.wireguard.parse import parse_conf
from kgctl_py.wireguard.sections import Parsed


class ConfFile:
    """The file at `path`; its existing content is replaced only if nothing but the peers changes.

    With `replace`, the existing content is always replaced.
    """

    def __init__(self, path: Path, *, replace: bool) -> None:
        self.path = path
        self._replace = replace
        self._text = _read(path)
        self.is_current = False

    @property
    def interface(self) -> wireguard.Interface:
        """The readable part of the interface in the file."""
        parsed = _parsed(self._text)
        return (parsed and parsed.conf.interface) or wireguard.Interface()

    def write(self, text: str) -> Difference | None:
        """Write `text`, and return what changed; None if `text` was already the content.

        Raise KgctlError if the file cannot be written, or must not be replaced.
        """
        if text == self._text:
            self.is_current = True
            return None
        if self._text is not None and not self._replace and not self.is_current:
            self._refuse_loss(text)
        files.write(self.path, text, mode=files.SECRET, replace=self._text is not None or self.is_current)
        old, new = _parsed(self._text), _parsed(text)
        self._text, self.is_current = text, True
        return difference(old.conf, new.conf) if old and new else Difference()

    def _refuse_loss(self, text: str) -> None:
        """Raise KgctlError unless the file has an interface and differs only in its peers."""
        old, new = _parsed(self._text), _parsed(text)
        why, hint = "", "to replace it, add --force"
        if old and new and old.conf.interface and new.conf.interface:
            if old.conf.interface != new.conf.interface:
                why, hint = (
                    ", and its [Interface] section differs",
                    "pass the options that it was created with, or add --force",
                )
            elif old.ignored != new.ignored:
                why = f", and its {', '.join(old.ignored)} would be lost"
            else:
                return
        raise KgctlError(f'"{self.path}" already exists{why}', hint=hint)


def _read(path: Path) -> str | None:
    with explained("read", path):
        try:
            return decode(read_bytes(path, most=LARGEST_SETTING))
        except FileNotFoundError:
            return None
        except ValueError:
            raise KgctlError(f'"{path}" already exists and is not a text file') from None


def _parsed(text: str | None) -> Parsed | None:
    try:
        return parse_conf(text) if text is not None else None
    except ValueError:
        return None

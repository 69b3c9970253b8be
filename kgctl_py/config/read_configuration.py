"""Read an existing configuration from a file in any of the formats, or from stdin."""

import sys
from pathlib import Path

from kgctl_py.errors import KgctlError
from kgctl_py.limits import LARGEST_SETTING, read_bytes, read_stream
from kgctl_py.os_errors import explained
from kgctl_py.wireguard.field_values import decode
from kgctl_py.wireguard.parse_any import parse_any
from kgctl_py.wireguard.sections import Parsed

STDIN = "-"
_NETDEV, _NETWORK = ".netdev", ".network"


def read_configuration(source: str) -> Parsed:
    """Return the configuration in a file, in a folder with a .netdev, or on stdin; raise KgctlError.

    For systemd-networkd, `source` is one of the two files; the other one is read from the same folder.
    """
    try:
        with explained("read", "stdin" if source == STDIN else source):
            if source == STDIN:
                return parse_any(decode(read_stream(sys.stdin.buffer, "stdin", most=LARGEST_SETTING)))
            path = _main_file(Path(source))
            network = path.with_suffix(_NETWORK)
            beside = _text(network) if path.suffix == _NETDEV and network.exists() else ""
            return parse_any(_text(path), beside)
    except ValueError as error:
        raise _not_read(shown_source(source), error) from None


def shown_source(source: str) -> str:
    """Return the name of a source in a message: stdin, or the quoted path of a file."""
    return "stdin" if source == STDIN else f'"{source}"'


def _text(path: Path) -> str:
    return decode(read_bytes(path, most=LARGEST_SETTING))


def _main_file(path: Path) -> Path:
    if path.is_dir():
        found = sorted(path.glob(f"*{_NETDEV}"))
        if len(found) != 1:
            raise KgctlError(
                f'"{path}" has {len(found) or "no"} .netdev files',
                hint="pass the path of a file, not of the folder",
            )
        return found[0]
    return path.with_suffix(_NETDEV) if path.suffix == _NETWORK else path


def _not_read(name: str, error: ValueError) -> KgctlError:
    if str(error) == "is not text":
        return KgctlError(f"{name} is not a text file")
    return KgctlError(f"{name} is not a WireGuard configuration: {error}")

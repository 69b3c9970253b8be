"""The private key in files that a new configuration replaces, because they can contain its only copy."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from kgctl_py.config import PrivateKey
from kgctl_py.limits import LARGEST_SETTING, open_file
from kgctl_py.notice import note
from kgctl_py.os_errors import explained
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.keygen import public_key

_KEY = re.compile(rb"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=")


def replaced_key(path: Path, own: Key | None, interface: str) -> PrivateKey | None:
    """Return the private key of the public key `own` in the file at `path`, or in a file of the folder `path`.

    The key can be in any format. Raise KgctlError if a file that the configuration can replace cannot be read; in
    a folder, these files are named after the `interface`.
    """
    for file in _regular_files(path, interface):
        with explained("read", file), open_file(file) as stream:
            content = stream.read(LARGEST_SETTING)
        for text in dict.fromkeys(_KEY.findall(content)):
            key = Key.parse_or_none(text.decode())
            if key and public_key(key) == own:
                return PrivateKey(
                    key=key, source=str(file), notices=(note(f'note: keeps the private key in "{file}"'),)
                )
    return None


def _regular_files(path: Path, interface: str) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        with explained("read", path):
            files = sorted(path.iterdir())
        yield from (file for file in files if file.is_file() and (interface in file.name or _can_read(file)))


def _can_read(file: Path) -> bool:
    return os.access(file, os.R_OK)

"""The cache folder of the user, whose files can be deleted at any time."""

from pathlib import Path

from kgctl_py.errors import KgctlError
from kgctl_py.fs import files
from kgctl_py.os_errors import explained

_OWNER_ONLY = 0o700


def write(name: str, text: str) -> Path:
    """Write a file that only the user can read, and return its path; replace a file with this name.

    Raise KgctlError if it cannot be written.
    """
    import platformdirs

    folder = platformdirs.user_cache_path("kgctl", appauthor=False)
    if not folder.is_absolute():
        raise KgctlError("the user has no home directory")
    with explained("write", folder):
        folder.mkdir(_OWNER_ONLY, parents=True, exist_ok=True)
    files.write(folder / name, text, mode=files.SECRET, replace=True)
    return folder / name

"""Which files Git does not take."""

import subprocess
from pathlib import Path


def is_ignored(file: Path) -> bool:
    """Return whether Git leaves `file` alone: it ignores it, or there is no repository (gitcheckignore(1))."""
    try:
        command = ["git", "-C", str(file.parent), "check-ignore", "-q", "--", file.name]
        return subprocess.run(command, capture_output=True, check=False).returncode != 1  # noqa: S603 # no shell
    except OSError:
        return True

"""Process groups of this machine."""

from pathlib import Path


def has_processes(group: int) -> bool:
    """Return whether a process of a group lives; a zombie does not."""
    return any(_is_member(file, group) for file in Path("/proc").glob("[0-9]*/stat"))


def _is_member(file: Path, group: int) -> bool:
    try:
        state, _, number, *_ = file.read_text().rpartition(")")[2].split()
    except OSError:  # it has ended
        return False
    return int(number) == group and state != "Z"

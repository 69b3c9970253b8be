"""The files of a folder that contain Kubernetes objects."""

import os
from collections.abc import Iterator
from pathlib import Path

MANIFESTS = (".yaml", ".yml", ".json")
TABLES = (".csv", ".tsv")


def files_below(folder: str, endings: tuple[str, ...] = MANIFESTS) -> Iterator[str]:
    """Return the files of a folder by name, except those whose name starts with a dot; endings are in lower case.

    A link out of the folder is skipped, because Git stores only its name.
    """
    root = Path(folder).resolve()

    def refuse(error: OSError) -> None:
        raise error

    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            file = Path(parent, name)
            if name.lower().endswith(endings) and not name.startswith(".") and _is_file_below(file, root):
                yield str(file)


def _is_file_below(file: Path, root: Path) -> bool:
    return file.is_file() and (not file.is_symlink() or file.resolve().is_relative_to(root))

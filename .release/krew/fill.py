"""Fill in krew's manifest for archives: python .release/krew/fill.py REPOSITORY ARCHIVE…

REPOSITORY is the address of the project; a release of the version is expected to have the archives.
"""

import hashlib
import json
import re
import runpy
import string
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
VERSION = runpy.run_path(str(HERE.parents[1] / "kgctl_py" / "__init__.py"))["__version__"]


def manifest(repository: str, archives: list[Path]) -> str:
    """Return the manifest of a release that has the archives."""
    platforms = [_platform(repository, archive) for archive in sorted(archives)]
    template = string.Template((HERE / "kilo.yaml").read_text(encoding="utf-8"))
    return template.substitute(version=VERSION, repository=repository, platforms=json.dumps(platforms, indent=2))


def _platform(repository: str, archive: Path) -> dict[str, Any]:
    """Return what krew has to know of an archive, whose name says for which machines it is."""
    named = re.fullmatch(r"(kgctl-(linux|darwin|windows)-(amd64|arm64))\.tar\.gz", archive.name)
    if not named:
        raise ValueError(f'"{archive.name}" is no archive of kgctl')
    folder, system, machine = named.groups()
    return {
        "selector": {"matchLabels": {"os": system, "arch": machine}},
        "uri": f"{repository}/releases/download/v{VERSION}/{archive.name}",
        "sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
        "files": [{"from": f"{folder}/*", "to": "."}],
        "bin": "kgctl.exe" if system == "windows" else "kgctl",
    }


if __name__ == "__main__":
    print(manifest(sys.argv[1], [Path(argument) for argument in sys.argv[2:]]), end="")

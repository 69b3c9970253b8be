"""A root folder with a C library and nothing else, in which programs run as on a machine without Python."""

import os
import stat
import subprocess
from pathlib import Path

LIBRARIES = ("libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0", "librt.so.1", "libutil.so.1", "libz.so.1")
"""What every distribution of Linux has."""


class RootWithoutPython:
    """The root folder of a machine that has no Python, and no other program either."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("bin", "dev", "home", "opt", "proc", "tmp"):
            (folder / name).mkdir(parents=True)
        os.mknod(folder / "dev" / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
        for library in _libraries():
            place = folder / library.relative_to("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(library.read_bytes())
            place.chmod(0o755)

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the folder in namespaces of its own: it sees no other file, process or network."""
        isolated = ("unshare", "--mount", "--net", "--pid", "--fork", f"--root={self.folder}", "--mount-proc")
        return subprocess.run(
            [*isolated, "--wd=/home", *command],
            env={"HOME": "/home", "PATH": "/bin", **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def _libraries() -> list[Path]:
    """Return the files of the C library, and the loader, which is at a place of its own."""
    cached = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    entries = (line.split(" => ") for line in cached.splitlines() if " => " in line and "64" in line)
    places = {name.split()[0]: Path(path) for name, path in entries}
    loader = subprocess.run(["ldd", "/bin/true"], capture_output=True, text=True, check=True).stdout.split()
    return [
        *(places[name] for name in LIBRARIES),
        *(Path(word) for word in loader if word.startswith("/lib64/ld")),
    ]

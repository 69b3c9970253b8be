"""Build kgctl-OS-ARCH.tar.gz, the program with all that it needs: python .release/archive/build.py FOLDER.

It needs uv, and a Python whose version the archive then has. A licence stands beside each package in it.
"""

import contextlib
import gzip
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SYSTEMS = {"linux": "linux", "darwin": "darwin", "win32": "windows"}
MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
LICENCES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS")
"""How the names of files begin that have to be handed on."""
BUILDERS = frozenset(("altgraph", "macholib", "packaging", "pefile", "pyinstaller-hooks-contrib", "setuptools"))
"""Packages that build the archive, and are not in it; of PyInstaller the program that starts Python is."""


def name() -> str:
    """Return the name of the archive without its ending, by the words of Go and krew."""
    return f"kgctl-{SYSTEMS[sys.platform]}-{MACHINES[platform.machine().lower()]}"


def build(target: Path) -> Path:
    """Build the archive in the folder `target`, and return its path."""
    with tempfile.TemporaryDirectory() as folder:
        python = _environment(Path(folder))
        program = _program(Path(folder), python)
        site = Path(_run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
        shutil.copytree(Path(folder) / "venv" / "share", program / "share")
        shutil.copy(ROOT / "LICENSE", program / "LICENSE")
        _copy_licences(site, program / "licenses")
        _copy_licences_of_debian(Path(folder), program / "licenses")
        return _pack(program, target.resolve() / f"{name()}.tar.gz")


def _environment(folder: Path) -> str:
    """Return the Python of a new environment with kgctl's wheel and PyInstaller."""
    _run("uv", "build", "--quiet", "--wheel", "--out-dir", str(folder), str(ROOT))
    _run("uv", "venv", "--quiet", "--python", sys.executable, str(folder / "venv"))
    python = str(folder / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))
    (wheel,) = folder.glob("*.whl")
    _run("uv", "pip", "install", "--quiet", "--python", python, str(wheel), "pyinstaller>=6.16")
    return python


def _program(folder: Path, python: str) -> Path:
    """Return the folder of the program."""
    places = ("--distpath", str(folder / "dist"), "--workpath", str(folder / "work"))
    _run(
        python,
        "-m",
        "PyInstaller",
        "--noconfirm",
        "--log-level",
        "ERROR",
        *places,
        str(HERE / "kgctl.spec"),
        cwd=folder,
    )
    return folder / "dist" / "kgctl"


def _copy_licences(site: Path, target: Path) -> None:
    """Copy the licences of Python and of each package in the environment; fail when one has none."""
    for distribution in metadata.distributions(path=[str(site)]):
        package = distribution.metadata["Name"].lower()
        files = [file for file in distribution.files or () if file.name.upper().startswith(LICENCES)]
        for number, file in enumerate(files if package not in BUILDERS else ()):
            _copy(Path(str(distribution.locate_file(file))), target / package / f"{number}-{file.name}")
        if not files and package not in BUILDERS:
            text = "\n".join(distribution.metadata.get_all("License-Expression", ()) or _told(distribution))
            (target / package).mkdir(parents=True)
            (target / package / "LICENSE.txt").write_text(f"{text}\n", encoding="utf-8")
    places = (Path(os.__file__).parent, Path(sys.base_prefix))  # the second one on Windows
    (python, *_) = (place / "LICENSE.txt" for place in places if (place / "LICENSE.txt").exists())
    _copy(python, target / "python" / "LICENSE.txt")


def _copy_licences_of_debian(folder: Path, target: Path) -> None:
    """Copy the licences of libraries of the system, where it is Debian; elsewhere Python brings its own."""
    if not shutil.which("dpkg-query"):
        return
    own = [folder] if sys.base_prefix == "/usr" else [folder, Path(sys.base_prefix)]
    libraries = (Path(line) for line in (folder / "work" / "kgctl" / "libraries.txt").read_text().splitlines())
    for library in libraries:
        if not any(library.is_relative_to(place) for place in own):
            package = _package_of(library.resolve())
            _copy(Path("/usr/share/doc") / package / "copyright", target / package / "copyright")


def _package_of(library: Path) -> str:
    """Return the package of Debian that has a library; it may list it without /usr, which is a link to there."""
    for path in (library, Path("/") / library.relative_to("/usr") if library.is_relative_to("/usr") else library):
        found = subprocess.run(["dpkg-query", "--search", str(path)], capture_output=True, text=True, check=False)
        if not found.returncode:
            return found.stdout.partition(":")[0]
    raise ValueError(f'no package has "{library}", so its licence is unknown')


def _told(distribution: metadata.Distribution) -> list[str]:
    """Return what a package that has no file says of its licence; raise ValueError when it says nothing."""
    told = distribution.metadata.get_all("License", [])
    told += [one for one in distribution.metadata.get_all("Classifier", []) if one.startswith("License ::")]
    if not told:
        raise ValueError(f'"{distribution.metadata["Name"]}" has no licence')
    return told


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _pack(program: Path, archive: Path) -> Path:
    """Pack the folder; owners and times do not matter, so that they do not differ either."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    mtime = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mtime = mtime
        return member

    with contextlib.ExitStack() as stack:
        raw = stack.enter_context(archive.open("wb"))
        packed = stack.enter_context(gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=mtime))
        tar = stack.enter_context(tarfile.open(fileobj=packed, mode="w"))
        for path in sorted(program.rglob("*")):
            tar.add(path, f"{name()}/{path.relative_to(program).as_posix()}", recursive=False, filter=plain)
    return archive


def _run(*command: str, cwd: Path | None = None) -> str:
    """Run a command; PyInstaller imports from where it runs before it looks at what is installed."""
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(command, cwd=cwd, env=environment, check=True, text=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))

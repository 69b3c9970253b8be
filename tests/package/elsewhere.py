"""Runs kgctl as on another system: python -m tests.package.elsewhere SYSTEM < commands.json > results.json

What that system lacks is taken away before kgctl is imported: modules, functions, signals. What it has of its own
is not put in their place; paths stay those of this system. Packages that others make are imported before.
"""

import builtins
import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import json
import os
import pathlib
import pkgutil
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace
from typing import Any, NoReturn

MODULES = {
    "darwin": ("pyroute2",),
    "win32": ("fcntl", "grp", "pwd", "pyroute2", "readline", "resource", "syslog", "termios", "tty"),
}
"""Modules that are not there; pyroute2 is only installed on Linux."""
OF_OTHERS = (
    "cryptography",
    "jinja2",
    "msgspec",
    "ruamel.yaml",
    "segno",
    "shutil",
    "typer.completion",
    "typing",
    "urllib3",
    "yaml",
)
"""What would ask Windows for its own functions; that it works there is for its makers to test."""
ABSENT: dict[str, dict[ModuleType, tuple[str, ...]]] = {
    "darwin": {os: ("memfd_create", "sched_getaffinity"), socket: ("AF_NETLINK", "SO_PEERCRED")},
    "win32": {
        os: (
            "O_NOCTTY",
            "fchown",
            "chown",
            "fork",
            "geteuid",
            "getuid",
            "getpgid",
            "killpg",
            "memfd_create",
            "mkfifo",
            "mknod",
            "sched_getaffinity",
        ),
        signal: (
            "SIGHUP",
            "SIGKILL",
            "SIGUSR1",
            "SIGALRM",
            "SIGPIPE",
            "SIGCHLD",
            "pthread_sigmask",
            "setitimer",
        ),
        socket: ("AF_UNIX", "AF_NETLINK", "SO_PEERCRED", "SO_BINDTODEVICE"),
    },
}
"""What modules of Python have not there."""


class Blocked(importlib.abc.MetaPathFinder):
    """Finds that modules are not there."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = frozenset(names)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in self._names:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


def become(system: str) -> None:
    """Take away what `system` lacks."""
    for name in OF_OTHERS:
        importlib.import_module(name)
    for name in MODULES[system]:
        sys.modules.pop(name, None)
    sys.meta_path.insert(0, Blocked(MODULES[system]))
    subprocess.signal = SimpleNamespace(**vars(signal))  # type: ignore[attr-defined] # Popen.kill needs SIGKILL here
    for module, names in ABSENT[system].items():
        for name in names:
            if hasattr(module, name):
                delattr(module, name)
    sys.platform = system
    if system == "win32":
        own: Any = sys.modules[pathlib.Path.__module__]
        own.WindowsPath = pathlib.PosixPath  # what Path makes when os.name says so
        os.name = "nt"


def import_all() -> list[str]:
    """Import every module of kgctl, and give their names."""
    package = importlib.import_module("kgctl_py")
    names = [module.name for module in pkgutil.walk_packages(package.__path__, "kgctl_py.")]
    for name in names:
        importlib.import_module(name)
    return names


def run(args: Sequence[str]) -> dict[str, Any]:
    """Run a command in this process, and give what it printed and its exit code."""
    from kgctl_py.app import app

    printed, told = io.BytesIO(), io.BytesIO()
    out, err = io.TextIOWrapper(printed, "utf-8"), io.TextIOWrapper(told, "utf-8")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            app(list(args))
            code: object = 0
        except SystemExit as end:
            code = end.code
    out.flush()
    err.flush()
    written = [stream.decode("latin-1") for stream in (printed.getvalue(), told.getvalue())]
    return {"code": int(code or 0), "stdout": written[0], "stderr": written[1]}  # type: ignore[call-overload]


def main() -> NoReturn:
    """Read commands, run them one after the other, and print the results."""
    commands = json.load(sys.stdin)
    become(sys.argv[1])
    modules = import_all()
    results = [run(args) for args in commands]
    builtins.print(json.dumps({"modules": modules, "results": results}))
    sys.exit(0)


if __name__ == "__main__":
    main()

"""Run the rows of the table under hard conditions, each in a fork of one process that has imported everything.

`python -m tests.writes.runner` reads a request a line and writes an answer a line. It runs in a mount namespace of
its own, where it can make a full and a read-only disk.
"""

import concurrent.futures
import contextlib
import dataclasses
import importlib
import json
import os
import pkgutil
import re
import resource
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import kgctl_py
from tests.cli.kgctl import run_here
from tests.kube.fake_server import FakeServer, Reply
from tests.writes.commands import CLUSTER, GIVEN_KEYS, OTHER, PRIVATE, ROWS, Row

CHANGES_FILES = {
    getattr(os, name)
    for name in ("open", "link", "rename", "replace", "unlink", "remove", "mkdir", "rmdir", "write", "fsync")
}
NOBODY = 65534
State = dict[str, tuple[int, str]]
"""What is in a folder: the mode and the content of each path; keys, times and random names are masked."""


@dataclasses.dataclass(frozen=True)
class Condition:
    """What happens to one run; `at` counts the calls that change files, after which a signal arrives."""

    signal: int = 0
    at: int = 0
    limit: int = -1
    """The largest size of a file."""
    disk: str = ""
    """`full` or `read-only`."""
    stdout: str = ""
    """`full`, or `closed` if nobody reads it."""
    target: str = ""
    """What is at the path of `-O`: a `folder`, or a `link` or a `pipe` of another user."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a run ended, and what it left."""

    code: int
    """The exit code, or the negative number of the signal."""
    stdout: str
    stderr: str
    before: State
    after: State
    calls: int


def run(row: Row, condition: Condition) -> Outcome:
    """Run a row in a folder of its own."""
    with tempfile.TemporaryDirectory() as top:
        Path(top, "cluster.json").write_text(CLUSTER.as_list())
        Path(top, "other.json").write_text(OTHER.as_list())
        Path(top, "laptop.key").write_text(f"{PRIVATE}\n")
        Path(top, "laptop.key").chmod(0o600)
        Path(top, "fleet.csv").write_text("name\nfirst\nsecond\n")
        folder = Path(top, "folder")
        disk = folder if condition.disk else None
        if disk:
            disk.mkdir()
            _mount("-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk))
        try:
            row.prepare(folder)
            if row.first:
                _fork(lambda *streams: _child(row.first, Condition(), folder, *streams))
            _place(row, condition, folder)
            before = state(folder)
            _fill(condition, folder)
            code, printed = _fork(lambda *streams: _child(row.args, condition, folder, *streams))
            calls = int(Path(top, "calls").read_text()) if condition == Condition() else 0
            if condition.disk == "full":
                (folder / "filler").unlink()
            return Outcome(code, *printed, before, state(folder), calls)
        finally:
            if disk:
                subprocess.run(["umount", str(disk)], check=True)


def state(folder: Path) -> State:
    """Return what is in a folder."""
    return {str(path.relative_to(folder)): _status(path) for path in sorted(folder.rglob("*"))}


def _status(path: Path) -> tuple[int, str]:
    status = path.lstat()
    if stat.S_ISREG(status.st_mode):
        data = path.read_bytes()
        text = "an archive" if data.startswith(b"\x1f\x8b") else _masked(data.decode())
        return stat.S_IMODE(status.st_mode), text
    return stat.S_IMODE(status.st_mode), stat.filemode(status.st_mode)[0]


def _masked(text: str) -> str:
    text = re.sub(r"[A-Za-z0-9+/]{43}=", lambda found: found[0] if found[0] in GIVEN_KEYS else "KEY", text)
    return re.sub(r"20\d\d-\d\d-\d\d[T ][\d:.]+Z?|\b\d{10}\b", "TIME", text)


def _place(row: Row, condition: Condition, folder: Path) -> None:
    if not condition.target:
        return
    target = folder / row.target
    target.unlink(missing_ok=True)
    folder.chmod(0o1777)
    match condition.target:
        case "folder":
            target.mkdir()
        case "link":
            target.symlink_to(folder / "elsewhere")
            os.lchown(target, NOBODY, NOBODY)
        case "pipe":
            os.mkfifo(target, 0o666)
            os.chown(target, NOBODY, NOBODY)


def _fill(condition: Condition, folder: Path) -> None:
    if condition.disk == "full":
        with (folder / "filler").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
    elif condition.disk == "read-only":
        _mount("-o", "remount,ro", str(folder))


def _mount(*args: str) -> None:
    subprocess.run(["mount", *args], check=True)


def _fork(act: Callable[[int, int], int]) -> tuple[int, tuple[str, str]]:
    """Return the exit code of a child that acts, and what it wrote to the two pipes that it gets."""
    pipes = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = act(pipes[0][1], pipes[1][1])
        except BaseException as error:  # nothing may return to the loop of the parent
            os.write(pipes[1][1], f"the child failed: {error!r}".encode())
        finally:
            os._exit(code)
    for _, write in pipes:
        os.close(write)
    with concurrent.futures.ThreadPoolExecutor(2) as readers:  # a child waits while a pipe is full
        stdout, stderr = readers.map(_text, (pipes[0][0], pipes[1][0]))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), (stdout, stderr)


def _text(pipe: int) -> str:
    """Return all that is written to a pipe."""
    with os.fdopen(pipe) as file:
        return file.read()


def _child(args: Sequence[str], condition: Condition, folder: Path, stdout: int, stderr: int) -> int:
    os.chdir(folder)
    _redirect(condition, stdout, stderr)
    count = 0

    def profile(_: Any, event: str, called: Any) -> None:
        nonlocal count
        if event == "c_return" and called in CHANGES_FILES:
            count += 1
            if count == condition.at:
                os.kill(os.getpid(), condition.signal)

    def audit(event: str, args: tuple[Any, ...]) -> None:
        if event == "open" and args[2] & os.O_CREAT and not sys.getprofile():
            sys.setprofile(profile)

    with _server(folder.parent) if "gather" in args else contextlib.nullcontext():
        if condition.limit >= 0:
            resource.setrlimit(resource.RLIMIT_FSIZE, (condition.limit, condition.limit))
        sys.addaudithook(audit)
        code, _ = run_here(args)
    sys.setprofile(None)
    if condition == Condition():
        (folder.parent / "calls").write_text(str(count))
    return code


@contextlib.contextmanager
def _server(top: Path) -> Iterator[None]:
    """Serve the cluster, and write a kubeconfig for it."""
    replies = {
        "/api/v1/nodes": [Reply(body=json.dumps({"items": CLUSTER.nodes}).encode())],
        "/apis/kilo.squat.ai/v1alpha1/peers": [Reply(body=json.dumps({"items": CLUSTER.peers}).encode())],
    }
    with FakeServer(replies) as server:
        config = {
            "clusters": [{"name": "c", "cluster": {"server": server.url}}],
            "contexts": [{"name": "c", "context": {"cluster": "c"}}],
            "current-context": "c",
        }
        (top / "config").write_text(json.dumps(config))
        yield


def _redirect(condition: Condition, stdout: int, stderr: int) -> None:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(stderr, 2)
    if condition.stdout == "closed":
        read, stdout = os.pipe()
        os.close(read)
    elif condition.stdout == "full":
        stdout = os.open("/dev/full", os.O_WRONLY)
    os.dup2(stdout, 1)


def import_everything() -> None:
    """Import all modules of kgctl once, and what they import when they are used."""
    for module in pkgutil.walk_packages(kgctl_py.__path__, "kgctl_py."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in (
        "cryptography.hazmat.primitives.asymmetric.x25519",
        "jinja2",
        "ruamel.yaml",
        "segno",
        "tarfile",
        "yaml",
    ):
        importlib.import_module(name)


def main() -> None:
    import_everything()
    sys.dont_write_bytecode = True  # the calls of each run are counted, and the first would write what others read
    for line in sys.stdin:
        number, condition = json.loads(line)
        print(json.dumps(dataclasses.asdict(run(ROWS[number], Condition(**condition)))), flush=True)


if __name__ == "__main__":
    main()

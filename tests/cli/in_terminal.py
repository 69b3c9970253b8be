"""kgctl in a terminal, as a person runs it."""

import contextlib
import dataclasses
import io
import os
import pty
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator, Mapping

from tests.cli.kgctl import environment, kgctl_program, run_here


@dataclasses.dataclass(frozen=True)
class Shown:
    """What a run in a terminal came to: what the terminal was sent, and stderr if that went to a pipe."""

    exit_code: int
    stdout: str
    stderr: str


@dataclasses.dataclass
class _Terminal:
    """The end of a terminal that a program has, and what was sent to it, which is whole when it is closed."""

    descriptor: int
    sent: list[bytes]

    @property
    def text(self) -> str:
        return b"".join(self.sent).decode().replace("\r\n", "\n")


def kgctl_in_terminal(
    *args: str, columns: int = 200, lines: int = 100, env: Mapping[str, str] | None = None
) -> Shown:
    """Run kgctl in this process, with a terminal of that size for its stdout."""
    stderr = io.StringIO()
    with _opened(columns, lines) as terminal, environment(_variables(env)):
        stdout = open(terminal.descriptor, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 # closed below
        with stdout, _as_stdout(stdout), contextlib.redirect_stderr(stderr):
            code, _ = run_here(args)
    return Shown(code, terminal.text, stderr.getvalue())


def kgctl_program_in_terminal(
    *args: str,
    columns: int = 200,
    lines: int = 100,
    env: Mapping[str, str] | None = None,
    words: bool = False,
    sent: list[bytes] | None = None,
) -> Shown:
    """Run kgctl as a program with a terminal of that size for its stdout, and with `words` for its stderr, too.

    What the terminal is sent is added to `sent` as it comes.
    """
    with _opened(columns, lines, sent) as terminal:
        done = subprocess.run(
            kgctl_program(*args),
            stdin=subprocess.DEVNULL,
            stdout=terminal.descriptor,
            stderr=terminal.descriptor if words else subprocess.PIPE,
            env={name: value for name, value in {**os.environ, **_variables(env)}.items() if value is not None},
            check=False,
        )
    return Shown(done.returncode, terminal.text, (done.stderr or b"").decode())


def _variables(env: Mapping[str, str] | None) -> dict[str, str | None]:
    return {"NO_COLOR": None, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **(env or {})}


@contextlib.contextmanager
def _opened(columns: int, lines: int, sent: list[bytes] | None = None) -> Iterator[_Terminal]:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (lines, columns))
    terminal = _Terminal(theirs, [] if sent is None else sent)
    reader = threading.Thread(target=_read_all, args=(ours, terminal.sent))
    reader.start()
    try:
        yield terminal
    finally:
        os.close(theirs)
        reader.join()
        os.close(ours)


@contextlib.contextmanager
def _as_stdout(stdout: io.TextIOWrapper) -> Iterator[None]:
    """Let the text go to the terminal, whose size `shutil` asks of the first stdout of a process."""
    first, sys.__stdout__ = sys.__stdout__, stdout  # type: ignore[misc] # typeshed calls it final
    try:
        with contextlib.redirect_stdout(stdout):
            yield
    finally:
        sys.__stdout__ = first  # type: ignore[misc]


def _read_all(terminal: int, sent: list[bytes]) -> None:
    """Read until nobody has the other end open, which Linux tells by an error."""
    try:
        while data := os.read(terminal, 65536):
            sent.append(data)
    except OSError:
        return

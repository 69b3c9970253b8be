"""kgctl in a terminal, as a person runs it."""

import dataclasses
import os
import pty
import subprocess
import termios
import threading
from collections.abc import Mapping

from tests.cli.kgctl import kgctl_program


@dataclasses.dataclass(frozen=True)
class Shown:
    """What a run in a terminal came to: what the terminal was sent, and stderr if that went to a pipe."""

    exit_code: int
    stdout: str
    stderr: str


def kgctl_in_terminal(
    *args: str, columns: int = 200, lines: int = 100, env: Mapping[str, str] | None = None, words: bool = False
) -> Shown:
    """Run kgctl with a terminal of that size for its stdout, and with `words` for its stderr, too."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (lines, columns))
    sent: list[bytes] = []
    reader = threading.Thread(target=_read_all, args=(ours, sent))
    reader.start()
    inherited = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environment = {**inherited, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **(env or {})}
    done = subprocess.run(
        kgctl_program(*args),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs if words else subprocess.PIPE,
        env=environment,
        check=False,
    )
    os.close(theirs)
    reader.join()
    os.close(ours)
    return Shown(done.returncode, b"".join(sent).decode().replace("\r\n", "\n"), (done.stderr or b"").decode())


def _read_all(terminal: int, sent: list[bytes]) -> None:
    """Read until nobody has the other end open, which Linux tells by an error."""
    try:
        while data := os.read(terminal, 65536):
            sent.append(data)
    except OSError:
        return

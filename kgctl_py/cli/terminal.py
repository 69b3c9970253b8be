"""Print messages on stderr, one line each; results go to stdout in other modules."""

import contextlib
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

from kgctl_py.system import is_exposed, shows_colours

if TYPE_CHECKING:
    from kgctl_py.cli.progress import Progress
    from kgctl_py.cluster.open import Options
    from kgctl_py.notice import Notice

_STDOUT = 1
_COLOURS = {"warning": "33", "hint": "36"}


class Terminal:
    """The terminal of the user, with the wish for colors and for details."""

    def __init__(self) -> None:
        self.colour = True
        self.verbose = False
        self.options: Options | None = None
        """The options that choose the cluster, which the commands of hints need too."""
        self._progress: Progress | None = None

    @property
    def coloured(self) -> bool:
        """Whether colors are requested, or allowed if the terminal shows them."""
        if not self.colour or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            return False
        return shows_colours(os.environ)

    @property
    def width(self) -> int | None:
        """The number of cells in a line of the terminal on stdout; None if stdout is a pipe or a file."""
        return _columns(sys.stdout)

    @contextlib.contextmanager
    def busy(self, text: str) -> Iterator[None]:
        """Show a spinner while the block takes longer than a second, if stderr is a terminal."""
        shows = self.coloured and threading.current_thread() is threading.main_thread()
        columns = _columns(sys.stderr) if shows else None
        if columns is None:
            yield
            return
        if self._progress is None:
            from kgctl_py.cli.progress import Progress  # only a terminal shows it

            self._progress = Progress()
        with self._progress.shown(text, columns):
            yield

    def say(self, text: str) -> None:
        """Print a message in one line that starts with `kgctl: `."""
        self._line("kgctl: ", text)

    def warn(self, text: str, hint: str = "") -> None:
        """Print a warning about the result."""
        self._line(f"kgctl: {self._styled('warning')}: ", text)
        self.hint(hint)

    def warn_if_exposed(self) -> None:
        """Warn before a secret is printed to a file that all users can read."""
        if is_exposed(_STDOUT):
            self.warn(
                "every user of this machine can read the file that the key is written to", "run umask 077 first"
            )

    def fail(self, text: str, hint: str = "") -> None:
        """Print why the command failed."""
        self._line("kgctl: ", text)
        self.hint(hint)

    def hint(self, text: str) -> None:
        """Print a hint for each line of `text`."""
        from kgctl_py.escape_text import hint_lines

        for line in hint_lines(self.for_cluster(text)):
            self._line(f"{self._styled('hint')}: ", line)

    def for_cluster(self, hint: str) -> str:
        """Return a hint with commands for the selected cluster."""
        if not hint or self.options is None:
            return hint
        from kgctl_py.cli.commands_in_hints import ClusterCommands  # most runs print no hint

        return ClusterCommands(self.options).in_hint(hint)

    def detail(self, text: str) -> None:
        """Print a message only with `--verbose`."""
        if self.verbose:
            self.say(text)

    def tell(self, notices: "Iterable[Notice]") -> None:
        """Print notices."""
        for notice in notices:
            self.tell_notice(notice)

    def tell_notice(self, notice: "Notice") -> None:
        """Print one notice."""
        from kgctl_py.notice import Level

        match notice.level:
            case Level.WARNING:
                self.warn(notice.text, notice.hint)
            case Level.NOTE:
                self.say(notice.text)
                self.hint(notice.hint)
            case Level.DETAIL:
                self.detail(notice.text)

    def detail_text(self, text: str) -> None:
        """Print a text of several lines only with `--verbose`."""
        for line in text.splitlines() if self.verbose else ():
            self._line("", line)

    def confirms(self, question: str) -> bool:
        """Ask on stderr, because stdout may be a file, and return whether the answer on stdin is yes."""
        from kgctl_py.escape_text import visible

        print(f"{visible(question)} [y/N] ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def _line(self, prefix: str, text: str) -> None:
        from kgctl_py.escape_text import shortened, visible  # most runs print no message

        with self._progress.aside() if self._progress else contextlib.nullcontext():
            print(prefix + visible(shortened(text)), file=sys.stderr)

    def _styled(self, word: str) -> str:
        return f"\033[{_COLOURS[word]}m{word}\033[0m" if self.coloured and sys.stderr.isatty() else word


def _columns(stream: TextIO) -> int | None:
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except (OSError, ValueError):  # not a terminal, and in tests not even a file
        return None


terminal = Terminal()

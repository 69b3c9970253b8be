"""A spinner on stderr while something takes longer than a second; it disappears at the end."""

import contextlib
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kgctl_py.escape_text import visible

if TYPE_CHECKING:
    from rich.live import Live
    from rich.spinner import Spinner

DELAY = 1.0
"""Seconds before the spinner appears; a run that ends earlier does not load rich."""
_PICTURES_A_SECOND = 10


class Progress:
    """The current wait; of several waits at the same time, the first one is shown."""

    def __init__(self, delay: float = DELAY) -> None:
        self._delay = delay
        self._waiting: list[str] = []
        self._lock = threading.RLock()
        self._timer: threading.Timer | None = None
        self._live: Live | None = None

    @contextlib.contextmanager
    def shown(self, text: str, columns: int) -> Iterator[None]:
        """Show `text` while the block runs, in a line of that many cells, once the delay is over."""
        with self._lock:
            self._waiting.append(text)
            if len(self._waiting) == 1:
                self._timer = threading.Timer(self._delay, self._show, [columns])
                self._timer.daemon = True
                self._timer.start()
        try:
            yield
        finally:
            with self._lock:
                self._waiting.remove(text)
                if not self._waiting:
                    self._hide()

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Clear the line while the block prints something; the spinner continues below it."""
        with self._lock:
            if self._live is None:
                yield
                return
            self._live.stop()
            try:
                yield
            finally:
                self._live.start()

    def _show(self, columns: int) -> None:
        live = self._make_live(columns)  # loads rich, which must not hold up the main thread
        with self._lock:
            if self._waiting and self._timer is threading.current_thread():
                self._live = live
                live.start(refresh=True)

    def _hide(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None
        if self._live:
            self._live.stop()
        self._live = None

    def _make_live(self, columns: int) -> "Live":
        from rich.console import Console
        from rich.live import Live
        from rich.spinner import Spinner
        from rich.text import Text

        spinner = Spinner(_spinner_name())

        def picture() -> "Spinner":
            """Return the spinner with the current text; take no lock, because rich holds its own in this call."""
            text = Text(visible("".join(self._waiting[:1])))
            text.truncate(columns - 3, overflow="ellipsis")
            spinner.text = text
            return spinner

        return Live(
            get_renderable=picture,
            console=Console(file=sys.stderr, force_terminal=True, color_system=None, width=columns),
            refresh_per_second=_PICTURES_A_SECOND,
            transient=True,
            redirect_stdout=False,  # as `rich.status.Status` does: results on stdout would go to stderr
            redirect_stderr=False,
        )


def _spinner_name() -> str:
    """Return a spinner of Braille characters, or of ASCII if stderr cannot encode them."""
    try:
        "⠋".encode(sys.stderr.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return "line"
    return "dots"

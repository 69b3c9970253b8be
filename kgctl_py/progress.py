"""A sign of life on stderr while something takes longer than a second, gone without a trace when it is done."""

import contextlib
import itertools
import sys
import threading
from collections.abc import Iterator

from kgctl_py.render.cell_width import cut
from kgctl_py.visible import visible

DELAY, PACE = 1.0, 0.1
"""Seconds before the first picture, and between one and the next."""
_FRAMES, _ASCII_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "|/-\\"
_CLEAR = "\r\033[K"


class Progress:
    """What is being waited for, drawn by a thread beside it all; several things may be waited for at once."""

    def __init__(self) -> None:
        self._waiting: list[str] = []
        self._lock = threading.RLock()
        self._done = threading.Event()
        self._drawn = False

    @contextlib.contextmanager
    def shown(self, text: str, columns: int) -> Iterator[None]:
        """Show `text` in a line of so many cells for as long as this takes; what was waited for first is shown."""
        with self._lock:
            self._waiting.append(text)
            if len(self._waiting) == 1:
                self._done = threading.Event()
                threading.Thread(target=self._draw, args=(self._done, columns), daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                self._waiting.remove(text)
                if not self._waiting:
                    self._done.set()
                    self._clear()

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Keep the line free while something else is told; the next picture comes below it."""
        with self._lock:
            self._clear()
            yield

    def _draw(self, done: threading.Event, columns: int) -> None:
        pause = DELAY
        for frame in itertools.cycle(_frames()):
            done.wait(pause)
            with self._lock:
                if done.is_set():
                    return
                self._write(_CLEAR + cut(f"{frame} {visible(self._waiting[0])}", columns - 1))
                self._drawn = True
            pause = PACE

    def _clear(self) -> None:
        if self._drawn:
            self._write(_CLEAR)
            self._drawn = False

    @staticmethod
    def _write(text: str) -> None:
        with contextlib.suppress(OSError):  # a terminal that is gone needs no sign of life
            sys.stderr.write(text)
            sys.stderr.flush()


def _frames() -> str:
    try:
        _FRAMES.encode(sys.stderr.encoding)
    except (LookupError, UnicodeEncodeError):
        return _ASCII_FRAMES
    return _FRAMES

"""Signals that end connect: Ctrl-C, SIGTERM, or a closed terminal; they do not interrupt the clean-up."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class SignalHandler:
    """Handles the first signal, and ignores later ones, because connect is already ending."""

    def __init__(self) -> None:
        self._ending = False
        self._action: Callable[[], None] | None = None

    @contextlib.contextmanager
    def installed(self) -> Iterator[None]:
        """Handle the signals in the block, except those that the caller ignores, as nohup does."""
        numbers = [number for name in _NAMES if (number := getattr(signal, name, None)) is not None]
        before = {number: signal.getsignal(number) for number in numbers}
        handled = [number for number in numbers if before[number] is not signal.SIG_IGN]
        for number in handled:
            signal.signal(number, self._handle)
        try:
            yield
        finally:
            for number in handled:
                signal.signal(number, before[number])

    @contextlib.contextmanager
    def on_signal(self, action: Callable[[], None]) -> Iterator[None]:
        """Call `action` in a thread for a signal in the block; outside it, a signal raises KeyboardInterrupt."""
        self._action = action
        try:
            yield
        finally:
            self._action, self._ending = None, True

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if self._ending:
            return
        self._ending = True
        if self._action is None:
            raise KeyboardInterrupt
        # in another thread, because the main thread can hold a lock that the action needs, such as in Event.wait
        thread = threading.Thread(target=self._action, name="signal", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the system cannot start another thread
            raise KeyboardInterrupt from None

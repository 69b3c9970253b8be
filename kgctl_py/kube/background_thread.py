"""Work in a daemon thread, which can be cancelled and never delays the end of the program."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_ENDING = 0.5
"""The seconds that cancelled work has to end, because a name lookup cannot be interrupted."""


class Cancellation:
    """Interrupts work in another thread by closing the connection that it waits for."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._interrupt: Callable[[], None] | None = None
        self._lock = threading.Lock()

    def interrupt_by(self, interrupt: Callable[[], None]) -> None:
        """Call `interrupt` when the work is cancelled; raise TimeoutError if it is already cancelled."""
        with self._lock:
            self._interrupt = interrupt
        self.sleep(0)

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds`; raise TimeoutError if the work is cancelled."""
        if self._cancelled.wait(seconds):
            raise TimeoutError

    def cancel(self) -> None:
        """Cancel the work."""
        with self._lock:
            self._cancelled.set()
            if self._interrupt:
                self._interrupt()


class Background(Generic[T]):
    """Work in a daemon thread, while another thread waits for it until a deadline or Ctrl-C.

    The threads of an executor are not daemons, so the interpreter would wait for them as long as a server takes.
    Also, `concurrent.futures` imports `logging`, which takes a tenth of the start-up time.
    """

    def __init__(self, work: Callable[[Cancellation], T], discard: Callable[[T], None] | None = None) -> None:
        self._work, self._discard = work, discard
        self._results: list[T] = []
        self._error: BaseException | None = None
        self._cancellation = Cancellation()
        self._abandoned = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def result(self, timeout: float | None = None) -> T:
        """Return the result of the work, or raise its error.

        After `timeout` seconds, raise TimeoutError and cancel the work; a later result is discarded.
        """
        self._thread.join(timeout)
        return self._result()

    def result_by(self, deadline: Callable[[], float]) -> T:
        """Do the same as `result`, until a time of the monotonic clock, which the work can delay."""
        while self._thread.is_alive() and (left := deadline() - time.monotonic()) > 0:
            self._thread.join(left)
        return self._result()

    def _result(self) -> T:
        with self._lock:
            self._abandoned = not (self._results or self._error)
        if self._abandoned:
            self._cancellation.cancel()
            self._thread.join(_ENDING)
            raise TimeoutError
        if self._error:
            raise self._error
        return self._results[0]

    def _run(self) -> None:
        try:
            result = self._work(self._cancellation)
        except BaseException as error:  # `result` raises it
            self._error = error
            return
        with self._lock:
            self._results.append(result)
        if self._abandoned and self._discard:
            self._discard(result)

"""Work beside the main thread that never holds up the end of the program."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Background(Generic[T]):
    """Work in a daemon thread: who waits for it can leave at a deadline or at Ctrl-C.

    An executor's threads are no daemons, and the interpreter waits for them however long a server takes;
    a `Future` takes `logging` along, which is a tenth of the whole start.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._results: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def result(self, timeout: float | None = None) -> T:
        """Give what the work gave, or raise what it raised; TimeoutError after `timeout` seconds."""
        self._thread.join(timeout)
        if self._thread.is_alive():
            raise TimeoutError
        if self._error:
            raise self._error
        return self._results[0]

    def _run(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:  # it is raised again where the result is asked for
            self._error = error

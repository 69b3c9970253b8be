"""Close a stream that sends no complete line for some time, even if single bytes arrive."""

import contextlib
import threading
import time
from collections.abc import Iterable, Iterator

from kgctl_py.kube.transport import Reply


class Silence:
    """Closes a reply after a number of seconds without a line; `is_over` then says so."""

    def __init__(self, reply: Reply, seconds: float) -> None:
        self._reply, self._seconds = reply, seconds
        self._last_line = time.monotonic()
        self._ended = threading.Event()
        self.is_over = False

    @contextlib.contextmanager
    def watched(self) -> Iterator[Iterable[bytes]]:
        """Yield the lines of the reply; end them when the silence lasts too long."""
        threading.Thread(target=self._watch, daemon=True).start()
        try:
            yield self._lines()
        finally:
            self._ended.set()

    def _lines(self) -> Iterator[bytes]:
        for line in self._reply.lines():
            self._last_line = time.monotonic()
            yield line

    def _watch(self) -> None:
        while (left := self._last_line + self._seconds - time.monotonic()) > 0:
            if self._ended.wait(left):
                return
        self.is_over = True
        self._reply.close()

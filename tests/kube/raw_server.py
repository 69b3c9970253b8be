"""A server that sends bytes as they are told, for what no server of HTTP would send."""

import contextlib
import socket
import threading
from collections.abc import Iterable
from types import TracebackType


class RawServer:
    """Answers each connection with the same parts, and keeps it open until it is closed, or hangs up."""

    def __init__(self, parts: Iterable[bytes], *, hang_up: bool = False) -> None:
        self._parts, self._hang_up = parts, hang_up
        self._closed = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.sent = 0

    def __enter__(self) -> "RawServer":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._closed.set()
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            for part in self._parts:
                if self._closed.is_set():
                    return
                connection.sendall(part)
                self.sent += len(part)
            if not self._hang_up:
                self._closed.wait()

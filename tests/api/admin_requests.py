"""Requests of the tests to their API server, on connections that are kept: each new one costs 5 ms of TLS."""

import contextlib
import http.client
import io
import json
import ssl
import threading
import time
import urllib.error
from typing import Any

Manifest = dict[str, Any]

_LONGEST_IDLE = 10
"""Seconds; the server closes a connection that is idle for much longer."""


class Requests:
    """Sends requests with one token, from several threads; `close` closes the connections."""

    def __init__(self, port: int, token: str, context: ssl.SSLContext, timeout: float) -> None:
        self._port, self._token, self._context, self._timeout = port, token, context, timeout
        self._idle: list[tuple[http.client.HTTPSConnection, float]] = []
        self._lock = threading.Lock()

    def send(self, method: str, path: str, manifest: Manifest | None) -> bytes:
        """Return the body of the answer; raise urllib.error.HTTPError when it says no, or another OSError."""
        connection = self._connection()
        try:
            body = json.dumps(manifest).encode() if manifest is not None else None
            connection.request(method, path, body, self._headers(method))
            with connection.getresponse() as response:
                answer = response.read()
        except http.client.HTTPException as error:
            connection.close()
            raise OSError(f"{method} {path}: {error!r}") from error
        except BaseException:
            connection.close()
            raise
        self._keep(connection)
        if response.status >= http.HTTPStatus.BAD_REQUEST:
            url = f"https://127.0.0.1:{self._port}{path}"
            with contextlib.closing(
                urllib.error.HTTPError(url, response.status, response.reason, response.headers, io.BytesIO(answer))
            ) as refusal:
                raise refusal
        return answer

    def close(self) -> None:
        """Close the connections that are kept."""
        with self._lock:
            while self._idle:
                self._idle.pop()[0].close()

    def _headers(self, method: str) -> dict[str, str]:
        patch = "merge-patch+" if method == "PATCH" else ""
        return {"Authorization": f"Bearer {self._token}", "Content-Type": f"application/{patch}json"}

    def _connection(self) -> http.client.HTTPSConnection:
        with self._lock:
            while self._idle:
                connection, since = self._idle.pop()
                if time.monotonic() - since < _LONGEST_IDLE:
                    return connection
                connection.close()
        return http.client.HTTPSConnection("127.0.0.1", self._port, context=self._context, timeout=self._timeout)

    def _keep(self, connection: http.client.HTTPSConnection) -> None:
        with self._lock:
            self._idle.append((connection, time.monotonic()))

"""Lists in pages (Kubernetes API concepts, "Retrieving large results sets in chunks")."""

import http
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from kgctl_py.errors import KgctlError
from kgctl_py.kube import decoding
from kgctl_py.kube.background_thread import Background
from kgctl_py.kube.client import PATIENCE, Client, Response
from kgctl_py.kube.http_connection import ResponseTime

PAGE = 500
"""The number of objects in a page, as in kubectl."""

EXPIRED = http.HTTPStatus.GONE
"""The status for an expired continue token or resource version."""

P = TypeVar("P", bound=decoding.Page[Any])
T = TypeVar("T")


def list_pages(
    client: Client,
    path: str,
    kind: str,
    struct: type[P],
    query: Mapping[str, str],
    *,
    patience: float = PATIENCE,
) -> Iterator[tuple[P, ResponseTime]]:
    """Yield each page of the list of a `kind` at `path` and its response time, while the next one is being read.

    Raise ApiError, with status 410 if the continue token expired, MalformedError for a malformed body and for a
    list of another kind, and another KgctlError for an endless list and for too many objects.
    """
    source, size, number, most = f"{client.server}{path}", 0, 0, client.bounds.objects
    progress = _Progress(source, patience, client)

    def request(token: str) -> Background[Response]:
        further = {"continue": token} if token else {}
        return Background(lambda _: client.get(path, {"limit": str(PAGE), **query, **further}))

    pending: Background[Response] | None = request("")
    while pending:
        response = pending.result()
        page, response_time = decoding.decode_page(response.body, struct, source, most), response.time
        number += len(page.items or ())
        decoding.check_number(number, most, source)
        decoding.check_list(page.kind, kind, source, is_empty=not page.items)
        token, size = page.metadata.continue_ or "", size + len(response.body)
        if token:
            progress.check(token, size)
        pending = request(token) if token else None
        del response  # the body is larger than the decoded objects
        yield page, response_time


class _Progress:
    """Checks that a list ends, because a server could send pages without end."""

    def __init__(self, source: str, patience: float, client: Client) -> None:
        self._source, self._patience, self._most = source, patience, client.bounds.body
        self._end = time.monotonic() + patience * client.request_timeout
        self._seen = {""}

    def check(self, token: str, size: int) -> None:
        """Raise KgctlError if the list is too large or does not end."""
        if token in self._seen:
            raise KgctlError(f'the server sent a page of the list "{self._source}" twice')
        if time.monotonic() >= self._end:
            raise KgctlError(
                f'reading the list "{self._source}" took longer than {self._patience:g} times the request timeout',
                hint="to wait longer, use --request-timeout DURATION",
            )
        if size > self._most:
            raise KgctlError(f'the list "{self._source}" is larger than {self._most >> 20} MiB')
        self._seen.add(token)


def retry_expired(read: Callable[[], T]) -> T:
    """Return the result of `read`, which is called again if its continue token expired."""
    try:
        return read()
    except KgctlError as error:
        from kgctl_py.kube.api_error import ApiError

        if not isinstance(error, ApiError) or error.status != EXPIRED:
            raise
        return read()

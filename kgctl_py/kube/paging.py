"""Lists in pages (Kubernetes API concepts, "Retrieving large results sets in chunks")."""

import http
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from kgctl_py.errors import KgctlError
from kgctl_py.kube.client import Client, Response
from kgctl_py.kube.objects import decoding
from kgctl_py.kube.server_clock import ResponseTime
from kgctl_py.kube.transport.background_thread import Background

PAGE = 500
"""The number of objects in a page, as kubectl asks for."""

EXPIRED = http.HTTPStatus.GONE
"""The status of a continue token or a resource version that has expired."""

L = TypeVar("L", bound=decoding.List)
T = TypeVar("T")


def list_pages(
    client: Client, path: str, kind: type[L], query: Mapping[str, str]
) -> Iterator[tuple[L, ResponseTime]]:
    """Yield each page of the list at `path` and its response time, while the next one is being read.

    Raise ApiError, with status 410 when the continue token has expired, and MalformedError for a malformed body.
    """

    def request(token: str) -> Background[Response]:
        further = {"continue": token} if token else {}
        return Background(lambda _: client.get(path, {"limit": str(PAGE), **query, **further}))

    pending: Background[Response] | None = request("")
    while pending:
        response = pending.result()
        page, response_time = decoding.decode(response.body, kind, f"{client.server}{path}"), response.time
        pending = request(page.metadata.continue_) if page.metadata.continue_ else None
        del response  # the body is larger than what is decoded from it
        yield page, response_time


def retry_expired(read: Callable[[], T]) -> T:
    """Return the result of `read`, which is called once more when its continue token has expired."""
    try:
        return read()
    except KgctlError as error:
        from kgctl_py.kube.api_error import ApiError

        if not isinstance(error, ApiError) or error.status != EXPIRED:
            raise
        return read()

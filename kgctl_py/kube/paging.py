"""Lists, page by page, as Kubernetes gives large ones (Kubernetes API concepts, «Retrieving large results»)."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from kgctl_py.kube.api_error import ApiError
from kgctl_py.kube.client import Client, Moment, Response
from kgctl_py.kube.objects import decoding
from kgctl_py.kube.transport.background import Background

PAGE = 500
"""Objects in a page, as kubectl asks for."""

GONE = 410
"""The status that says: it took so long that the server has forgotten where you were."""

L = TypeVar("L", bound=decoding.List)
T = TypeVar("T")


def pages(client: Client, path: str, kind: type[L], query: Mapping[str, str]) -> Iterator[tuple[L, Moment]]:
    """Give each page of the list at `path`, with the moment it came at, while the next is under way.

    Raises ApiError, 410 when the server has forgotten the rest meanwhile, and MalformedError for a bad body.
    """

    def asked(token: str) -> Background[Response]:
        further = {"continue": token} if token else {}
        return Background(lambda: client.get(path, {"limit": str(PAGE), **query, **further}))

    coming: Background[Response] | None = asked("")
    while coming:
        response = coming.result()
        page, moment = decoding.decode(response.body, kind, f"{client.server}{path}"), response.moment
        coming = asked(page.metadata.continue_) if page.metadata.continue_ else None
        del response  # its body is larger than everything that is made of it
        yield page, moment


def whole(read: Callable[[], T]) -> T:
    """Give what `read` makes of a list, beginning once more when the server has forgotten the rest meanwhile."""
    try:
        return read()
    except ApiError as error:
        if error.status != GONE:
            raise
        return read()

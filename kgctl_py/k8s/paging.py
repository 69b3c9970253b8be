"""Lists, page by page, as Kubernetes gives large ones (Kubernetes API concepts, «Retrieving large results»)."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from kgctl_py.k8s import wire
from kgctl_py.k8s.api_error import ApiError
from kgctl_py.k8s.client import Client, Response

PAGE = 500
"""Objects in a page, as kubectl asks for."""

GONE = 410
"""The status that says: it took so long that the server has forgotten where you were."""

L = TypeVar("L", bound=wire.List)


def pages(client: Client, path: str, kind: type[L], query: Mapping[str, str]) -> Iterator[tuple[L, Response]]:
    """Give each page of the list at `path`, with the response it came in.

    Raises ApiError, 410 when the server has forgotten the rest meanwhile, and MalformedError for a bad body.
    """
    asked = {"limit": str(PAGE), **query}
    while True:
        response = client.get(path, asked)
        page = wire.decode(response.body, kind, f"{client.server}{path}")
        yield page, response
        if not page.metadata.continue_:
            return
        asked["continue"] = page.metadata.continue_


def whole_list(client: Client, path: str, kind: type[L]) -> list[tuple[L, Response]]:
    """Give all pages, beginning once more when the server has forgotten the rest of the list meanwhile."""
    try:
        return list(pages(client, path, kind, {}))
    except ApiError as error:
        if error.status != GONE:
            raise
        return list(pages(client, path, kind, {}))

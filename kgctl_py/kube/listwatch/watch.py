"""One watch: what happens to the objects of a list (Kubernetes API concepts, «Efficient detection of changes»)."""

import enum
import random
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from kgctl_py.kube.api_error import reported_error
from kgctl_py.kube.client import Client
from kgctl_py.kube.objects import decoding
from kgctl_py.kube.transport.connection import Reply
from kgctl_py.value import Value

STREAM_SECONDS = 300
"""After which, or up to half as much later, the server is asked to end the stream: not all at one time."""

SILENCE_SECONDS = 90
"""Longer than between two bookmarks, which a server sends every minute: a connection so silent is dead."""

T = TypeVar("T", bound=decoding.Watched)


class Type(enum.StrEnum):
    """What has happened to an object."""

    ADDED = "ADDED"
    MODIFIED = "MODIFIED"
    DELETED = "DELETED"
    BOOKMARK = "BOOKMARK"
    """Nothing; but the watch has come so far."""


class Event(Value, Generic[T], frozen=True):
    """What has happened to an object, and what it is now; of a bookmark only the version is there."""

    type: Type
    object: T


def open_watch(client: Client, path: str, version: str) -> Reply:
    """Begin to watch the list at `path` from `version` on; raise as `Client.stream` does."""
    seconds = random.randint(STREAM_SECONDS, STREAM_SECONDS * 3 // 2)  # noqa: S311 - no secret
    query = {
        "watch": "true",
        "allowWatchBookmarks": "true",
        "resourceVersion": version,
        "timeoutSeconds": str(seconds),
    }
    return client.stream(path, query, silence=SILENCE_SECONDS)


def events(lines: Iterable[bytes], kind: type[T], *, path: str, server: str) -> Iterator[Event[T]]:
    """Read the lines of a watch.

    Raises ApiError for what the server reports in the stream, 410 when it has forgotten so old a version, and
    MalformedError for a line that is cut off or is no event.
    """
    for line in lines:
        event = decoding.decode(line, decoding.WatchEvent, f"{server}{path}")
        if event.type == "ERROR":
            raise reported_error(path=path, server=server, body=bytes(event.object))
        if event.type in set(Type):
            yield Event(Type(event.type), decoding.decode(bytes(event.object), kind, f"{server}{path}"))

"""One watch: the changes of a list as events (Kubernetes API concepts, "Efficient detection of changes")."""

import enum
import random
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from kgctl_py.kube import decoding
from kgctl_py.kube.api_error import reported_error
from kgctl_py.kube.client import Client
from kgctl_py.kube.transport import Reply
from kgctl_py.value import Value

STREAM_SECONDS = 300
"""The seconds after which the server ends a stream, plus a random time of up to half as long."""

SILENCE_SECONDS = 90
"""The seconds without a line after which a stream is dead; a server sends bookmarks every minute."""

T = TypeVar("T", bound=decoding.Watched)


class EventType(enum.StrEnum):
    """What happened to an object."""

    ADDED = "ADDED"
    MODIFIED = "MODIFIED"
    DELETED = "DELETED"
    BOOKMARK = "BOOKMARK"
    """Nothing happened: the event only has the resource version."""


class Event(Value, Generic[T], frozen=True):
    """What happened to an object, the object as it is now, and its size in bytes; a bookmark has a version."""

    type: EventType
    object: T
    size: int


def open_watch(client: Client, path: str, version: str) -> Reply:
    """Watch the list at `path` from the resource version `version`; raise the same errors as `Client.stream`."""
    seconds = random.randint(STREAM_SECONDS, STREAM_SECONDS * 3 // 2)  # noqa: S311 - no secret
    query = {
        "watch": "true",
        "allowWatchBookmarks": "true",
        "resourceVersion": version,
        "timeoutSeconds": str(seconds),
    }
    return client.stream(path, query, silence=SILENCE_SECONDS)


def events(lines: Iterable[bytes], kind: type[T], *, path: str, server: str) -> Iterator[Event[T]]:
    """Decode the lines of a watch.

    Raise ApiError for an error in the stream, with status 410 for an expired resource version, and MalformedError
    for a line that is incomplete or not an event.
    """
    for line in lines:
        event = decoding.decode(line, decoding.WatchEvent, f"{server}{path}")
        if event.type == "ERROR":
            raise reported_error(path=path, server=server, body=bytes(event.object))
        if event.type in set(EventType):
            raw = bytes(event.object)
            decoded = decoding.decode(raw, kind, f"{server}{path}")
            if event.type != EventType.BOOKMARK:
                decoding.check_name(decoded, f"{server}{path}")
            yield Event(EventType(event.type), decoded, len(raw))

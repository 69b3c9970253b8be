"""A list of the API server, followed as an informer does: each change is an event, in the order of changes."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from http.client import HTTPResponse
from typing import Any, Literal, NamedTuple

from tests.api.certificates import context_that_trusts
from tests.api.server import ADMIN, ApiServerProcess

Manifest = dict[str, Any]
_PATIENCE = 20


class Event(NamedTuple):
    """A change of an object; `old` is the object before it, and that of a deletion is the last one."""

    kind: Literal["ADDED", "MODIFIED", "DELETED"]
    new: Manifest
    old: Manifest | None


class Watch:
    """A watch of one list; `events` gives those that came since the last call."""

    def __init__(self, server: ApiServerProcess, path: str) -> None:
        self._server = server
        self._path = path
        self._stream: HTTPResponse | None = None
        self._version = ""
        self.objects: dict[str, Manifest] = {}

    def events(self) -> Iterator[Event]:
        """Return each event until all that is listed now has been seen."""
        listed = self._server.request("GET", self._path)
        if self._stream is None:
            yield from self._first(listed)
        while self._versions() != _versions(listed["items"]):
            event = self._next()
            if event:
                yield event
            else:  # the server no longer has what has happened since: it was started again
                listed = self._server.request("GET", self._path)
                yield from self._replace(listed)

    def close(self) -> None:
        """End the watch."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _versions(self) -> dict[str, str]:
        return _versions(self.objects.values())

    def _first(self, listed: Manifest) -> Iterator[Event]:
        self._version = listed["metadata"]["resourceVersion"]
        self._stream = self._open()
        for item in listed["items"]:
            self.objects[item["metadata"]["name"]] = item
            yield Event("ADDED", item, None)

    def _replace(self, listed: Manifest) -> Iterator[Event]:
        """Follow a new list, as an informer does: what differs from it is what has happened."""
        self.close()
        self._version = listed["metadata"]["resourceVersion"]
        self._stream = self._open()
        before = self.objects
        self.objects = {item["metadata"]["name"]: item for item in listed["items"]}
        for name, item in self.objects.items():
            old = before.get(name)
            if old is None or _versions([old]) != _versions([item]):
                yield Event("MODIFIED" if old else "ADDED", item, old)
        for name in before.keys() - self.objects.keys():
            yield Event("DELETED", before[name], before[name])

    def _next(self) -> Event | None:
        """Return the next event; None if the server says that the watch began too long ago."""
        line = self._line()
        if not line:  # the server has ended the stream
            self._stream = self._open()
            line = self._line()
        told = json.loads(line)
        if told["type"] == "ERROR":
            return None
        name = told["object"]["metadata"]["name"]
        self._version = told["object"]["metadata"]["resourceVersion"]
        old = self.objects.pop(name, None)
        if told["type"] != "DELETED":
            self.objects[name] = told["object"]
        return Event(told["type"], told["object"], old)

    def _line(self) -> bytes:
        assert self._stream is not None
        try:
            return self._stream.readline()
        except OSError:  # it was killed
            return b""

    def _open(self) -> HTTPResponse:
        url = f"{self._server.url}{self._path}?watch=1&resourceVersion={self._version}"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {self._server.token(ADMIN)}"})
        https = urllib.request.HTTPSHandler(context=context_that_trusts(self._server.ca))
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), https)
        response: HTTPResponse = opener.open(request, timeout=_PATIENCE)
        return response


def _versions(objects: Iterable[Manifest]) -> dict[str, str]:
    return {one["metadata"]["name"]: one["metadata"]["resourceVersion"] for one in objects}

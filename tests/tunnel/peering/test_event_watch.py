"""The watch of the lab goes on when the server no longer has the changes since its last event."""

import io
import json
from typing import Any

from tests.tunnel.peering.watch import Manifest, Watch


def peer(name: str, version: int) -> Manifest:
    return {"metadata": {"name": name, "resourceVersion": str(version)}}


def listed(version: int, *peers: Manifest) -> Manifest:
    return {"metadata": {"resourceVersion": str(version)}, "items": list(peers)}


class Server:
    """Answers with each list in turn."""

    def __init__(self, *lists: Manifest) -> None:
        self._lists = iter(lists)

    def request(self, method: str, path: str) -> Manifest:
        return next(self._lists)


class WatchOf(Watch):
    """A watch whose streams are given."""

    def __init__(self, server: Any, *streams: list[Manifest]) -> None:
        super().__init__(server, "/peers")
        self.streams = iter(streams)

    def _open(self) -> Any:
        return io.BytesIO("".join(f"{json.dumps(one)}\n" for one in next(self.streams)).encode())


def test_what_differs_from_a_new_list_is_what_has_happened() -> None:
    new = listed(9, peer("a", 1), peer("b", 7), peer("d", 8))
    gone = {"type": "ERROR", "object": {"kind": "Status", "code": 410}}
    later = {"type": "ADDED", "object": peer("e", 10)}
    watch = WatchOf(
        Server(
            listed(3, peer("a", 1), peer("b", 2), peer("c", 3)), new, new, listed(10, *new["items"], peer("e", 10))
        ),
        [gone],
        [later],
    )
    assert [event.kind for event in watch.events()] == ["ADDED"] * 3
    told = [(event.kind, event.new["metadata"]["name"], event.old is not None) for event in watch.events()]
    assert told == [("MODIFIED", "b", True), ("ADDED", "d", False), ("DELETED", "c", True)]
    assert [event.new["metadata"]["name"] for event in watch.events()] == ["e"]

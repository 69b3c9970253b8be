"""Every reader of a list refuses too many objects before it creates them, and an object without a name."""

import json
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from kgctl_py.cluster.recorded_cluster import read_whole_list
from kgctl_py.errors import KgctlError
from kgctl_py.kilo.resources import NODE_LIST
from kgctl_py.kube.api_objects import ApiObjects
from kgctl_py.kube.client import Client
from kgctl_py.kube.http_connection import Bounds
from kgctl_py.kube.object_store import ApiObjectStore
from kgctl_py.kube.objects.kinds import NODE
from kgctl_py.kube.read_list import read_list
from tests.kube.fake_server import FakeServer, Reply, kubeconfig

MOST = 3
Read = Callable[[Client], Sequence[Any]]
READERS: dict[str, Read] = {
    "objects": lambda client: ApiObjects(client).of(NODE),
    "object store": lambda client: ApiObjectStore(client, NODE, "").list(),
    "gather": lambda client: read_whole_list(client, NODE_LIST)[0],
    "cache": lambda client: read_list(client, NODE_LIST, str, exact=False).values,
    "pages": lambda client: read_list(client, NODE_LIST, str, exact=True).values,
}
reader = pytest.mark.parametrize("read", READERS.values(), ids=READERS)


def page(*names: str | None, more: str = "", separators: tuple[str, str] = (",", ":")) -> Reply:
    items = [{"metadata": {"name": name} if name else {}} for name in names]
    content = {"kind": "NodeList", "metadata": {"continue": more}, "items": items}
    return Reply(body=json.dumps(content, separators=separators).encode())


def count(folder: Path, read: Read, *replies: Reply, most: int = MOST) -> int:
    with FakeServer({NODE_LIST.path: replies}) as server:
        bounds = Bounds(objects=most)
        return len(read(Client(kubeconfig=kubeconfig(folder / "config", server.url), bounds=bounds)))


@reader
def test_a_list_has_a_bound(tmp_path: Path, read: Read) -> None:
    assert count(tmp_path, read, page("a", "b", "c")) == MOST
    with pytest.raises(KgctlError, match="has more than 3 objects, and kgctl reads no more"):
        count(tmp_path, read, page("a", "b", "c", "d"))


@pytest.mark.parametrize("name", ["objects", "object store", "gather", "pages"])
def test_the_pages_of_a_list_have_the_bound_together(tmp_path: Path, name: str) -> None:
    assert count(tmp_path, READERS[name], page("a", "b", more="x"), page("c")) == MOST
    with pytest.raises(KgctlError, match="has more than 3 objects"):
        count(tmp_path, READERS[name], page("a", "b", more="x"), page("c", "d"))


@reader
def test_an_object_without_a_name_is_refused(tmp_path: Path, read: Read) -> None:
    with pytest.raises(KgctlError, match="an object has no name"):
        count(tmp_path, read, page("a", None))


@reader
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")], ids=["API server", "spaces"])
def test_too_many_objects_are_refused_before_they_need_memory(
    tmp_path: Path, read: Read, separators: tuple[str, str]
) -> None:
    reply = page(*["a"] * 40_000, separators=separators)
    count(tmp_path, read, page("a"))  # imports need memory, too
    tracemalloc.start()
    try:
        with pytest.raises(KgctlError, match="has more than 100 objects"):
            count(tmp_path, read, reply, most=100)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * len(reply.body)

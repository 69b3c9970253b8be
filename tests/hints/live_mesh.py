"""The clusters of tests/findings on a real API server, with Peers that Kilo's own definition accepts."""

import contextlib
import copy
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kgctl_py import names
from kgctl_py.kilo import resources
from tests.api import crd
from tests.api.server import SERVICES, ApiServerProcess
from tests.in_memory import NOW, Raw

PODS = "/api/v1/namespaces/kube-system/pods"
DAEMON_SETS = "/apis/apps/v1/namespaces/kube-system/daemonsets"
_PATHS = {
    "Node": resources.NODES_PATH,
    names.PEER_KIND: resources.PEERS_PATH,
    "Pod": PODS,
    "DaemonSet": DAEMON_SETS,
}
_STRICT = ("pattern", "format", "minimum", "maximum", "minLength", "minItems", "anyOf", "oneOf", "not")
_LEEWAY = 50
"""The seconds that a node is seen in the future, so that none becomes stale while a slow machine tests it."""


@contextlib.contextmanager
def api_server(folder: Path) -> Iterator[ApiServerProcess]:
    """Start an API server whose definition of Peers checks no values, as Kilo's own does."""
    server = ApiServerProcess(folder, users=("guest",), services=SERVICES)
    try:
        server.start()
        server.create(crd.CRDS, _loose(copy.deepcopy(crd.PEER_CRD)))
        server.wait_for_peers()
        yield server
    finally:
        server.stop()


def put(server: ApiServerProcess, objects: tuple[Raw, ...]) -> bool:
    """Make these the only objects; return whether the server accepts all of them."""
    for path in _PATHS.values():
        for name in _names(server, path):
            server.request("DELETE", f"{path}/{name}?gracePeriodSeconds=0")
    try:
        for raw in objects:
            _create(server, copy.deepcopy(raw))
    except urllib.error.HTTPError as error:
        if error.code not in (400, 422):
            raise
        return False
    return True


def state(server: ApiServerProcess) -> dict[tuple[str, str], Any]:
    """Return the annotations, labels and spec of each Node and Peer, by kind and name."""
    found = {}
    for kind in ("Node", names.PEER_KIND):
        for raw in server.request("GET", _PATHS[kind])["items"]:
            metadata = raw["metadata"]
            kept = (metadata.get("annotations"), metadata.get("labels"), raw["spec"])
            found[kind.lower(), metadata["name"]] = kept
    return found


def _names(server: ApiServerProcess, path: str) -> list[str]:
    return [raw["metadata"]["name"] for raw in server.request("GET", path)["items"]]


def _create(server: ApiServerProcess, raw: Raw) -> None:
    path, status = _PATHS[raw["kind"]], raw.pop("status", None)
    raw["metadata"].pop("namespace", None)
    annotations = raw["metadata"].get("annotations", {})
    if names.LAST_SEEN in annotations:
        annotations[names.LAST_SEEN] = _moved(annotations[names.LAST_SEEN])
    if raw["kind"] == "DaemonSet":
        labels = {"app.kubernetes.io/name": "kilo"}
        raw["spec"] |= {"selector": {"matchLabels": labels}}
        raw["spec"]["template"]["metadata"] = {"labels": labels}
    for container in _containers(raw):
        container["image"] = "squat/kilo"
    created = server.create(path, raw)
    if status:
        for one in status["containerStatuses"]:
            one |= {"image": "squat/kilo", "imageID": ""}
        server.request("PUT", f"{path}/{raw['metadata']['name']}/status", created | {"status": status})


def _containers(raw: Raw) -> list[Any]:
    if raw["kind"] == "Pod":
        return list(raw["spec"]["containers"])
    return list(raw["spec"]["template"]["spec"]["containers"]) if raw["kind"] == "DaemonSet" else []


def _moved(last_seen: str) -> str:
    """Return a time relative to now instead of to `NOW`; one that is long past stays."""
    ago = NOW - int(last_seen)
    if ago > 86400:
        return last_seen
    return str(int(time.time()) - ago + (_LEEWAY if ago < 30 else 0))


def _loose(value: Any) -> Any:
    """Drop what a schema says about values, but not the properties that have such a name."""
    if isinstance(value, list):
        return [_loose(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    checks = _STRICT if "type" in value else ()
    return {name: _loose(inner) for name, inner in value.items() if name not in checks}

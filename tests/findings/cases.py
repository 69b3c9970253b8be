"""For each kind of finding a cluster that has it and one that nearly has it, as kgctl is shown them."""

import copy
import dataclasses
import email.utils
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kgctl_py import names
from kgctl_py.kilo import resources
from tests.cli.kgctl import kgctl
from tests.in_memory import Raw, key, node, peer
from tests.kube.fake_server import FakeServer, Reply, kubeconfig

ZEROS = "A" * 43 + "="


@dataclasses.dataclass(frozen=True)
class File:
    """A cluster in a file, and what else is typed."""

    objects: tuple[Raw, ...]
    options: tuple[str, ...] = ()

    def check(self, _: Path) -> dict[str, Any]:
        stdin = json.dumps({"apiVersion": "v1", "kind": "List", "items": self.objects}).encode()
        return _told(kgctl("--from-file", "-", "check", "-o", "json", *self.options, stdin=stdin))


@dataclasses.dataclass(frozen=True)
class Served:
    """A cluster that an API server gives, some answers of which are others; one that is not alive is not there."""

    objects: tuple[Raw, ...]
    replies: Mapping[str, Reply] = dataclasses.field(default_factory=dict)
    alive: bool = True
    behind: int | None = None
    """Seconds that the server's clock is behind this machine's."""

    def check(self, folder: Path) -> dict[str, Any]:
        with FakeServer({**self._lists(), **{path: [reply] for path, reply in self.replies.items()}}) as server:
            url = server.url if self.alive else "http://127.0.0.1:1"
            config = kubeconfig(folder / "config", url)
            return _told(kgctl("--kubeconfig", config, "check", "-o", "json"))

    def _lists(self) -> dict[str, list[Reply]]:
        """Return the lists, the nodes of which were seen just now."""
        fresh = copy.deepcopy(self.objects)
        for one in fresh:
            if one["kind"] == "Node":
                one["metadata"]["annotations"][names.LAST_SEEN] = str(int(time.time()))
        paths = {"Node": resources.NODES_PATH, "Peer": resources.PEERS_PATH}
        items = {path: [one for one in fresh if one["kind"] == kind] for kind, path in paths.items()}
        headers = (
            {} if self.behind is None else {"Date": email.utils.formatdate(time.time() - self.behind, usegmt=True)}
        )
        return {
            path: [Reply(body=json.dumps({"items": listed}).encode(), headers=headers)]
            for path, listed in items.items()
        }


@dataclasses.dataclass(frozen=True)
class Case:
    """What has a finding, and what has not."""

    triggers: tuple[File | Served, ...]
    near_misses: tuple[File | Served, ...]


def _told(run: Any) -> dict[str, Any]:
    assert "fault of kgctl" not in run.stderr, run.stderr
    told: dict[str, Any] = json.loads(run.stdout)
    assert run.exit_code == (0 if told["passed"] else 1)
    return told


def codes(told: Mapping[str, Any]) -> set[str]:
    """Return the codes in what `check -o json` told."""
    return {
        finding["code"]
        for section in told["sections"]
        for check in section["checks"]
        for finding in check["findings"]
    }


SEEN = json.dumps({key("p"): {"IP": "198.51.100.9", "Port": 40000, "Zone": ""}})
A, B = node("a", 1, "a", discovered_endpoints=SEEN, persistent_keepalive="25"), node("b", 2, "b")
P = peer("p", 1, persistentKeepalive=25)
HEALTHY = (A, B, P)


def mesh(*, peers: tuple[Raw, ...] = (P,), **annotations: Any) -> File:
    """Return the healthy mesh with other annotations of node "b"."""
    return File((A, node("b", 2, "b", **annotations), *peers))


def peers(*more: Raw, **spec: Any) -> File:
    """Return the healthy mesh with a peer "q" that says this of itself."""
    return File((*HEALTHY, peer("q", 2, **({"persistentKeepalive": 25} | spec)), *more))


def also(*more: Raw, options: tuple[str, ...] = ()) -> File:
    """Return the healthy mesh and more."""
    return File((*HEALTHY, *more), options)


def third(location: str = "c", **annotations: Any) -> File:
    """Return the healthy mesh and a node "c"; what is not said of it fits."""
    return also(node("c", 3, location, **annotations))


def at(port: int = 51820, **where: str) -> dict[str, Any]:
    """Return an endpoint of a Peer."""
    return {"endpoint": {"dnsOrIP": where, "port": port}}

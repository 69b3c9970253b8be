"""`kgctl peer prune`: only old peers that no node has seen are listed, and removed only with --yes."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from kgctl_py import names
from kgctl_py.mesh.nodes_and_peers import Mesh
from tests.cli.kgctl import kgctl
from tests.connect.in_memory_peers import InMemoryPeers
from tests.in_memory import NOW, Cluster, InMemoryCluster, key, node, peer

NEVER_SEEN = ("--never-seen", "--older-than", "90d")
DAY = 86_400


def aged(name: str, number: int, days: float, **metadata: Any) -> dict[str, Any]:
    one = peer(name, number)
    created = datetime.datetime.fromtimestamp(NOW - days * DAY, datetime.UTC)
    one["metadata"] |= {"creationTimestamp": created.strftime("%Y-%m-%dT%H:%M:%SZ"), **metadata}
    return one


def prune(store: InMemoryPeers, *args: str, seen: str = "laptop") -> Result:
    endpoints = json.dumps({key(seen): {"IP": "198.51.100.7", "Port": 4500}}) if seen else None
    nodes = Cluster(nodes=[node("north", discovered_endpoints=endpoints)]).mesh().nodes
    cluster = InMemoryCluster(lambda: Mesh.of(nodes, store.mesh().peers, NOW), store=store)
    return kgctl("peer", "prune", *args, cluster=cluster)


@pytest.fixture
def store() -> InMemoryPeers:
    return InMemoryPeers(
        aged("laptop", 1, 200),
        aged("lost", 2, 91, annotations={names.OWNER: "ann\x1b[2J"}),
        aged("young", 3, 89),
        aged("host", 4, 200, annotations={names.CONNECTED: "host/kilo0"}),
        aged("edge", 5, 200, labels={names.PEERING: "edge"}),
        aged("meshed", 6, 200, labels={names.CLUSTERMESH: "all"}),
        aged("off", 7, 200) | {"spec": {"allowedIPs": [], "publicKey": key("off")}},
        peer("timeless", 8),
    )


def test_old_peers_that_no_node_has_seen_are_listed_and_stay(store: InMemoryPeers) -> None:
    result = prune(store, *NEVER_SEEN)
    assert (result.exit_code, len(store.manifests)) == (0, 8)
    assert result.stdout == 'peer "lost": created 91d0h ago, 10.5.0.2/32, owner ann\\x1b[2J\n'
    assert result.stderr.startswith("kgctl: 1 found, none removed\nhint: ask their owners, and then add --yes")


def test_they_are_removed_with_yes_and_no_others(store: InMemoryPeers) -> None:
    before = set(store.manifests)
    result = prune(store, *NEVER_SEEN, "--yes")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", 'kgctl: peer "lost" removed\n')
    assert before - set(store.manifests) == {"lost"}


def test_if_all_were_seen_it_says_so(store: InMemoryPeers) -> None:
    result = prune(store, "--never-seen", "--older-than", "20w")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "kgctl: no unseen peer is older than 20w\n"


def test_if_the_nodes_report_nothing_nothing_is_known(store: InMemoryPeers) -> None:
    result = prune(store, *NEVER_SEEN, "--yes", seen="")
    assert (result.exit_code, result.stdout, len(store.manifests)) == (1, "", 8)
    assert result.stderr.startswith("kgctl: no node reports the endpoint of a peer, so kgctl does not know")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "missing option --never-seen"),
        (("--older-than", "90d"), "missing option --never-seen"),
        (("--never-seen",), "missing option --older-than"),
        (("--never-seen", "--older-than", "90"), '--older-than "90" is not a duration'),
        (("--never-seen", "--older-than", "0d"), '--older-than "0d" is not a duration'),
    ],
)
def test_what_to_choose_must_be_said(store: InMemoryPeers, args: tuple[str, ...], said: str) -> None:
    result = prune(store, *args, "--yes")
    assert (result.exit_code, result.stdout, len(store.manifests)) == (2, "", 8)
    assert said in result.stderr


def test_peers_without_a_time_of_creation_are_an_error_and_not_young() -> None:
    result = prune(InMemoryPeers(peer("timeless", 8)), *NEVER_SEEN)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "they have no creationTimestamp" in result.stderr


def test_the_peers_of_a_saved_cluster_are_listed_and_not_removed(store: InMemoryPeers, tmp_path: Path) -> None:
    seen = json.dumps({key("laptop"): {"IP": "198.51.100.7", "Port": 4500}})
    items = [
        node("north", discovered_endpoints=seen),
        *store.manifests.values(),
        {**peer("odd", 9), "metadata": {}},
    ]
    saved = tmp_path / "cluster.json"
    saved.write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": items}))
    result = kgctl("--from-file", str(saved), "peer", "prune", *NEVER_SEEN)
    assert (result.exit_code, result.stdout.partition(":")[0]) == (0, 'peer "lost"')
    refused = kgctl("--from-file", str(saved), "peer", "prune", *NEVER_SEEN, "--yes")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "kgctl: cannot change Peers with --from-file\nhint: leave out --from-file\n" in refused.stderr

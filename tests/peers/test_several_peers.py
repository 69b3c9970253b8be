"""Several Peers in one command: nothing changes if one is missing, and an error says which ones were not tried."""

from typing import Any

import pytest
from typer.testing import Result

from kgctl_py.kube.api_error import ApiError
from tests.cli.kgctl import kgctl
from tests.connect.in_memory_peers import InMemoryPeers
from tests.in_memory import peer
from tests.peers.fleet_cluster import FleetCluster

NAMES = [f"p{number}" for number in range(9)]


class ForbiddenPeers(InMemoryPeers):
    """Peers in memory, of which "p1" cannot be changed."""

    def replace(self, manifest: dict[str, Any]) -> dict[str, Any]:
        self._refuse(manifest["metadata"]["name"])
        return super().replace(manifest)

    def delete(self, name: str, *, version: str = "") -> None:
        self._refuse(name)
        super().delete(name, version=version)

    @staticmethod
    def _refuse(name: str) -> None:
        if name == "p1":
            raise ApiError('peers "p1" is forbidden', status=403)


def run(kept: InMemoryPeers, *args: str) -> Result:
    return kgctl("--no-resolve", "peer", *args, cluster=FleetCluster(kept=kept))


def peers(kind: type[InMemoryPeers]) -> InMemoryPeers:
    return kind(*(peer(name, number) for number, name in enumerate(NAMES, 1)))


@pytest.mark.parametrize("command", ["rm", "disable"])
def test_nothing_changes_if_one_of_several_peers_is_missing(command: str) -> None:
    kept = peers(InMemoryPeers)
    before = dict(kept.manifests)
    result = run(kept, command, "p0", "p2", "nobody", "p3")
    assert result.exit_code == 1
    assert '"nobody"' in result.stderr
    assert kept.manifests == before


@pytest.mark.parametrize(("command", "done"), [("rm", "removed"), ("disable", "disabled")])
def test_an_error_in_the_middle_says_which_peers_were_not_tried(command: str, done: str) -> None:
    kept = peers(ForbiddenPeers)
    before = dict(kept.manifests)
    result = run(kept, command, "p0", "p1", "p2", "p3")
    assert result.exit_code == 1
    first, second, *_ = result.stderr.splitlines()
    assert first == f'kgctl: peer "p0" {done}'
    assert second.endswith('; not tried: "p2", "p3"')
    assert [name for name in NAMES if kept.manifests.get(name) == before[name]] == NAMES[1:]


def twins() -> InMemoryPeers:
    """Return Peers of which "p0" and "p2" have the same key."""
    kept = peers(ForbiddenPeers)
    kept.manifests["p2"]["spec"]["publicKey"] = kept.manifests["p0"]["spec"]["publicKey"]
    return kept


@pytest.mark.parametrize("names", [("p0",), ("p0", "p1"), ("p0", "p1", "p2")])
def test_a_peer_with_the_key_of_a_removed_one_is_updated_also_if_the_next_removal_fails(
    names: tuple[str, ...],
) -> None:
    kept = twins()
    before = dict(kept.manifests)
    told = run(kept, "rm", *names).stderr
    assert told.count('kgctl: peer "p2" has the same public key; kgctl updated it, so that agents keep it\n') == 1
    assert [name for name in NAMES if kept.manifests.get(name) != before[name]] == ["p0", "p2"]


def test_peers_with_one_key_that_are_all_removed_or_all_kept_are_not_updated() -> None:
    assert "same public key" not in run(twins(), "rm", "p0", "p2", "p1").stderr
    kept = twins()
    before = dict(kept.manifests)
    assert "same public key" not in run(kept, "rm", "p1", "p0").stderr
    assert kept.manifests == before


def test_many_peers_that_were_not_tried_are_counted() -> None:
    result = run(peers(ForbiddenPeers), "rm", "p1", "p0", *NAMES[2:])
    assert '; not tried: "p0", "p2", "p3", "p4", "p5" and 3 more\n' in result.stderr

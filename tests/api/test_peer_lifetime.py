"""Peers over time on a real API server: disabled and enabled again, and removed when they expire."""

import json

import pytest

from kgctl_py import names
from kgctl_py.cluster.open import Options, open_cluster
from kgctl_py.kilo import resources
from kgctl_py.peers.prune_peers import find_unseen
from tests.api.peers import HERE, Peers, refused, said
from tests.cli.kgctl import kgctl
from tests.in_memory import key
from tests.kilo.specs import kilo_refuses

ADDRESSES = ["10.5.0.20/32", "192.168.7.0/24"]
LONG_AGO = "2026-01-01T00:00:00Z"


@pytest.fixture
def peers(peers: Peers) -> Peers:
    peers.create("mia", "10.5.0.20", allowedIPs=ADDRESSES, metadata={"annotations": {"git": "kept"}})
    return peers


def expire(peers: Peers, name: str, time: str) -> None:
    one = peers.get(name)
    one["metadata"].setdefault("annotations", {})[names.EXPIRES] = time
    peers.server.request("PUT", f"{resources.PEERS_PATH}/{name}", one)


def test_a_disabled_peer_is_one_that_kilo_takes_and_leaves_out_and_enabling_restores_it(peers: Peers) -> None:
    before = peers.get("mia")
    assert said(peers.run("disable", "mia")) == ['kgctl: peer "mia" disabled']
    disabled = peers.get("mia")
    assert not kilo_refuses(disabled)
    assert disabled["spec"] == {**before["spec"], "allowedIPs": []}
    assert said(peers.run("enable", "mia")) == ['kgctl: peer "mia" enabled']
    after = peers.get("mia")
    assert (after["spec"], after["metadata"]["annotations"]) == (before["spec"], {"git": "kept"})


def test_who_is_enabled_or_disabled_already_stays_so(peers: Peers) -> None:
    assert said(peers.run("enable", "mia")) == ['kgctl: peer "mia" already enabled']
    peers.run("disable", "mia")
    before = peers.get("mia")
    assert said(peers.run("disable", "mia")) == ['kgctl: peer "mia" already disabled']
    assert peers.get("mia") == before


def test_the_addresses_of_a_disabled_peer_stay_reserved(peers: Peers) -> None:
    peers.run("disable", "mia")
    assert 'disabled peer "mia"' in refused(peers.run("add", "new", "--ip", "10.5.0.20"))
    assert 'disabled peer "mia"' in refused(peers.run("add", "new", "--ip", "192.168.7.9"))


def test_a_peer_whose_address_was_taken_stays_disabled(peers: Peers) -> None:
    peers.run("disable", "mia", "laptop")
    peers.create("thief", "10.5.0.20")
    before = peers.get("laptop")
    refusal = refused(peers.run("enable", "laptop", "mia"))
    assert 'the allowed IP "10.5.0.20/32" is already in use' in refusal
    assert "hint: choose another address with the option --ip of kgctl peer set" in refusal
    assert peers.get("laptop") == before


def test_a_peer_that_shares_its_key_is_not_disabled(peers: Peers) -> None:
    peers.create("twin", "10.5.0.21", publicKey=peers.spec("mia")["publicKey"])
    assert 'has the public key of peer "twin"' in refused(peers.run("disable", "laptop", "mia"))
    assert peers.spec("laptop")["allowedIPs"]


def test_a_dry_run_changes_nothing(peers: Peers) -> None:
    before = peers.get("mia")
    for judge in ("client", "server"):
        assert said(peers.run("disable", "mia", "--dry-run", judge)) == [
            'kgctl: peer "mia" would be disabled (dry run)'
        ]
    assert peers.get("mia") == before


def test_a_disabled_peer_is_shown_as_that_and_is_no_fault(peers: Peers) -> None:
    peers.run("disable", "mia")
    assert "Disabled" in kgctl(*peers.options(), "get", "peers", "mia").stdout
    found = json.loads(kgctl(*peers.options(), "get", "peers", "mia", "-o", "json").stdout)
    assert [finding["code"] for finding in found["status"]["findings"]] == ["K-PEER-DISABLED"]
    assert found["status"]["reason"] == "it is disabled"


def test_expired_peers_are_removed_and_no_others(peers: Peers) -> None:
    expire(peers, "mia", LONG_AGO)
    expire(peers, "laptop", "2999-01-01T00:00:00Z")
    expire(peers, "phone", "next week")
    assert said(peers.run("expire", "--dry-run", "client")) == ['kgctl: peer "mia" would be removed (dry run)']
    assert peers.has("mia")
    assert said(peers.run("expire")) == ['kgctl: peer "mia" removed']
    assert sorted(peers.names()) == sorted(HERE)
    assert said(peers.run("expire")) == ["kgctl: no peer has expired"]


def test_check_reports_an_expired_peer_and_an_invalid_time(peers: Peers) -> None:
    expire(peers, "mia", LONG_AGO)
    expire(peers, "phone", "next week")
    sections = json.loads(kgctl(*peers.options(), "check", "-o", "json").stdout)["sections"]
    found = [one for section in sections for check in section["checks"] for one in check["findings"]]
    told = {one["subject"]["name"]: one["message"] for one in found if one["code"] == "K-PEER-EXPIRED"}
    assert told == {
        "mia": f"it expired at {LONG_AGO}, but still has access",
        "phone": '"next week" is not a time, so the peer never expires',
    }


def test_a_time_is_set_changed_and_taken_away(peers: Peers) -> None:
    assert peers.run("add", "guest", "--expires", "2999-01-31", "--public-key", key("guest")).exit_code == 0
    assert peers.get("guest")["metadata"]["annotations"][names.EXPIRES] == "2999-01-31T00:00:00Z"
    assert peers.run("set", "guest", "--expires", "2999-02-01T12:00+02:00").exit_code == 0
    assert peers.get("guest")["metadata"]["annotations"][names.EXPIRES] == "2999-02-01T10:00:00Z"
    assert peers.run("set", "guest", "--expires", "never").exit_code == 0
    assert names.EXPIRES not in peers.get("guest")["metadata"].get("annotations", {})


def test_peers_that_never_connected_are_removed_after_their_time(peers: Peers) -> None:
    seen = {peers.spec("laptop")["publicKey"]: {"IP": "198.51.100.7", "Port": 4500}}
    path = f"{resources.NODES_PATH}/north"
    before = peers.server.request("GET", path)
    reported = json.loads(json.dumps(before))
    reported["metadata"]["annotations"][names.DISCOVERED_ENDPOINTS] = json.dumps(seen)
    del reported["metadata"]["resourceVersion"]
    peers.server.request("PUT", path, reported)
    try:
        young = peers.run("prune", "--never-seen", "--older-than", "1d", "--yes")
        assert said(young) == ["kgctl: no unseen peer is older than 1d"]
        assert sorted(peers.names()) == sorted([*HERE, "mia"])
        found = find_unseen(open_cluster(Options(kubeconfig=str(peers.server.kubeconfig()))), older_than=-60)
        assert [one.peer.name for one in found] == ["mia", "phone"]
    finally:
        del before["metadata"]["resourceVersion"]
        peers.server.request("PUT", path, before)

"""The Peer of a host that connects: created, used as it is, taken over or refused, and removed if it is ours."""

from typing import Any

import pytest

from kgctl_py import names
from kgctl_py.cluster.interface import Manifest
from kgctl_py.cluster.open import Options
from kgctl_py.cluster.saved.saved_cluster import SavedCluster
from kgctl_py.connect.registration import HostPeer, register, remove_marked_peer
from kgctl_py.errors import KgctlError
from kgctl_py.kilo.find_networks import Networks
from kgctl_py.mesh.address import parse_cidr
from kgctl_py.notice import Level, Notice
from kgctl_py.wireguard import Key
from tests.connect.in_memory_peers import InMemoryPeers
from tests.in_memory import InMemoryCluster, key, peer

MARK = "host/kilo0"


class Cluster(InMemoryCluster):
    """A cluster whose networks are unknown."""

    def _find_networks(self) -> Networks:
        return Networks()


def host_peer(*allowed_ips: str, update: bool = False, owner: str = "laptop") -> HostPeer:
    return HostPeer(
        name="laptop",
        mark=MARK,
        key=Key.parse(key(owner)),
        allowed_ips=tuple(map(parse_cidr, allowed_ips)),
        keepalive=10,
        update=update,
    )


def marked(mark: str, **spec: Any) -> Manifest:
    manifest = peer("laptop", 7, persistentKeepalive=10, **spec)
    manifest["metadata"]["annotations"] = {names.CONNECTED: mark}
    return manifest


def registered(store: InMemoryPeers, wanted: HostPeer, *, clean_up: bool = True) -> tuple[list[str], Manifest]:
    """Register the Peer; return what is told until the end, and the Peer as it was in between."""
    notices: list[Notice] = []
    cluster = Cluster(store.mesh, store=store)
    with register(cluster, Options(), wanted, notices.append, clean_up=clean_up):
        between = store.get("laptop")
    return [notice.text for notice in notices], between


def test_a_peer_that_does_not_exist_is_created_with_the_next_address_and_removed_in_the_end() -> None:
    store = InMemoryPeers(peer("phone", 1))
    told, between = registered(store, host_peer())
    assert told == ['peer "laptop" created: 10.5.0.2/32', 'peer "laptop" removed']
    assert between["spec"] == {
        "allowedIPs": ["10.5.0.2/32"],
        "persistentKeepalive": 10,
        "publicKey": key("laptop"),
    }
    assert between["metadata"]["annotations"] == {names.CONNECTED: MARK}
    assert list(store.manifests) == ["phone"]


def test_without_clean_up_the_peer_stays_and_the_next_run_takes_it_over() -> None:
    store = InMemoryPeers()
    assert registered(store, host_peer("10.5.0.9/32"), clean_up=False)[0] == ['peer "laptop" created: 10.5.0.9/32']
    told, between = registered(store, host_peer(owner="another key"))
    assert told == ['peer "laptop" taken over', 'peer "laptop" removed']
    assert between["spec"]["publicKey"] == key("another key")
    assert between["spec"]["allowedIPs"] == ["10.5.0.9/32"]


def test_a_matching_peer_of_another_user_is_used_and_stays() -> None:
    store = InMemoryPeers(peer("laptop", 7))
    assert registered(store, host_peer("10.5.0.7/32"))[0] == ['using the existing peer "laptop"']
    assert list(store.manifests) == ["laptop"]


@pytest.mark.parametrize(
    ("existing", "wanted", "words"),
    [
        (peer("laptop", 7), host_peer(owner="x"), '"laptop" already exists with another key'),
        (peer("laptop", 7), host_peer("10.5.0.8/32"), "exists with other allowed IPs"),
        (
            marked("other/kilo0"),
            host_peer(owner="x"),
            r'"laptop" already exists with another key \(connected from "other/kilo0"\)',
        ),
        (peer("phone", 7), host_peer(owner="phone"), 'the public key .* is already in use by peer "phone"'),
        (peer("phone", 7), host_peer("10.5.0.7/32"), 'the allowed IP "10.5.0.7/32" is already in use'),
    ],
)
def test_a_peer_of_another_user_is_refused_and_stays_unchanged(
    existing: Manifest, wanted: HostPeer, words: str
) -> None:
    store = InMemoryPeers(existing)
    before = dict(store.manifests)
    with pytest.raises(KgctlError, match=words):
        registered(store, wanted)
    assert store.manifests == before


def test_update_changes_the_key_and_leaves_what_connect_does_not_know() -> None:
    store = InMemoryPeers(peer("laptop", 7, presharedKey="kept"))
    told, between = registered(store, host_peer(owner="x", update=True))
    assert told == ['peer "laptop" updated']
    assert between["spec"] == {"allowedIPs": ["10.5.0.7/32"], "publicKey": key("x"), "presharedKey": "kept"}
    assert store.manifests["laptop"]["spec"] == between["spec"]


def test_an_updated_peer_of_another_host_gets_our_mark_and_is_removed() -> None:
    store = InMemoryPeers(marked("other/kilo0"))
    assert registered(store, host_peer(owner="x", update=True))[0] == [
        'peer "laptop" updated',
        'peer "laptop" removed',
    ]


def test_a_peer_that_cannot_be_removed_is_reported_with_what_to_type() -> None:
    store = InMemoryPeers(marked(MARK))
    store.errors["delete"] = KgctlError("the API server does not answer")
    notices: list[Notice] = []
    cluster = Cluster(store.mesh, store=store)
    with register(cluster, Options(), host_peer(), notices.append, clean_up=True):
        notices.clear()
    text = 'peer "laptop" may still exist in the cluster: the API server does not answer'
    assert notices == [Notice(Level.WARNING, text, "to remove it: kgctl peer rm laptop")]


def test_only_a_peer_with_the_mark_is_removed() -> None:
    store = InMemoryPeers(marked("other/kilo0"))
    cluster = Cluster(store.mesh, store=store)
    assert not remove_marked_peer(cluster, Options(), "laptop", MARK)
    assert not remove_marked_peer(cluster, Options(), "nobody", MARK)
    assert list(store.manifests) == ["laptop"]


def test_a_cluster_in_a_file_refuses_and_nothing_is_said_to_remain() -> None:
    notices: list[Notice] = []
    saved = SavedCluster(["docs/example-cluster.yaml"])
    with (
        pytest.raises(KgctlError, match="cannot change Peers with --from-file"),
        register(saved, Options(), host_peer(), notices.append, clean_up=True),
    ):
        pass
    assert notices == []

"""What becomes of a Peer when the API server does as it is told and then does not say so."""

import contextlib
import copy

import pytest

from kgctl_py.cluster.interface import Manifest
from kgctl_py.cluster.peer_stores import PeerNames
from kgctl_py.errors import KgctlError
from kgctl_py.kilo.peers import manifest
from kgctl_py.kube.api_error import ApiError
from kgctl_py.mesh.address import parse_cidr
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.notice import Level, Notice
from kgctl_py.peers.address_choice import AddressChoice
from kgctl_py.peers.create_peer import PlannedPeer, create_peer
from kgctl_py.peers.rotate_keys import rotate_keys
from kgctl_py.value import replace
from kgctl_py.wireguard import Key
from tests.in_memory import InMemoryCluster, key

SILENT = KgctlError("the API server did not answer within 15 s")
IN_TROUBLE = ApiError("etcdserver: request timed out", status=500)
REFUSED = ApiError("there is one already", status=409)

OLD = Peer(name="mia", allowed_ips=(parse_cidr("10.5.0.1/32"),), public_key=Key.parse(key("old")))
NEW = replace(OLD, public_key=Key.parse(key("new")), preshared_key=Key.parse(key("psk")))


class Store(PeerNames):
    """One Peer, whose server makes the first change that it is sent, or not, and then raises."""

    def __init__(self, peer: Peer | None, *, does: bool, says: KgctlError | None) -> None:
        super().__init__(lambda: Mesh((), (), 0))
        self.peer = manifest(peer) if peer else None
        self._does = does
        self._says = says

    def get(self, name: str) -> Manifest:
        if self.peer is None:
            raise ApiError(f"{name} is not there", status=404)
        return copy.deepcopy(self.peer)

    def replace(self, manifest: Manifest) -> Manifest:
        says, self._says = self._says, None
        if not says or self._does:
            self.peer = manifest
        if says:
            raise says
        return manifest

    create = replace

    def touch(self, name: str) -> None:
        self.replace(self.get(name))

    def delete(self, name: str, *, version: str = "") -> None:
        self.peer = None


class Unremovable(Store):
    """A Store that answers no more when the Peer is to be removed again."""

    def get(self, name: str) -> Manifest:
        raise SILENT


def rotate(store: Store) -> list[Notice]:
    """Rotate the keys, which fails; return what is told."""
    notices: list[Notice] = []
    with pytest.raises(KgctlError), rotate_keys(store, manifest(OLD), NEW, notices.append):
        pass
    return notices


def create(store: Store) -> list[Notice]:
    """Create the Peer, which fails; return what is told."""
    notices: list[Notice] = []
    cluster = InMemoryCluster(lambda: Mesh((), (NEW,), 0), store=store)
    with pytest.raises(KgctlError), create_peer(cluster, PlannedPeer(NEW, AddressChoice()), notices.append):
        pass
    return notices


@pytest.mark.parametrize("says", [SILENT, IN_TROUBLE])
@pytest.mark.parametrize("does", [True, False])
def test_a_peer_whose_new_key_nobody_was_told_of_has_its_old_one(says: KgctlError, does: bool) -> None:
    store = Store(OLD, does=does, says=says)
    assert [notice.text for notice in rotate(store)] == ['peer "mia" has its old key again'] * does
    assert store.peer == manifest(OLD)


@pytest.mark.parametrize("says", [SILENT, IN_TROUBLE])
@pytest.mark.parametrize("does", [True, False])
def test_a_peer_that_nobody_was_told_was_created_is_not_there(says: KgctlError, does: bool) -> None:
    store = Store(None, does=does, says=says)
    assert [notice.text for notice in create(store)] == ['peer "mia" removed again'] * does
    assert store.peer is None


@pytest.mark.parametrize(("peer", "says"), [(OLD, REFUSED), (NEW, REFUSED), (OLD, IN_TROUBLE)])
def test_a_peer_of_somebody_else_stays(peer: Peer, says: KgctlError) -> None:
    store = Store(peer, does=False, says=says)
    assert create(store) == []
    assert store.peer == manifest(peer)


def test_what_may_be_left_is_reported_with_what_to_type() -> None:
    store = Unremovable(None, does=True, says=SILENT)
    assert create(store) == [
        Notice(
            Level.WARNING,
            f'peer "mia" may still exist in the cluster: {SILENT.message}',
            "to remove it: kgctl peer rm mia",
        )
    ]
    [told] = rotate(Unremovable(OLD, does=True, says=SILENT))
    assert told.hint == "to give it another key: kgctl peer rotate mia"


def test_what_somebody_else_changed_meanwhile_stays_when_the_old_keys_come_back() -> None:
    store, notices = Store(OLD, does=True, says=None), list[Notice]()
    with contextlib.suppress(KgctlError), rotate_keys(store, manifest(OLD), NEW, notices.append):
        store.peer = manifest(replace(NEW, persistent_keepalive=7))
        raise SILENT
    assert store.peer == manifest(replace(OLD, persistent_keepalive=7))

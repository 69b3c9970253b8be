"""What becomes of a Peer when the API server does as it is told and then does not say so."""

import contextlib
import copy
from collections.abc import Callable
from typing import Any, cast

import pytest

from kgctl_py.cli.peer import rotate
from kgctl_py.cluster.interface import PeerStore
from kgctl_py.errors import KgctlError
from kgctl_py.kube.api_error import ApiError
from kgctl_py.peers import create


def peer(**spec: object) -> dict[str, Any]:
    return {"metadata": {"name": "mia"}, "spec": {"allowedIPs": ["10.5.0.1/32"], **spec}}


OLD = peer(publicKey="old")
NEW = peer(publicKey="new", presharedKey="new")

SILENT = KgctlError("the API server did not answer within 15 s")
IN_TROUBLE = ApiError("etcdserver: request timed out", status=500)
REFUSED = ApiError("there is one already", status=409)


class Store:
    """One Peer, whose server does what it is told, or not, and then raises."""

    def __init__(self, peer: dict[str, Any] | None, *, does: bool, says: KgctlError) -> None:
        self.peer = peer
        self._does = does
        self._says: KgctlError | None = says

    def get(self, name: str) -> dict[str, Any]:
        if self.peer is None:
            raise ApiError(f"{name} is not there", status=404)
        return copy.deepcopy(self.peer)

    def replace(self, peer: dict[str, Any]) -> None:
        says, self._says = self._says, None
        if not says or self._does:
            self.peer = peer
        if says:
            raise says

    create = replace

    def delete(self, _: str, *, version: str = "") -> None:
        self.peer = None


def left(block: Callable[[PeerStore], contextlib.AbstractContextManager[Any]], store: Store) -> Any:
    """Give the Peer that is left when the block has failed."""
    with pytest.raises(KgctlError), block(cast("PeerStore", store)):
        store.replace(NEW)
    return store.peer


def rotating(store: PeerStore) -> contextlib.AbstractContextManager[Any]:
    return rotate._restored_on_failure(store, OLD, NEW)


def creating(store: PeerStore) -> contextlib.AbstractContextManager[Any]:
    return create.created(store, NEW)


@pytest.mark.parametrize("says", [SILENT, IN_TROUBLE])
@pytest.mark.parametrize("does", [True, False])
def test_a_peer_whose_new_key_nobody_was_told_of_has_its_old_one(says: KgctlError, does: bool) -> None:
    assert left(rotating, Store(OLD, does=does, says=says)) == OLD


@pytest.mark.parametrize("says", [SILENT, IN_TROUBLE])
@pytest.mark.parametrize("does", [True, False])
def test_a_peer_that_nobody_was_told_was_created_is_not_there(says: KgctlError, does: bool) -> None:
    assert left(creating, Store(None, does=does, says=says)) is None


def test_a_peer_of_somebody_else_stays() -> None:
    assert left(creating, Store(OLD, does=False, says=REFUSED)) == OLD
    assert left(creating, Store(NEW, does=False, says=REFUSED)) == NEW
    assert left(creating, Store(OLD, does=False, says=IN_TROUBLE)) == OLD


def test_what_somebody_else_changed_meanwhile_stays_when_the_old_keys_come_back() -> None:
    store = Store(OLD, does=True, says=SILENT)
    with contextlib.suppress(KgctlError), rotating(cast("PeerStore", store)):
        with contextlib.suppress(KgctlError):
            store.replace(NEW)
        store.peer = peer(publicKey="new", presharedKey="new", persistentKeepalive=7)
        raise SILENT
    assert store.peer == peer(publicKey="old", persistentKeepalive=7)

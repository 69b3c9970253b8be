"""Make changes of Peers in one cluster, one after the other, and undo them."""

import http
from collections.abc import Iterable

from kgctl_py.cluster.interface import Cluster, Manifest, PeerStore
from kgctl_py.errors import KgctlError
from kgctl_py.kilo.peers import read_peer
from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.peering.planning.peer_changes import Action, Change
from kgctl_py.peering.planning.remote_peer import RemotePeer

_OF_THE_SERVER = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid")


class ConflictError(KgctlError):
    """A Peer changed after the change was planned."""


class PeerWriter:
    """Makes changes in one cluster, and can undo them."""

    def __init__(self, cluster: Cluster, *, dry_run: bool = False) -> None:
        self._store: PeerStore = cluster.peers(dry_run=dry_run)
        self._dry_run = dry_run
        self._created: dict[str, RemotePeer] = {}
        self._deleted: dict[str, Manifest] = {}

    def apply(self, change: Change) -> None:
        """Make one change; raise ConflictError if it needs a new plan, or KgctlError if it fails."""
        try:
            self._apply(change)
        except KgctlError as error:
            if _status(error) == http.HTTPStatus.CONFLICT:
                raise ConflictError(error.message, hint=error.hint) from None
            raise

    def undo(self) -> list[str]:
        """Undo all changes, and return the names of the Peers for which that failed."""
        left = [name for name, remote in self._created.items() if not self._remove(name, remote)]
        for name, manifest in self._deleted.items():
            if name not in left and not self._restore(manifest):
                left.append(name)
        return left

    def _apply(self, change: Change) -> None:
        match change.action:
            case Action.CREATE if change.after:
                self._created[change.name] = change.after  # before the request, because its response may be lost
                if not (self._dry_run and change.name in self._deleted):
                    self._create(change.after)
            case Action.UPDATE if change.after:
                self._store.replace(_changed(self._current(change), change.after))
            case Action.DELETE:
                self._delete(change)
            case Action.TOUCH if not self._dry_run:
                self._store.touch(change.name)
            case _:
                pass

    def _create(self, remote: RemotePeer) -> None:
        try:
            self._store.create(remote.manifest())
        except KgctlError as error:
            status = _status(error)
            if status is not None and status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                del self._created[remote.name]  # refused: if the Peer exists, another program created it
            raise

    def _delete(self, change: Change) -> None:
        try:
            current = self._current(change)
            self._store.delete(change.name, version=current["metadata"].get("resourceVersion", ""))
        except KgctlError as error:
            if _status(error) == http.HTTPStatus.NOT_FOUND:
                return
            raise
        self._deleted[change.name] = current

    def _current(self, change: Change) -> Manifest:
        """Return the current Peer; raise ConflictError if it differs from the one in the plan."""
        current = self._store.get(change.name)
        if change.before is not None and read_peer(current) != change.before:
            raise ConflictError(
                f'peer "{change.name}" was changed by another program', hint="run the command again"
            )
        return current

    def _remove(self, name: str, remote: RemotePeer) -> bool:
        try:
            current: Peer = read_peer(self._store.get(name))
            if current.public_key == remote.public_key:
                self._store.delete(name)
        except KgctlError as error:
            return _status(error) == http.HTTPStatus.NOT_FOUND
        return True

    def _restore(self, manifest: Manifest) -> bool:
        metadata = {key: value for key, value in manifest["metadata"].items() if key not in _OF_THE_SERVER}
        try:
            self._store.create({**manifest, "metadata": metadata})
        except KgctlError:
            return False
        return True


def _changed(current: Manifest, remote: RemotePeer) -> Manifest:
    """Return a Peer with the desired fields, and all other fields unchanged."""
    wanted = remote.manifest()
    metadata = current["metadata"]
    annotations = {**(metadata.get("annotations") or {}), **wanted["metadata"]["annotations"]}
    for stale in _stale(annotations, wanted["metadata"]["annotations"]):
        del annotations[stale]
    labels = {**(metadata.get("labels") or {}), **wanted["metadata"]["labels"]}
    spec = {**(current.get("spec") or {}), "endpoint": None, "presharedKey": None, **wanted["spec"]}
    return {
        **current,
        "metadata": {**metadata, "annotations": annotations, "labels": labels},
        "spec": {key: value for key, value in spec.items() if value is not None},
    }


def _stale(annotations: Iterable[str], wanted: Iterable[str]) -> list[str]:
    from kgctl_py import names

    wanted = set(wanted)
    return [name for name in annotations if name.startswith(names.PEERING) and name not in wanted]


def _status(error: KgctlError) -> int | None:
    return getattr(error, "status", None)

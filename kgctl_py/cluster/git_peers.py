"""The Peers of a folder kept in Git, written: each change is one file, and its line in the kustomization."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from kgctl_py.cluster import kustomization
from kgctl_py.cluster.git_folder import Folder, KeptPeer, Listed, read_text
from kgctl_py.cluster.peer_store import Manifest, MissingPeerError
from kgctl_py.errors import KgctlError
from kgctl_py.fs import file_set, files, yaml_edit
from kgctl_py.fs.file_set import Change
from kgctl_py.render.document import as_yaml


class FolderPeerStore:
    """A PeerStore whose Peers are files; whatever fails, the folder is then as it was."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def title(self, name: str) -> str:
        """Name a Peer in messages, with its file."""
        kept = self._find(name)
        return f'peer "{name}" in "{(kept.file if kept else self._folder.place(name)).path}"'

    def get(self, name: str) -> Manifest:
        """Read a Peer whole; raise MissingPeerError."""
        return self._kept(name).manifest

    def create(self, manifest: Manifest) -> Manifest:
        """Write the file of a new Peer, and list it."""
        name = manifest["metadata"]["name"]
        if self._find(name):
            raise KgctlError(
                f"{self.title(name)} exists", hint=f"kgctl peer rotate {name}, or kgctl peer rm {name}"
            )
        place = self._folder.place(name)
        file = Change(path=place.path, content=as_yaml(manifest), mode=_mode(manifest))
        file_set.make([file, *_relisted(place, kustomization.with_resource)])
        return manifest

    def replace(self, manifest: Manifest) -> Manifest:
        """Write a Peer that has changed into its file, whose comments and layout stay."""
        kept = self._alone(manifest["metadata"]["name"])
        with explained(kept.file.path):
            text = yaml_edit.changed(read_text(kept.file.path), lambda data: yaml_edit.become(data, manifest))
        file_set.make([Change(path=kept.file.path, content=text, mode=_mode(manifest), replace=True)])
        return manifest

    def delete(self, name: str, *, version: str = "") -> None:  # noqa: ARG002 - files have none
        """Remove the file of a Peer, and its line in the kustomization."""
        kept = self._alone(name)
        removal = Change(path=kept.file.path, content=None)
        file_set.make([*_relisted(kept.file, kustomization.without_resource), removal])

    def check_alone(self, name: str) -> None:
        """Refuse a Peer that cannot be changed, because something else stands in its file."""
        self._alone(name)

    def _find(self, name: str) -> KeptPeer | None:
        return next((kept for kept in self._folder.all_peers() if kept.peer.name == name), None)

    def _kept(self, name: str) -> KeptPeer:
        kept = self._find(name)
        if kept is None:
            raise MissingPeerError(f'peer "{name}" is not in "{self._folder.path}"')
        return kept

    def _alone(self, name: str) -> KeptPeer:
        kept = self._kept(name)
        if not kept.alone:
            raise KgctlError(
                f'"{kept.file.path}" holds more than peer "{name}"', hint="give each Peer its own file"
            )
        return kept


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other kgctls from changing this folder, once those that do are done; where the system can do that."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(ImportError, OSError):  # Windows, and some network file systems
            import fcntl

            descriptor = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


def _relisted(file: Listed, change: Callable[[str, str], str]) -> Iterator[Change]:
    """Give the change of the kustomization that lists the file, if one does."""
    if file.by is None:
        return
    with explained(file.by):
        text = change(read_text(file.by), file.resource)
    yield Change(path=file.by, content=text, replace=True)


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what is said against the text of `path` into an error for people."""
    try:
        yield
    except ValueError as error:
        raise KgctlError(f'cannot change "{path}": it {error}') from None


def _mode(manifest: Manifest) -> int:
    return files.SECRET if manifest["spec"].get("presharedKey") else files.PUBLIC

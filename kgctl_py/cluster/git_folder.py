"""Peers kept in Git: a folder whose kustomization lists files, some of which hold Peers.

    kustomization.yaml       lists what is applied
    peers/NAME.yaml          a Peer

Where `peers` has a kustomization of its own, that one lists the Peers.
"""

import itertools
import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from kgctl_py import names
from kgctl_py.cluster import kustomization
from kgctl_py.cluster.interface import Backend
from kgctl_py.cluster.snapshot import objects_in
from kgctl_py.errors import KgctlError
from kgctl_py.kilo import resources
from kgctl_py.kilo.peers import translate_peer
from kgctl_py.mesh.model import Mesh, Peer
from kgctl_py.os_errors import explained
from kgctl_py.value import Value, replace

PEERS = "peers"

_SUFFIXES = (".yaml", ".yml", ".json")
_REMOTE = ("://", "?ref=", "git@", "github.com/")


class Listed(Value, frozen=True):
    """A file, and the kustomization that lists it as `resource`; None for a file that none lists."""

    path: Path
    by: Path | None = None
    resource: str = ""


class KeptPeer(Value, frozen=True):
    """A Peer, the file that holds it, and whether it is alone there."""

    peer: Peer
    manifest: dict[str, Any]
    file: Listed
    alone: bool


class Folder:
    """A folder with a kustomization; raises KgctlError where it has none, or a file in it cannot be read."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self._root = _kustomization_of(self.path)

    @property
    def kustomization(self) -> Path:
        """The kustomization that lists the Peers."""
        return kustomization_in(self.path / PEERS) or self._root

    def place(self, name: str) -> Listed:
        """Give the place of a Peer that is not there yet."""
        path = self.path / PEERS / f"{name}.yaml"
        if path.name in kustomization.FILE_NAMES:
            raise KgctlError(f'"{path}" cannot be the file of a Peer: to Kustomize it is something else')
        by = self.kustomization
        return Listed(path, by, path.relative_to(by.parent).as_posix())

    def peers(self) -> tuple[KeptPeer, ...]:
        """Give the Peers that are applied, by name."""
        return _by_name(_listed(self._root, set()))

    def all_peers(self) -> tuple[KeptPeer, ...]:
        """Give the Peers that are applied, and those in `peers` that no kustomization lists yet."""
        listed = list(_listed(self._root, set()))
        known = {file.path.resolve() for file in listed}
        beside = (path for path in sorted((self.path / PEERS).glob("*")) if path.suffix in _SUFFIXES)
        unlisted = (path for path in beside if path.name not in kustomization.FILE_NAMES)
        return _by_name([*listed, *(Listed(path) for path in unlisted if path.resolve() not in known)])


class FolderPeers:
    """A Backend whose Peers are those that folders keep, and whose Nodes are those of another."""

    def __init__(self, folders: Sequence[str], nodes: Backend) -> None:
        self._folders = folders
        self._nodes = nodes

    def mesh(self) -> Mesh:
        """Read the Peers of the folders, and the Nodes."""
        kept = [one.peer for folder in self._folders for one in Folder(folder).peers()]
        return replace(self._nodes.mesh(), peers=tuple(sorted(kept, key=lambda peer: peer.name)))


def read_text(path: Path) -> str:
    """Give the text of a file, with its line ends; raise KgctlError."""
    try:
        with explained("read", path):
            return path.read_bytes().decode()
    except UnicodeDecodeError:
        raise KgctlError(f'"{path}" is not UTF-8 text') from None


def kustomization_in(folder: Path) -> Path | None:
    """Give the kustomization of a folder, if it has one."""
    return next((folder / name for name in kustomization.FILE_NAMES if (folder / name).is_file()), None)


def _kustomization_of(folder: Path) -> Path:
    found = kustomization_in(folder)
    if found is None:
        why = f"has no {kustomization.FILE_NAMES[0]}" if folder.is_dir() else "is no folder"
        hint = f"kgctl init {shlex.quote(str(folder))}"
        raise KgctlError(f'"{folder}" {why}, so no Peers are kept there', hint=hint)
    return found


def _listed(by: Path, seen: set[Path]) -> Iterator[Listed]:
    """Give the files that a kustomization lists, those of the folders that it lists, too, each once."""
    if by.resolve() in seen:
        return
    seen.add(by.resolve())
    text = read_text(by)
    try:
        resources, renaming = kustomization.resources(text), kustomization.renaming(text)
    except ValueError as error:
        raise KgctlError(f'"{by}" {error}') from None
    if renaming:
        hint = f"kubectl kustomize {shlex.quote(str(by.parent))} | kgctl --from-file - …"
        raise KgctlError(f'"{by}" gives Peers other names by its {renaming}, which kgctl does not do', hint=hint)
    for resource in resources:
        path = by.parent / resource
        if path.is_dir():
            yield from _listed(_kustomization_of(path), seen)
        elif path.exists() or not any(mark in resource for mark in _REMOTE):
            yield Listed(path, by, resource)


def _by_name(files: Iterable[Listed]) -> tuple[KeptPeer, ...]:
    kept: dict[str, KeptPeer] = {}
    for one in itertools.chain.from_iterable(map(_peers_in, files)):
        other = kept.setdefault(one.peer.name, one)
        if other is not one:
            raise KgctlError(
                f'peer "{one.peer.name}" is there twice: in "{other.file.path}" and "{one.file.path}"'
            )
    return tuple(kept[name] for name in sorted(kept))


def _peers_in(file: Listed) -> Iterator[KeptPeer]:
    objects = list(objects_in(str(file.path), read_text(file.path).encode()))
    for held in objects:
        if held.kind != names.PEER_KIND or not (held.api_version or "").startswith(names.GROUP + "/"):
            continue
        peer = translate_peer(held.convert(resources.Peer))
        if not peer.name:
            raise KgctlError(f'"{held.source}": a Peer has no metadata.name')
        yield KeptPeer(peer, held.to_dict(), file, len(objects) == 1)

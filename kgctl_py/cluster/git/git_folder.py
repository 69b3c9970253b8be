"""Peers in Git: a folder with a kustomization that lists files with Peers.

    kustomization.yaml       the list of applied files
    peers/NAME.yaml          a Peer

If `peers` has its own kustomization, that one lists the Peers.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgctl_py.cluster.git import kustomization
from kgctl_py.cluster.git.boundaries import (
    is_below,
    read_regular,
)
from kgctl_py.cluster.git.walk_kustomizations import Listed, Walk, check_not_renamed, kustomization_in
from kgctl_py.cluster.saved.nodes_and_peers_in_files import is_peer, peer_in, unknown_values, unread
from kgctl_py.cluster.saved.read_objects import objects_in
from kgctl_py.errors import KgctlError
from kgctl_py.kube.objects.raw_object import RawObject
from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.notice import Notice, warning
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.foreign_files import StandIn

PEERS = "peers"

_SUFFIXES = (".yaml", ".yml", ".json")
_LOCAL_CONFIG = "config.kubernetes.io/local-config"


class KeptPeer(Value, frozen=True):
    """A Peer, its file, whether the file contains only this Peer, and whether SOPS encrypted it."""

    peer: Peer
    manifest: dict[str, Any]
    file: Listed
    alone: bool
    is_sealed: bool = False
    has_placeholders: bool = False


class Folder:
    """A folder with a kustomization, each file of which is read once.

    Raises KgctlError if it has no kustomization, or if a file in it cannot be read.
    """

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self._texts: dict[Path, str] = {}
        self._notices: dict[Notice, None] = {}
        self._encrypted: dict[Path, StandIn] = {}
        self._walk = Walk(self.path, self.text, self._remark)

    @property
    def kustomization(self) -> Path:
        """The kustomization that lists the Peers."""
        return kustomization_in(self.path / PEERS) or self._walk.root

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What kgctl did not read, each once."""
        return tuple(self._notices)

    @property
    def encrypted(self) -> "Mapping[Path, StandIn]":
        """The files with Peers that kgctl cannot read, each with what it is."""
        return self._encrypted

    def _remark(self, notice: Notice) -> None:
        self._notices[notice] = None

    def text(self, path: Path) -> str:
        """Return the text of a file as it was when it was first read; raise KgctlError."""
        if path not in self._texts:
            self._texts[path] = read_text(path)
        return self._texts[path]

    def wrote(self, path: Path, text: str | None) -> None:
        """Record that this program wrote or removed a file."""
        if text is None:
            self._texts.pop(path, None)
        else:
            self._texts[path] = text

    def place(self, name: str) -> Listed:
        """Return the place for a new Peer."""
        path = self.path / PEERS / f"{name}.yaml"
        if path.name in kustomization.FILE_NAMES:
            raise KgctlError(f'"{path}" cannot be the file of a Peer: Kustomize uses this name for something else')
        by = self.kustomization
        for listing in (self._walk.root, by):
            self._walk.check_keeps_names(listing)
        return Listed(path, by, path.relative_to(by.parent).as_posix())

    def peers(self) -> tuple[KeptPeer, ...]:
        """Return the Peers that are applied, by name."""
        return self._by_name(self._walk.files())

    def all_peers(self) -> tuple[KeptPeer, ...]:
        """Return the Peers that are applied, and those in `peers` that no kustomization lists yet."""
        listed = list(self._walk.files())
        known = {file.path.resolve() for file in listed}
        beside = (path for path in sorted((self.path / PEERS).glob("*")) if path.suffix in _SUFFIXES)
        unlisted = (path for path in beside if path.name not in kustomization.FILE_NAMES and self._is_own(path))
        return self._by_name([*listed, *(Listed(path) for path in unlisted if path.resolve() not in known)])

    def _is_own(self, path: Path) -> bool:
        return path.is_file() and is_below(path, self.path)

    def _by_name(self, files: Iterable[Listed]) -> tuple[KeptPeer, ...]:
        kept: dict[str, KeptPeer] = {}
        for peer in itertools.chain.from_iterable(map(self._peers_in, files)):
            other = kept.setdefault(peer.peer.name, peer)
            if other is not peer:
                raise KgctlError(
                    f'peer "{peer.peer.name}" exists twice: in "{other.file.path}" and in "{peer.file.path}"'
                )
        return tuple(kept[name] for name in sorted(kept))

    def _peers_in(self, file: Listed) -> Iterator[KeptPeer]:
        try:
            objects = list(objects_in(str(file.path), self.text(file.path).encode()))
        except KgctlError as error:
            text = read_regular(file.path) if file.path.exists() else b""
            from kgctl_py.kilo.unknown_content import stand_in, template

            found = stand_in(text) or template(text)
            if not found:
                raise KgctlError(error.message) from None
            self._encrypted[file.path] = found
            self._remark(warning(f'"{file.path}" is {found.what}; kgctl ignores Peers in it'))
            return
        for raw in objects:
            peer = unread(raw) or (peer_in(raw) if is_peer(raw) and not _is_local(raw) else None)
            if isinstance(peer, Peer):
                check_not_renamed(file.renaming)
                unknown = unknown_values(peer, raw)
                for notice in unknown:
                    self._remark(notice)
                yield KeptPeer(peer, raw.to_dict(), file, len(objects) == 1, raw.is_sealed, bool(unknown))
            elif peer:
                if raw.is_sealed:
                    from kgctl_py.kilo.unknown_content import SEALED

                    self._encrypted[file.path] = SEALED
                self._remark(peer)


def read_text(path: Path) -> str:
    """Return the text of a file with unchanged line ends; raise KgctlError."""
    try:
        return read_regular(path).decode()
    except UnicodeDecodeError:
        raise KgctlError(f'"{path}" is not UTF-8 text') from None


def _is_local(raw: RawObject) -> bool:
    """Return whether Kustomize leaves out an object: its annotation has any value except "false"."""
    metadata = raw.to_dict().get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    return isinstance(annotations, dict) and annotations.get(_LOCAL_CONFIG, "false") != "false"

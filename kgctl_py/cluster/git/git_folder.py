"""Peers in Git: a folder with a kustomization that lists files with Peers.

    kustomization.yaml       the list of applied files
    peers/NAME.yaml          a Peer

If `peers` has its own kustomization, that one lists the Peers.
"""

import contextlib
import itertools
import shlex
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kgctl_py.cluster.git import kustomization
from kgctl_py.cluster.git.boundaries import (
    check_file,
    check_folder,
    is_below,
    read_regular,
    repository,
    resource_path,
)
from kgctl_py.cluster.git.kustomization import Listing
from kgctl_py.cluster.saved.read_objects import objects_in
from kgctl_py.cluster.saved.snapshot import is_peer, peer_in, unread
from kgctl_py.errors import KgctlError
from kgctl_py.kilo.encrypted import encryption
from kgctl_py.kube.objects.raw_object import RawObject
from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.notice import Notice, note, warning
from kgctl_py.value import Value, replace

PEERS = "peers"

_SUFFIXES = (".yaml", ".yml", ".json")
_REMOTE = ("://", "?ref=", "git@", "github.com/")
_LOCAL_CONFIG = "config.kubernetes.io/local-config"


class Renaming(Value, frozen=True):
    """A kustomization, and its field that renames objects."""

    by: Path
    field: str


class Listed(Value, frozen=True):
    """A file, and the kustomization that lists it as `resource`; None if no kustomization lists it."""

    path: Path
    by: Path | None = None
    resource: str = ""
    renaming: Renaming | None = None
    """What renames the objects of the file, if anything."""


class KeptPeer(Value, frozen=True):
    """A Peer, its file, whether the file contains only this Peer, and whether SOPS encrypted it."""

    peer: Peer
    manifest: dict[str, Any]
    file: Listed
    alone: bool
    is_sealed: bool = False


class Folder:
    """A folder with a kustomization, each file of which is read once.

    Raises KgctlError if it has no kustomization, or if a file in it cannot be read.
    """

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self._texts: dict[Path, str] = {}
        self._notices: dict[Notice, None] = {}
        self._encrypted: dict[Path, None] = {}
        self._root = _kustomization_of(self.path)
        self._repository = repository(self.path)

    @property
    def kustomization(self) -> Path:
        """The kustomization that lists the Peers."""
        return kustomization_in(self.path / PEERS) or self._root

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What kgctl did not read, each once."""
        return tuple(self._notices)

    @property
    def encrypted(self) -> tuple[Path, ...]:
        """The files with Peers that kgctl cannot read, because they are encrypted."""
        return tuple(self._encrypted)

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
        for listing in (self._root, by):
            _check_not_renamed(_renaming(listing, self._listing(listing)))
        return Listed(path, by, path.relative_to(by.parent).as_posix())

    def peers(self) -> tuple[KeptPeer, ...]:
        """Return the Peers that are applied, by name."""
        return self._by_name(self._listed(self._root, (), {}))

    def all_peers(self) -> tuple[KeptPeer, ...]:
        """Return the Peers that are applied, and those in `peers` that no kustomization lists yet."""
        listed = list(self._listed(self._root, (), {}))
        known = {file.path.resolve() for file in listed}
        beside = (path for path in sorted((self.path / PEERS).glob("*")) if path.suffix in _SUFFIXES)
        unlisted = (path for path in beside if path.name not in kustomization.FILE_NAMES and self._is_own(path))
        return self._by_name([*listed, *(Listed(path) for path in unlisted if path.resolve() not in known)])

    def _is_own(self, path: Path) -> bool:
        return path.is_file() and is_below(path, self.path)

    def _listed(
        self, by: Path, around: tuple[Path, ...], known: dict[Path, Mapping[Listed, None]]
    ) -> Iterable[Listed]:
        """Return the files that a kustomization lists, also in folders, as often as it lists them.

        `around` are the kustomizations that list this one; `known` has the files of those that are read already.
        """
        file = by.resolve()
        if file in around:
            raise KgctlError(f'"{around[-1]}" lists "{by.parent}", whose kustomization already lists it')
        if file in known:
            return known[file]
        listing = self._listing(by)
        renaming = _renaming(by, listing)
        found: list[Listed] = []
        for resource in listing.resources:
            found += self._files_of(resource, by, (*around, file), known)
        for component in listing.components:
            if _is_remote(component) and not (by.parent / component).exists():
                self._remark(_not_fetched(by, component))
            else:
                found += self._listed(self._inner(component, by, component=True), (*around, file), known)
        if renaming:
            found = [replace(one, renaming=renaming) for one in found]
        known[file] = dict.fromkeys(found)
        return found

    def _files_of(
        self, resource: str, by: Path, around: tuple[Path, ...], known: dict[Path, Mapping[Listed, None]]
    ) -> Iterable[Listed]:
        path = resource_path(by, resource)
        if path.is_dir():
            return self._listed(self._inner(resource, by, component=False), around, known)
        if not path.exists() and _is_remote(resource):
            self._remark(_not_fetched(by, resource))
            return ()
        check_file(path, by)
        if path.name in kustomization.FILE_NAMES:
            folder = shlex.quote(str(Path(resource).parent))
            message = f'"{by}" lists "{resource}", which is a kustomization'
            raise KgctlError(message, hint=f"list its folder: {folder}")
        return (Listed(path, by, resource),)

    def _inner(self, named: str, by: Path, *, component: bool) -> Path:
        """Return the kustomization of a folder in another kustomization; raise KgctlError for another kind."""
        folder = by.parent / named
        if Path(named).is_absolute():
            raise KgctlError(
                f'"{by}" names "{named}", which is an absolute path', hint="name it by a relative path"
            )
        check_folder(folder, self._repository, by)
        inner = _kustomization_of(folder)
        with _explained(inner):
            if kustomization.is_component(self.text(inner)) is not component:
                what = "no Component" if component else "a Component"
                raise ValueError(f'is {what}, and "{by}" lists it as {"one" if component else "something else"}')
        if component:  # it renames what is listed beside it
            _check_not_renamed(_renaming(inner, self._listing(inner)))
        return inner

    def _listing(self, by: Path) -> Listing:
        """Return what a kustomization lists, and record what kgctl does not follow; raise KgctlError."""

        def read_file(path: str) -> str:
            check_file(by.parent / path, by)
            return self.text(by.parent / path)

        with _explained(by):
            listing = kustomization.listing(self.text(by), read_file)
        if listing.not_followed:
            fields = ", ".join(listing.not_followed)
            text = f'kgctl ignores the {fields} of "{by}", which can add or change Peers'
            self._remark(warning(text, _built_hint(by)))
        return listing

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
            program = encryption(read_regular(file.path)) if file.path.exists() else ""
            if not program:
                raise KgctlError(error.message) from None
            self._encrypted[file.path] = None
            self._remark(warning(f'"{file.path}" is encrypted by {program}; kgctl ignores Peers in it'))
            return
        for raw in objects:
            peer = unread(raw) or (peer_in(raw) if is_peer(raw) and not _is_local(raw) else None)
            if isinstance(peer, Peer):
                _check_not_renamed(file.renaming)
                yield KeptPeer(peer, raw.to_dict(), file, len(objects) == 1, raw.is_sealed)
            elif peer:
                self._encrypted |= {file.path: None} if raw.is_sealed else {}
                self._remark(peer)


def read_text(path: Path) -> str:
    """Return the text of a file with unchanged line ends; raise KgctlError."""
    try:
        return read_regular(path).decode()
    except UnicodeDecodeError:
        raise KgctlError(f'"{path}" is not UTF-8 text') from None


def kustomization_in(folder: Path) -> Path | None:
    """Return the kustomization of a folder, if it has one; raise KgctlError if it has two."""
    found = [folder / name for name in kustomization.FILE_NAMES if (folder / name).is_file()]
    if len(found) > 1:
        raise KgctlError(f'"{folder}" has both {found[0].name} and {found[1].name}', hint="remove one of them")
    return next(iter(found), None)


def _kustomization_of(folder: Path) -> Path:
    found = kustomization_in(folder)
    if found is not None:
        check_file(found, found)
    if found is None:
        raise _not_a_folder_of_peers(folder)
    return found


def _not_a_folder_of_peers(folder: Path) -> KgctlError:
    """Return the error for a folder without a kustomization, which may be a typo of another one."""
    new = "to create such a folder: kgctl init DIR"
    if not folder.is_dir():
        return KgctlError(f'"{folder}" is not a folder', hint=new)
    near = sorted(path.parent for name in kustomization.FILE_NAMES for path in folder.glob(f"*/{name}"))
    hint = f"did you mean {shlex.quote(str(near[0]))}?" if near else f"use a folder that has one; {new}"
    return KgctlError(f'"{folder}" has no {kustomization.FILE_NAMES[0]}, so it is not a Git folder', hint=hint)


@contextlib.contextmanager
def _explained(by: Path) -> Iterator[None]:
    """Raise KgctlError for a ValueError about a kustomization in the block."""
    try:
        yield
    except ValueError as error:
        hint = "use the folder in its spec.path" if "toolkit.fluxcd.io" in str(error) else ""
        raise KgctlError(f'"{by}" {error}', hint=hint) from None


def _renaming(by: Path, listing: Listing) -> Renaming | None:
    return Renaming(by, listing.renaming) if listing.renaming else None


def _check_not_renamed(renaming: Renaming | None) -> None:
    if renaming:
        message = f'"{renaming.by}" renames Peers with {renaming.field}, which kgctl does not support'
        raise KgctlError(message, hint=_built_hint(renaming.by))


def _built_hint(by: Path) -> str:
    return f"kubectl kustomize {shlex.quote(str(by.parent))} | kgctl --from-file - …"


def _is_local(raw: RawObject) -> bool:
    """Return whether Kustomize leaves an object out, by an annotation with any other value than "false"."""
    metadata = raw.to_dict().get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    return isinstance(annotations, dict) and annotations.get(_LOCAL_CONFIG, "false") != "false"


def _is_remote(resource: str) -> bool:
    return any(mark in resource for mark in _REMOTE)


def _not_fetched(by: Path, resource: str) -> Notice:
    return note(f'"{by}" lists {resource}, which kgctl does not fetch; kgctl ignores Peers in it')

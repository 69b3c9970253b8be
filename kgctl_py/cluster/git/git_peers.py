"""The store that changes the Peers of a Git folder: a file for each Peer, and its line in the kustomization."""

import contextlib
import copy
import functools
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from kgctl_py.cluster.git import kustomization
from kgctl_py.cluster.git.boundaries import is_below
from kgctl_py.cluster.git.git_folder import Folder, KeptPeer
from kgctl_py.cluster.git.walk_kustomizations import Listed
from kgctl_py.errors import KgctlError
from kgctl_py.escape_text import typed
from kgctl_py.fs import file_set, files, yaml_edit
from kgctl_py.fs.file_set import FileChange
from kgctl_py.kilo import resources
from kgctl_py.kilo.peers import translate_peer
from kgctl_py.kube import decoding
from kgctl_py.kube.objects.raw_object import is_list
from kgctl_py.kube.objects.yaml_text import load_all
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.render.json_yaml import as_yaml
from kgctl_py.value import replace

if TYPE_CHECKING:
    from kgctl_py.cluster.interface import Manifest, MissingPeerError

_OF_THE_LIST = ("kind", "apiVersion")
"""The fields that an object in a list can leave out, because its list has them."""


class FolderPeerStore:
    """Changes the Peers of a locked folder; if a change fails, the folder stays unchanged."""

    def __init__(self, folder: Folder, read_mesh: Callable[[], Mesh]) -> None:
        self._folder = folder
        self._read_mesh = read_mesh

    def known_peers(self) -> tuple[Peer, ...]:
        """Return the Peers of the folder."""
        return tuple(kept.peer for kept in self._kept.values())

    def title(self, name: str) -> str:
        """Return the name of a Peer for messages, with its file."""
        kept = self._kept.get(name)
        return f'peer "{name}" in "{(kept.file if kept else self._folder.place(name)).path}"'

    def check_new(self, name: str) -> None:
        """Raise KgctlError if a peer of the folder or of the cluster has the name, or the file exists."""
        where, place = shlex.quote(str(self._folder.path)), self._folder.place(name)
        if name in self._kept:
            hint = f"to replace its key: kgctl peer rotate {typed(name)} --git {where}"
            raise KgctlError(f"{self.title(name)} already exists", hint=hint)
        if any(peer.name == name for peer in self._read_mesh().peers):
            file = shlex.quote(str(place.path))
            command = f"kgctl showconf peer {typed(name)} --as-peer -o yaml > {file}"
            hint = f"to keep it in Git: {command}, and list the file in {self._folder.kustomization}"
            raise KgctlError(
                f'peer "{name}" already exists in the cluster, but not in "{self._folder.path}"', hint=hint
            )
        if place.path.exists():
            raise KgctlError(
                f'"{place.path}" already exists, but does not contain peer "{name}"', hint="choose another name"
            )

    def check_existing(self, *names: str) -> None:
        """Raise KgctlError if the folder does not have the peer, or if its file contains other objects."""
        for name in names:
            if name not in self._kept:
                raise self._missing(name)
            self._alone(name)

    def get(self, name: str) -> "Manifest":
        """Return a Peer with all its fields; raise MissingPeerError."""
        return self._find(name).manifest

    def create(self, manifest: "Manifest") -> "Manifest":
        """Write the file of a new Peer, and add it to the kustomization."""
        name = manifest["metadata"]["name"]
        if name in self._kept:
            raise KgctlError(
                f"{self.title(name)} already exists",
                hint=f"to replace its key: kgctl peer rotate {typed(name)}",
            )
        place = self._folder.place(name)
        file = FileChange(path=place.path, content=as_yaml(manifest), mode=_mode(manifest))
        changes = [file, *self._relisted(place, kustomization.with_resource)]
        self._kept[name] = KeptPeer(_peer(manifest), copy.deepcopy(manifest), place, alone=True)
        try:
            self._make(changes)
        except BaseException:  # Ctrl-C after the files are written: the Peer can then be removed again
            if not place.path.exists():
                del self._kept[name]
            raise
        return manifest

    def replace(self, manifest: "Manifest") -> "Manifest":
        """Write a changed Peer to its file, and keep the comments and the layout."""
        name = manifest["metadata"]["name"]
        kept = self._alone(name)
        with text_errors(kept.file.path):
            before = self._folder.text(kept.file.path)
            text = yaml_edit.made_equal(before, _document(before, manifest))
        self._kept[name] = replace(kept, peer=_peer(manifest), manifest=copy.deepcopy(manifest))
        try:
            self._make([FileChange(path=kept.file.path, content=text, mode=_mode(manifest), replace=True)])
        except BaseException:  # Ctrl-C after the file is written: the old keys can then be restored
            if not self._has_text(kept.file.path, text):
                self._kept[name] = kept
            raise
        return manifest

    def touch(self, name: str) -> NoReturn:
        """Raise KgctlError, because agents do not see changes of a file."""
        raise KgctlError(f"{self.title(name)} must be changed again after you apply the folder")

    def delete(self, name: str, *, version: str = "") -> None:  # noqa: ARG002 - files have none
        """Remove the file of a Peer, and its line in the kustomization."""
        kept = self._alone(name)
        removal = FileChange(path=kept.file.path, content=None)
        self._make([*self._relisted(kept.file, kustomization.without_resource), removal])
        del self._kept[name]

    @functools.cached_property
    def _kept(self) -> dict[str, KeptPeer]:
        return {kept.peer.name: kept for kept in self._folder.all_peers()}

    def _find(self, name: str) -> KeptPeer:
        if name not in self._kept:
            from kgctl_py.cluster.interface import MissingPeerError

            raise MissingPeerError(f'peer "{name}" not found in "{self._folder.path}"')
        return self._kept[name]

    def _missing(self, name: str) -> KgctlError:
        if self._folder.encrypted:
            return self._maybe_encrypted(name)
        from kgctl_py.mesh.find_by_name import not_found  # most peers exist

        return not_found("peer", name, self._kept, f'"{self._folder.path}"')

    def _maybe_encrypted(self, name: str) -> "MissingPeerError":
        from kgctl_py.cluster.interface import MissingPeerError

        files = self._folder.encrypted
        shown = ", ".join(f'"{file}" is {found.what}' for file, found in files.items())
        text = f'peer "{name}" not found in "{self._folder.path}", but {shown}'
        return MissingPeerError(text, hint=f"if the peer is in it, {next(iter(files.values())).remedy}")

    def _alone(self, name: str) -> KeptPeer:
        kept = self._find(name)
        if not is_below(kept.file.path, self._folder.path):
            other = shlex.quote(str(kept.file.path.resolve().parent))
            raise KgctlError(f'"{kept.file.path}" is outside of "{self._folder.path}"', hint=f"use --git {other}")
        if kept.is_sealed:
            why = f'"{kept.file.path}" is encrypted by SOPS, which rejects a file that another program changed'
            raise KgctlError(why, hint=f"to edit it: sops edit {shlex.quote(str(kept.file.path))}")
        if kept.has_placeholders:
            why = f'"{kept.file.path}" has values that another program replaces, so kgctl does not change it'
            raise KgctlError(
                why, hint=f"change it by hand, and check it: kgctl lint {shlex.quote(str(kept.file.path))}"
            )
        if not kept.alone:
            raise KgctlError(
                f'"{kept.file.path}" contains more than peer "{name}"', hint="move each Peer to its own file"
            )
        return kept

    def _has_text(self, path: Path, text: str) -> bool:
        """Return whether the file has this text now."""
        try:
            return self._folder.text(path) == text
        except KgctlError:  # the file is not readable any more
            return False

    def _make(self, changes: list[FileChange]) -> None:
        try:
            file_set.apply(changes)
            for change in changes:
                self._folder.wrote(change.path, change.content)
        except BaseException:  # the content of the files is unknown now
            for change in changes:
                self._folder.wrote(change.path, None)
            raise

    def _relisted(self, file: Listed, change: Callable[[str, str], str]) -> Iterator[FileChange]:
        """Return the change of the kustomization that lists the file, if any."""
        if file.by is None:
            return
        with text_errors(file.by):
            text = change(self._folder.text(file.by), file.resource)
        yield FileChange(path=file.by, content=text, replace=True)


@contextlib.contextmanager
def text_errors(path: Path) -> Iterator[None]:
    """Raise KgctlError with the name of the file for a ValueError about its text."""
    try:
        yield
    except ValueError as error:
        raise KgctlError(f'cannot change "{path}": it {error}') from None


def _mode(manifest: "Manifest") -> int:
    return files.SECRET if manifest["spec"].get("presharedKey") else files.PUBLIC


def _peer(manifest: "Manifest") -> Peer:
    return translate_peer(decoding.convert(manifest, resources.Peer))


def _document(text: str, manifest: "Manifest") -> "Manifest":
    """Return the document of a file with a Peer in place of its only object, which can be in a list."""
    documents = load_all(text.encode())
    return _in_lists(documents[0], manifest) if len(documents) == 1 else manifest


def _in_lists(value: Any, manifest: "Manifest") -> "Manifest":
    """Return a list with a Peer in place of its only object, without the fields that the object leaves out."""
    if is_list(value):
        return {**value, "items": [_in_lists(item, manifest) for item in value.get("items") or ()]}
    return {key: field for key, field in manifest.items() if key in value or key not in _OF_THE_LIST}

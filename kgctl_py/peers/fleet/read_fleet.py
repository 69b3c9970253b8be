"""The Peers of a fleet, from files and folders."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from kgctl_py import names
from kgctl_py.errors import KgctlError
from kgctl_py.fs.manifest_files import MANIFESTS, TABLES, files_below
from kgctl_py.kilo.unknown_content import encryption
from kgctl_py.kube.objects.yaml_text import load_all
from kgctl_py.limits import LARGEST_SETTING, read_bytes, read_stream
from kgctl_py.os_errors import explained
from kgctl_py.peers.fleet.declared_peer import Declared, DeclaredPeer, MistakesError, PlacedError
from kgctl_py.peers.fleet.read_csv import read_csv
from kgctl_py.peers.fleet.read_manifests import read_manifests
from kgctl_py.wireguard.endpoint import NAME_RULE, is_dns_name

STDIN = "-"
_TEMPLATE = b"{{"


def read_fleet(paths: Sequence[str]) -> tuple[DeclaredPeer, ...]:
    """Return the Peers of all files, by name; raise KgctlError for a mistake, or MistakesError for several.

    A file without Peers is a mistake. A folder can contain other objects. Several files must not declare the same
    Peer.
    """
    peers: dict[str, DeclaredPeer] = {}
    mistakes: list[KgctlError] = []
    for path in paths:
        found = False
        for declared in _read_on(path):
            found = True
            mistake = declared if isinstance(declared, PlacedError) else _mistake(declared, peers)
            if mistake:
                mistakes.append(mistake)
            elif isinstance(declared, DeclaredPeer):
                peers[declared.name] = declared
        if not found:
            mistakes.append(_without_peers(path))
    if mistakes:
        raise mistakes[0] if len(mistakes) == 1 else MistakesError(tuple(mistakes))
    return tuple(peers[name] for name in sorted(peers))


def _without_peers(path: str) -> KgctlError:
    if path == STDIN:
        return KgctlError("stdin contains no Peer")
    may_be_table = not _is_table(path) and not Path(path).is_dir()
    hint = "if it is a table, use a file name that ends in .csv" if may_be_table else ""
    return KgctlError(f'"{path}" contains no Peer', hint=hint)


def _mistake(peer: DeclaredPeer, others: dict[str, DeclaredPeer]) -> PlacedError | None:
    """Return the mistake in the name of a Peer, if any."""
    if not peer.name:
        return PlacedError(peer.place, "the peer has no name")
    if not is_dns_name(peer.name):
        return PlacedError(peer.place, f'"{peer.name}" is not a valid peer name: use {NAME_RULE}')
    if peer.name in others:
        return PlacedError(peer.place, f'peer "{peer.name}" is also in {others[peer.name].place}')
    return None


def _read_on(path: str) -> Iterator[Declared]:
    """Yield the Peers of a file or a folder, and a mistake after which the rest cannot be read."""
    try:
        yield from _read(path)
    except PlacedError as error:
        yield error


def _read(path: str) -> Iterator[Declared]:
    if path == STDIN:
        content = read_stream(sys.stdin.buffer, _shown(path), most=LARGEST_SETTING)
        yield from _peers(_shown(path), content)
        return
    with explained("read", path):
        is_folder = Path(path).is_dir()
        files = list(files_below(path, (*MANIFESTS, *TABLES))) if is_folder else [path]
    for file in files:
        with explained("read", file):
            content = read_bytes(file, most=LARGEST_SETTING)
        yield from (_in_folder if is_folder else _peers)(file, content)


def _in_folder(file: str, content: bytes) -> Iterator[Declared]:
    """Yield the Peers of a file of a folder, which can be for another program.

    Raise PlacedError for a file that may have lost its Peers: they would count as no longer declared.
    """
    may_contain = names.PEER_KIND.encode() in content or names.GROUP.encode() in content
    if not may_contain and (_TEMPLATE in content or encryption(content)):
        return
    peers = list(_peers(file, content))
    if not peers and not _is_table(file) and not all(map(_is_whole, load_all(content) or [None])):
        hint = "save it again, or move it out of the folder"
        raise PlacedError(file, "contains no complete object, so it may be incomplete", hint=hint)
    yield from peers


def _is_whole(document: object) -> bool:
    """Return whether a document is an object with a kind, or not for Kubernetes, such as Chart.yaml."""
    if not isinstance(document, dict):
        return False
    return "kind" in document or "apiVersion" not in document or {"name", "version"} <= document.keys()


def _is_table(file: str) -> bool:
    return file.lower().endswith(TABLES)


def _peers(file: str, content: bytes) -> Iterator[Declared]:
    """Yield the Peers of a file; stdin is a table unless it has the fields of a manifest."""
    is_table = _is_table(file) or (file == _shown(STDIN) and b"apiVersion" not in content)
    yield from (read_csv if is_table else read_manifests)(file, content)


def _shown(path: str) -> str:
    return "stdin" if path == STDIN else path

"""The Peers of a fleet, from files and folders."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from kgctl_py import names
from kgctl_py.errors import KgctlError
from kgctl_py.fs.manifest_files import MANIFESTS, files_below
from kgctl_py.os_errors import LARGEST_SETTING, explained, read_bytes, read_stream
from kgctl_py.peers.fleet.declared_peer import DeclaredPeer, PlacedError
from kgctl_py.peers.fleet.read_csv import read_csv
from kgctl_py.peers.fleet.read_manifests import read_manifests
from kgctl_py.wireguard.endpoint import is_dns_name

STDIN = "-"
_TABLES = (".csv", ".tsv")


def read_fleet(paths: Sequence[str]) -> tuple[DeclaredPeer, ...]:
    """Return the Peers of all files, by name; raise KgctlError for a mistake, and for a file without Peers.

    A folder can contain other objects. Several files must not declare the same Peer.
    """
    peers: dict[str, DeclaredPeer] = {}
    for path in paths:
        found = False
        for peer in _read(path):
            found = True
            _check(peer, peers)
            peers[peer.name] = peer
        if not found:
            raise KgctlError(f'"{_shown(path)}" contains no Peer', hint="to remove Peers: kgctl peer rm NAME")
    return tuple(peers[name] for name in sorted(peers))


def _check(peer: DeclaredPeer, others: dict[str, DeclaredPeer]) -> None:
    if not peer.name:
        raise PlacedError(peer.place, "the peer has no name")
    if not is_dns_name(peer.name):
        raise PlacedError(
            peer.place, f'"{peer.name}" is not a valid peer name: use lower-case letters, digits, "-", and "."'
        )
    if peer.name in others:
        raise PlacedError(peer.place, f'peer "{peer.name}" is also in {others[peer.name].place}')


def _read(path: str) -> Iterator[DeclaredPeer]:
    if path == STDIN:
        content = read_stream(sys.stdin.buffer, _shown(path), most=LARGEST_SETTING)
        yield from _peers(_shown(path), content)
        return
    with explained("read", path):
        is_folder = Path(path).is_dir()
        files = list(files_below(path, (*MANIFESTS, *_TABLES))) if is_folder else [path]
    for file in files:
        with explained("read", file):
            content = read_bytes(file, most=LARGEST_SETTING)
        if not is_folder or _may_contain_peers(file, content):
            yield from _peers(file, content)


def _may_contain_peers(file: str, content: bytes) -> bool:
    """Return whether a file of a folder must be readable: others can be templates, which are not YAML."""
    return file.endswith(_TABLES) or names.PEER_KIND.encode() in content or names.GROUP.encode() in content


def _peers(file: str, content: bytes) -> Iterator[DeclaredPeer]:
    """Yield the Peers of a file; stdin is a table unless it has the fields of a manifest."""
    is_table = file.endswith(_TABLES) or (file == _shown(STDIN) and b"apiVersion" not in content)
    yield from (read_csv if is_table else read_manifests)(file, content)


def _shown(path: str) -> str:
    return "stdin" if path == STDIN else path

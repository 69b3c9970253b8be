"""A cluster read from files: what `kubectl get nodes,peers.kilo.squat.ai -o yaml` (or json) printed."""

import contextlib
import itertools
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from kgctl_py.errors import KgctlError
from kgctl_py.k8s import names, wire
from kgctl_py.k8s.nodes import translate_node
from kgctl_py.k8s.peers import translate_peer
from kgctl_py.mesh.model import READY_SECONDS, Mesh, Node, Peer

Named = TypeVar("Named", Node, Peer)

_HINT = "kubectl get nodes,peers.kilo.squat.ai -o yaml > FILE"


class Snapshot:
    """Files with Nodes and Peers: several documents, Lists and lone objects, YAML or JSON; `-` is stdin."""

    def __init__(self, paths: Sequence[str], topology_label: str = names.TOPOLOGY_LABEL) -> None:
        self._paths = paths
        self._topology_label = topology_label

    def mesh(self) -> Mesh:
        """Read all files; raise KgctlError when one cannot be used whole."""
        nodes: dict[str, Node] = {}
        peers: dict[str, Peer] = {}
        for path in self._paths:
            for source, value in _objects(path):
                self._take(source, value, nodes, peers)
        if not nodes and not peers:
            raise KgctlError(f'"{", ".join(self._paths)}" has no Node and no Peer in it', hint=_HINT)
        by_name = tuple(nodes[name] for name in sorted(nodes))
        return Mesh(by_name, tuple(peers[name] for name in sorted(peers)), taken_at(by_name))

    def _take(self, source: str, value: dict[str, Any], nodes: dict[str, Node], peers: dict[str, Peer]) -> None:
        match value.get("kind"), str(value.get("apiVersion")).partition("/")[0]:
            case "Node", "v1":
                _put(nodes, translate_node(_convert(source, value, wire.Node), self._topology_label), source)
            case names.PEER_KIND, names.GROUP:
                _put(peers, translate_peer(_convert(source, value, wire.Peer)), source)


def taken_at(nodes: Iterable[Node]) -> float:
    """Give the Unix time at which a snapshot was taken, by its nodes' `last-seen`.

    It is the newest that another node comes within 60 s of, so that one node with a wrong clock does not make
    all others look gone; the newest of all when there is no such pair.
    """
    seen = sorted((node.last_seen for node in nodes if node.last_seen), reverse=True)
    witnessed = (new for new, old in itertools.pairwise(seen) if new - old < READY_SECONDS)
    return float(next(witnessed, seen[0] if seen else 0))


def _objects(path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each object of a file, Lists opened, with the words that name its place."""
    shown = "stdin" if path == "-" else path
    for document in _documents(_read(path), shown):
        if not isinstance(document, dict) or not isinstance(document.get("kind"), str):
            raise KgctlError(f'"{shown}" has a document that is no Kubernetes object: it has no kind', hint=_HINT)
        items = document.get("items") if document["kind"].endswith("List") else [document]
        for item in items if isinstance(items, list) else [None]:
            if not isinstance(item, dict):
                raise KgctlError(f'"{shown}" has a {document["kind"]} whose items are not objects', hint=_HINT)
            yield shown, {"kind": document["kind"].removesuffix("List"), **_api_version(document), **item}


def _api_version(document: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": document["apiVersion"]} if "apiVersion" in document else {}


def _read(path: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise KgctlError(f'cannot read "{path}": {(error.strerror or str(error)).lower()}') from None


def _documents(text: bytes, shown: str) -> list[Any]:
    if text.lstrip().startswith(b"{"):
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
            return [msgspec.json.decode(text)]
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return [document for document in yaml.load_all(text, Loader=loader) if document is not None]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        why = " ".join(str(error).split())
        raise KgctlError(f'"{shown}" is neither YAML nor JSON, or is cut off: {why}', hint=_HINT) from None


def _convert(source: str, value: dict[str, Any], kind: type[wire.T]) -> wire.T:
    try:
        return wire.convert(value, kind)
    except ValueError as error:
        metadata = value.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        raise KgctlError(f'"{source}": {value["kind"]} "{name or "without a name"}": {error}') from None


def _put(known: dict[str, Named], value: Named, source: str) -> None:
    kind = type(value).__name__
    if not value.name:
        raise KgctlError(f'"{source}": a {kind} has no metadata.name')
    if known.setdefault(value.name, value) != value:
        raise KgctlError(f'"{source}": {kind} "{value.name}" is there twice, and the two differ')

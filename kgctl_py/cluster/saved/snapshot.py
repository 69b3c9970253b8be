"""A cluster from files: output of `kubectl get nodes,peers.kilo.squat.ai -o yaml`, or a bundle."""

import functools
import itertools
import time
from collections.abc import Iterable, Mapping, Sequence
from shlex import quote
from typing import TYPE_CHECKING, Any, TypeVar

from kgctl_py import names
from kgctl_py.cluster.saved.nodes_and_peers_in_files import is_peer, node_in, peer_in, unknown_values, unread
from kgctl_py.cluster.saved.read_objects import SAVE_HINT, objects_in, read_content, shown_path
from kgctl_py.errors import KgctlError
from kgctl_py.kilo.nodes import translate_node
from kgctl_py.kube import decoding
from kgctl_py.kube.objects.raw_object import RawObject
from kgctl_py.kube.objects.reader import NO_LABELS, Origin, UnreadableError
from kgctl_py.mesh.nodes_and_peers import READY_SECONDS, Mesh, Node, Peer
from kgctl_py.notice import Notice

if TYPE_CHECKING:
    from kgctl_py.cluster.saved.bundle import Bundle
    from kgctl_py.findings.cluster_facts import AgentMetrics
    from kgctl_py.kube.objects.kinds import Kind, T

_KINDS = {kind.lower(): kind for kind in ("List", "Node", "NodeList", "Peer", "PeerList")}

Named = TypeVar("Named", Node, Peer)


class Snapshot:
    """Files with Nodes and Peers: documents, Lists, or single objects in YAML or JSON; bundles; `-` for stdin."""

    def __init__(self, paths: Sequence[str], topology_label: str = names.TOPOLOGY_LABEL) -> None:
        self._paths = paths
        self._topology_label = topology_label
        self.notices: tuple[Notice, ...] = ()
        """What kgctl did not read."""

    def mesh(self) -> Mesh:
        """Return the mesh in all files; raise KgctlError if a file is unusable, except for single Peers."""
        self.notices = ()
        nodes: dict[str, Node] = {}
        peers: dict[str, Peer] = {}
        for held in self._all:
            self._take(held, nodes, peers)
        if not nodes and not peers:
            raise self._without_mesh()
        by_name = tuple(nodes[name] for name in sorted(nodes))
        told = max((one.manifest for one in self._bundles), key=lambda one: one.taken, default=None)
        now, skew = (told.taken, told.clock_skew) if told else (taken_at(by_name) or time.time(), 0.0)
        return Mesh(by_name, tuple(peers[name] for name in sorted(peers)), now, skew)

    def of(
        self,
        kind: "Kind[T]",
        *,
        namespace: str = "",
        name: str = "",
        labels: Mapping[str, str] = NO_LABELS,
        fields: str = "",  # noqa: ARG002 # files have no field selectors
    ) -> "tuple[T, ...]":
        """Return the objects of a kind; raise UnreadableError if the files contain no object of this kind."""
        wanted = (kind.name, kind.api_version)
        asked = decoding.Refused(
            kind=kind.name, namespace=namespace, name=name, labels=tuple(labels.items()), why=""
        )
        self._raise_refusal(asked)
        held = [one for one in self._all if (one.kind, one.api_version) == wanted]
        listed = any(one.of == kind.name for held_in in self._bundles for one in held_in.lists)
        if not held and not listed and kind.always_served:
            self._raise_refusal(_whole(kind))
            raise UnreadableError(f"no {kind.name} in the file{'s' if len(self._paths) > 1 else ''}")
        try:
            objects = [one.convert(kind.struct) for one in held]
        except KgctlError as error:
            raise UnreadableError(error.message) from None
        return tuple(
            one
            for one in objects
            if namespace in ("", one.metadata.namespace)
            and name in ("", one.metadata.name)
            and labels.items() <= (one.metadata.labels or {}).items()
        )

    def _raise_refusal(self, asked: decoding.Refused) -> None:
        """Raise UnreadableError if the server refused a request when a bundle was written."""
        for one in self._bundles:
            if one.refusal(asked):
                raise UnreadableError(one.refusal(asked))

    def has_all(self, kind: "Kind[Any]") -> bool:
        """Return whether all files are bundles for which `kgctl gather` was allowed to read the whole list.

        It reads Services and EndpointSlices of all namespaces; of other kinds, it knows only those that it needs.
        """
        whole = _whole(kind)
        has = [not one.refusal(whole) and any(of.of == kind.name for of in one.lists) for one in self._bundles]
        return len(has) == len(self._paths) and all(has)

    def origin(self) -> Origin:
        """Return the files and the version of the cluster; the files do not contain its name."""
        version = next((one.manifest.server for one in self._bundles), "")
        return Origin(version=version, source=f'"{self._shown}"')

    def agents(self) -> "Mapping[str, AgentMetrics]":
        """Return the metrics of agents by the names of their nodes; raise KgctlError if no bundle has any."""
        agents = {node: agent for one in self._bundles for node, agent in one.manifest.agents.items()}
        if not agents:
            raise KgctlError("the file has no metrics of agents")
        return agents

    def _without_mesh(self) -> KgctlError:
        """Return the error that no file contains a Node or a Peer, or that the file is a kubeconfig."""
        if len(self._paths) == 1 and any(held.kind == "Config" for held in self._all):
            message = f'"{self._shown}" is a kubeconfig, not a saved cluster'
            return KgctlError(message, hint=f"use --kubeconfig {quote(self._shown)}")
        return KgctlError(f'"{self._shown}" contains no Node and no Peer{self._why()}', hint=SAVE_HINT)

    def _why(self) -> str:
        """Return what a file without objects contains: the error of an API server, or a kind in lower case."""
        found = (held.to_dict() for held in self._all if held.kind == "Status")
        message = next((one.get("message") for one in found), None)
        if isinstance(message, str):
            return f", but an error of an API server: {message}"
        mistyped = (held.kind for held in self._all if held.kind not in _KINDS.values())
        kind = next((kind for kind in mistyped if kind.lower() in _KINDS), "")
        return f', but an object of kind "{kind}": write "{_KINDS[kind.lower()]}"' if kind else ""

    @property
    def _shown(self) -> str:
        return ", ".join(shown_path(path) for path in self._paths)

    @functools.cached_property
    def _all(self) -> tuple[RawObject, ...]:
        """Every object of every file."""
        return tuple(held for shown, content in self._contents for held in objects_in(shown, content))

    @functools.cached_property
    def _contents(self) -> tuple[tuple[str, "bytes | Bundle"], ...]:
        """The content of every file; stdin can be read only once."""
        return tuple(map(read_content, self._paths))

    @property
    def _bundles(self) -> tuple["Bundle", ...]:
        return tuple(content for _, content in self._contents if not isinstance(content, bytes))

    def peer_manifest(self, name: str) -> dict[str, Any]:
        """Return a Peer with all its fields; raise KgctlError if no file has it."""
        if name not in self._peer_manifests:
            raise KgctlError(f'"{self._shown}" contains no peer "{name}"')
        return self._peer_manifests[name]

    @functools.cached_property
    def _peer_manifests(self) -> Mapping[str, dict[str, Any]]:
        manifests = (held.to_dict() for held in self._all if is_peer(held))
        return {one["metadata"]["name"]: one for one in manifests if _has_name(one)}

    def _take(self, held: RawObject, nodes: dict[str, Node], peers: dict[str, Peer]) -> None:
        if notice := unread(held):
            self.notices += (notice,)
        match held.kind, (held.api_version or "").partition("/")[0]:
            case "Node", "v1":
                _put(nodes, translate_node(node_in(held), self._topology_label), held.source)
            case names.PEER_KIND, names.GROUP:
                peer = peer_in(held)
                if isinstance(peer, Peer):
                    _put(peers, peer, held.source)
                    self.notices += unknown_values(peer, held)
                else:
                    self.notices += (peer,)


def _whole(kind: "Kind[Any]") -> decoding.Refused:
    """Return the request for all objects of a kind."""
    return decoding.Refused(kind=kind.name, namespace="", name="", labels=(), why="")


def _has_name(manifest: Mapping[str, Any]) -> bool:
    metadata = manifest.get("metadata")
    return isinstance(metadata, dict) and isinstance(metadata.get("name"), str)


def taken_at(nodes: Iterable[Node]) -> float:
    """Return the Unix time at which a snapshot was taken, from the `last-seen` of its nodes.

    It is the newest time that has another within 60 s, so that one node with a wrong clock does not make all
    others look stale; the newest of all if there is no such pair, and 0 if no node has reported.
    """
    seen = sorted((node.last_seen for node in nodes if node.last_seen), reverse=True)
    witnessed = (new for new, old in itertools.pairwise(seen) if new - old < READY_SECONDS)
    return float(next(witnessed, seen[0] if seen else 0))


def _put(known: dict[str, Named], value: Named, source: str) -> None:
    kind = type(value).__name__
    if not value.name:
        raise KgctlError(f'"{source}": a {kind} has no metadata.name')
    if known.setdefault(value.name, value) != value:
        raise KgctlError(f'"{source}": {kind} "{value.name}" exists twice with different content')

"""The global options as values, and what every command asks for: the mesh, and its topology."""

import contextlib
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kgctl_py import names, wireguard
from kgctl_py.cluster.interface import Backend
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.findings import Finding
from kgctl_py.findings.output import about_output
from kgctl_py.mesh import agreement, resolved_endpoints
from kgctl_py.mesh.address import IPInterface, parse_cidr
from kgctl_py.mesh.lookup import existing_peer, ready_nodes
from kgctl_py.mesh.model import Granularity, Mesh, Node, Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.terminal import terminal
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.cluster.mesh_informer import MeshInformer
    from kgctl_py.cluster.peer_store import PeerStore
    from kgctl_py.cluster.snapshot import Snapshot
    from kgctl_py.kilo.networks import Networks
    from kgctl_py.kube.client import Client
    from kgctl_py.kube.objects.reader import Objects


class Session(Value, frozen=True, kw_only=True, dict=True):
    """What the user said for all commands; nothing is read before it is asked for. Times are in seconds."""

    kubeconfig: str | None = None
    context: str | None = None
    request_timeout: float = 15.0
    granularity: Granularity | None = None
    topology_label: str = names.TOPOLOGY_LABEL
    port: int | None = None
    from_file: tuple[str, ...] = ()
    resolve: bool = True

    @property
    def resolves(self) -> bool:
        """Whether names are looked up: never for a file, which may be old and from elsewhere."""
        return self.resolve and not self.files

    @functools.cached_property
    def folders(self) -> tuple[str, ...]:
        """The folders of Peers kept in Git that --from-file names."""
        return tuple(path for path in self.from_file if Path(path).is_dir())

    @functools.cached_property
    def files(self) -> tuple[str, ...]:
        """The files that --from-file names; where there are some, no cluster is asked."""
        return tuple(path for path in self.from_file if path not in self.folders)

    def backend(self) -> Backend:
        """Open what the mesh is read from."""
        if self.folders:
            from kgctl_py.cluster.git_folder import FolderPeers

            return FolderPeers(self.folders, self._nodes())
        return self._nodes()

    def _nodes(self) -> Backend:
        if self.files:
            return self._snapshot
        from kgctl_py.cluster.api import ApiServer

        self.client.connect()  # before progress is shown: a credential plugin may talk to the person
        return ApiServer(self.client, topology_label=self.topology_label)

    def mirrored_mesh(self) -> "MeshInformer":
        """Begin to follow the mesh; raise UsageError when the cluster is a file, which does not change."""
        if self.from_file:
            raise UsageError("a cluster in a file cannot be followed", hint="leave out --from-file")
        from kgctl_py.cluster.mesh_informer import MeshInformer

        return MeshInformer(self.client, topology_label=self.topology_label)

    def objects(self) -> "Objects":
        """Open what other objects of the same cluster are read from."""
        if self.files:
            return self._snapshot
        from kgctl_py.kube.api_objects import ApiObjects

        self.client.connect()
        return ApiObjects(self.client)

    def networks(self) -> "Networks":
        """Find the networks of the cluster, once."""
        return self._networks

    def service_cidrs(self) -> tuple[IPInterface, ...]:
        """Give the Service CIDRs of the cluster, as far as they can be found."""
        found = self._networks.service_cidrs
        return tuple(parse_cidr(text) for text in found.values) if found else ()

    def peer_store(self, *, dry_run: bool = False) -> "PeerStore":
        """Open where Peers are changed; raise UsageError when the cluster is a file."""
        if self.from_file:
            hint = "change the folder with --git" if self.folders else "leave out --from-file"
            raise UsageError("a cluster in a file cannot be changed", hint=hint)
        from kgctl_py.cluster.peer_store import ApiPeerStore

        return ApiPeerStore(self.client, dry_run=dry_run)

    def check_kept(self, *names: str) -> None:
        """Refuse names of which there is no peer that can be changed."""
        mesh = self.mesh()
        for name in names:
            existing_peer(mesh, name)

    def check_new_peer(self, mesh: Mesh, name: str) -> None:
        """Refuse a name that a peer of `mesh` has."""
        if any(peer.name == name for peer in mesh.peers):
            raise KgctlError(f'peer "{name}" exists', hint=f"kgctl peer rotate {name}, or kgctl peer rm {name}")

    @functools.cached_property
    def client(self) -> "Client":
        """The API server, one connection for all that is asked."""
        from kgctl_py.kilo.resources import CRD_MANIFESTS
        from kgctl_py.kube.client import Client

        return Client(
            kubeconfig=self.kubeconfig,
            context=self.context,
            request_timeout=self.request_timeout,
            waiting=terminal.busy,
            crds=CRD_MANIFESTS,
        )

    @functools.cached_property
    def _snapshot(self) -> "Snapshot":
        from kgctl_py.cluster.snapshot import Snapshot

        return Snapshot(self.files, self.topology_label)

    @functools.cached_property
    def _networks(self) -> "Networks":
        from kgctl_py.kilo.networks import find_networks

        with self._reading("what tells of the networks"):
            return find_networks(self.objects())

    def mesh(self) -> Mesh:
        """Read all Nodes and Peers."""
        backend = self.backend()
        with self._reading("nodes and peers"):
            mesh = backend.mesh()
        if self.files:
            now = f"{mesh.now:.0f}, the newest that another node confirms, if any does"
            terminal.detail(f"last-seen is judged by the Unix time {now}; no endpoint is looked up")
        return mesh

    @contextlib.contextmanager
    def _reading(self, what: str) -> Iterator[None]:
        """Show what is read while it takes long, but not to somebody who types it."""
        source = ", ".join(self.from_file) or self.context or "the cluster"
        with contextlib.nullcontext() if "-" in self.from_file else terminal.busy(f"reading {what} of {source}"):
            yield

    def topology(self, mesh: Mesh, viewpoint: str = "") -> Topology:
        """Compute the topology, resolving first the names that decide who leads.

        Raises KgctlError when no node is ready, none states a granularity, or the Kilo subnet is exhausted.
        """
        nodes = ready_nodes(mesh)
        granularity = self.granularity or next(iter(agreement.granularities(nodes)), None)
        if granularity is None:
            raise KgctlError(
                "no ready node states a mesh granularity",
                hint="choose one with --mesh-granularity location, or full",
            )
        if self.resolves:
            nodes = self._resolved(nodes, granularity)
        return Topology.build(
            nodes=nodes,
            peers=mesh.ready_peers,
            granularity=granularity,
            subnet=agreement.subnet(mesh),
            viewpoint=viewpoint,
        )

    def _resolved(self, nodes: tuple[Node, ...], granularity: Granularity) -> tuple[Node, ...]:
        names = resolved_endpoints.names_to_look_up(nodes, granularity)
        if not names:
            return nodes
        from kgctl_py.net.resolve import addresses

        with terminal.busy("looking up the DNS names of endpoints"):
            return resolved_endpoints.with_addresses(nodes, addresses(names))

    def topology_if_any(self, mesh: Mesh) -> Topology | None:
        """Compute the topology, or tell on stderr why there is none: what only looks does without."""
        try:
            return self.topology(mesh)
        except KgctlError as error:
            terminal.warn(error.message, error.hint)
            return None

    def findings(
        self,
        mesh: Mesh,
        topology: Topology,
        *,
        node: Node | None = None,
        peer: Peer | None = None,
        conf: wireguard.Conf | None = None,
    ) -> Iterator[Finding]:
        """Find what is odd about what a command prints of `topology`, for the node or peer that it is about."""
        return about_output(
            mesh,
            topology,
            stated_granularity=self.granularity is not None,
            resolved=self.resolves,
            node=node,
            peer=peer,
            conf=conf,
        )

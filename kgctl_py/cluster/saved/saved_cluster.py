"""A cluster saved in files, which never changes: output of kubectl, or a bundle of `kgctl gather`."""

import contextlib
import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn

from kgctl_py import names
from kgctl_py.cluster import KeptReads
from kgctl_py.cluster.saved.snapshot import Snapshot
from kgctl_py.errors import UsageError
from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.notice import Notice, detail

if TYPE_CHECKING:
    from kgctl_py.cluster.interface import Access, PeerStore, Waiting
    from kgctl_py.findings.cluster_facts import AgentMetrics, KgPod


class SavedCluster(KeptReads):
    """The Cluster in files; `-` is stdin."""

    is_live = False
    lookups_off = "DNS names of endpoints are not resolved with --from-file"

    def __init__(
        self,
        paths: Sequence[str],
        topology_label: str = names.TOPOLOGY_LABEL,
        waiting: "Waiting" = contextlib.nullcontext,
    ) -> None:
        super().__init__()
        self._paths = tuple(paths)
        self._snapshot = Snapshot(paths, topology_label)
        self._waiting = (
            contextlib.nullcontext if "-" in paths else waiting
        )  # no spinner while the user types the input

    @property
    def source(self) -> str:
        """The files."""
        return ", ".join("stdin" if path == "-" else path for path in self._paths)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The time that the files are from, and the Peers that are skipped."""
        now = _time(self.mesh().now)
        when = f"ages are as of {now}; " if now else ""
        return (detail(f"{when}DNS names are not resolved"), *self._snapshot.notices)

    def follow(self) -> NoReturn:
        """Raise UsageError, because files do not change."""
        raise UsageError("cannot watch a saved cluster: it does not change", hint="leave out --from-file")

    def follow_objects(self, *_: object) -> NoReturn:
        """Raise UsageError, because files do not change."""
        self.follow()

    def objects(self) -> Snapshot:
        """Return the other objects of the files."""
        return self._snapshot

    def peers(self, *, dry_run: bool = False, request_timeout: float | None = None) -> "PeerStore":  # noqa: ARG002
        """Return the Peers, which cannot be changed."""
        from kgctl_py.cluster.peer_stores import ReadOnlyPeers  # most commands do not change Peers

        return ReadOnlyPeers(self.mesh, "leave out --from-file", self._snapshot.peer_manifest)

    def annotate_node(self, *_: object, **__: object) -> NoReturn:
        """Raise UsageError, because kgctl does not change files."""
        raise UsageError("cannot change a saved cluster", hint="leave out --from-file")

    def pods(self, namespace: str) -> NoReturn:  # noqa: ARG002
        """Raise UsageError, because a saved cluster runs no pods."""
        raise UsageError("cannot run pods in a saved cluster", hint="leave out --from-file")

    def object_store(self, *_: object, **__: object) -> NoReturn:
        """Raise UsageError, because kgctl does not change files."""
        raise UsageError("cannot change a saved cluster", hint="use a context of the kubeconfig")

    def agents(self, pods: "Collection[KgPod]") -> "Mapping[str, AgentMetrics]":  # noqa: ARG002
        """Return the metrics of agents in a bundle; raise KgctlError if no bundle has any."""
        return self._snapshot.agents()

    def look_up(self, hosts: set[str]) -> Mapping[str, IPAddress]:  # noqa: ARG002 # files can be old or from another network
        """Return no addresses."""
        return {}

    def access(self) -> "Access":
        """Return the names of the files."""
        from kgctl_py.cluster.interface import Access

        return Access(summary=f"the cluster is read from a file: {self.source}")

    def _read_mesh(self) -> Mesh:
        with self._waiting(f"reading nodes and peers from {self.source}"):
            return self._snapshot.mesh()


def _time(seconds: float) -> str:
    """Return a Unix time as text; empty if it is 0 or outside the calendar: a node can report any number."""
    try:
        return f"{datetime.datetime.fromtimestamp(seconds, datetime.UTC):%Y-%m-%dT%H:%M:%SZ}" if seconds else ""
    except (ValueError, OverflowError, OSError):
        return ""

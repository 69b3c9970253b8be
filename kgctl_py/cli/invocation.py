"""The context of every command: the global options, and their cluster."""

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from kgctl_py import wireguard
from kgctl_py.cli.terminal import terminal
from kgctl_py.cluster.open import Options, open_cluster
from kgctl_py.errors import KgctlError, NoKubeconfigError, UsageError
from kgctl_py.findings import Finding, Remark
from kgctl_py.mesh.build_with_agreed_settings import build_topology
from kgctl_py.mesh.nodes_and_peers import Mesh, Node, Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import replace

if TYPE_CHECKING:
    from kgctl_py.cluster.interface import Cluster
    from kgctl_py.mesh.routing.agent_flags import AgentFlags

Opener = Callable[[Options], "Cluster"]


class Invocation:
    """One run of kgctl; the cluster is opened when a command needs it."""

    def __init__(self, options: Options, open_: Opener | None = None) -> None:
        self.options = options
        self._open = open_ or (lambda options: open_cluster(options, terminal.busy))

    @functools.cached_property
    def cluster(self) -> "Cluster":
        """The cluster of the options."""
        return self._open(self.options)

    def open(self, options: Options) -> "Cluster":
        """Return the cluster that other options select, for a command about several clusters."""
        return self._open(options)

    def cluster_in(self, file: str) -> "Cluster":
        """Open the cluster in a file, with the same other options."""
        return self._open(replace(self.options, from_file=(file,)))

    def mesh(self) -> Mesh:
        """Return all Nodes and Peers, and print the notices about reading them."""
        try:
            return self.cluster.mesh()
        except NoKubeconfigError as error:
            hint = f"{error.hint}, or read a saved cluster with --from-file FILE"
            raise KgctlError(error.message, hint=hint) from None
        finally:
            terminal.tell(self.cluster.notices)

    def check_watchable(self, option: str, missing: Sequence[str] = ()) -> None:
        """Raise UsageError if the cluster of an option is a file; the hint also names the `missing` options."""
        if not self.cluster.is_live:
            add = f"add {' and '.join(missing)}, and " if missing else ""
            message = f"{option} and --from-file exclude each other: a saved cluster does not change"
            raise UsageError(message, hint=f"{add}leave out --from-file")

    def topology(self, mesh: Mesh, viewpoint: str = "") -> Topology:
        """Return the topology of `mesh`; raise KgctlError if it has none."""
        return build_topology(
            mesh, granularity=self.options.granularity, look_up=self.cluster.look_up, viewpoint=viewpoint
        )

    def agent_flags(self) -> "AgentFlags":
        """Return the flags of kg that a trace depends on; they are unknown if no DaemonSet can be read."""
        from kgctl_py.kilo.agent_flags import known_flags  # most commands do not need it

        return known_flags(self.cluster.objects)

    def topology_if_any(self, mesh: Mesh) -> Topology | None:
        """Return the topology of `mesh` for commands that do not need it; if it has none, print why."""
        try:
            return self.topology(mesh)
        except KgctlError as error:
            terminal.warn(error.message, error.hint)
            return None

    def tell(self, remarks: Iterable[Remark]) -> None:
        """Print the remarks of a use case, if any."""
        remarks = tuple(remarks)
        if remarks:
            from kgctl_py.cli.remarks import tell_remarks

            tell_remarks(remarks)

    def findings(
        self,
        mesh: Mesh,
        topology: Topology,
        *,
        node: Node | None = None,
        peer: Peer | None = None,
        conf: wireguard.Conf | None = None,
    ) -> Iterator[Finding]:
        """Return the findings about the output of a command about `topology` and a node or peer."""
        from kgctl_py.findings.findings_for_output import about_output

        return about_output(
            mesh,
            topology,
            stated_granularity=self.options.granularity is not None,
            resolved=not self.cluster.lookups_off,
            node=node,
            peer=peer,
            conf=conf,
        )

"""All differences between two meshes: members, segments, tunnels, configurations, and reachability."""

from collections.abc import Iterable

from kgctl_py.changes.change import Changes
from kgctl_py.changes.configuration_changes import outdated_configurations
from kgctl_py.changes.field_changes import field_changes
from kgctl_py.changes.reach_changes import reach_changes
from kgctl_py.changes.segment_changes import segment_changes, tunnel_changes
from kgctl_py.findings import Finding
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.routing.agent_flags import UNKNOWN, AgentFlags
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import Value


class State(Value, frozen=True, kw_only=True):
    """A mesh, its topology, if any, its findings, and the flags of kg that its traces depend on."""

    mesh: Mesh
    topology: Topology | None
    findings: tuple[Finding, ...] = ()
    flags: AgentFlags = UNKNOWN

    def tables(self) -> RoutingTables | None:
        """Return the routing tables of the mesh, if it has a topology."""
        return RoutingTables(self.mesh, self.topology, flags=self.flags) if self.topology else None


def compare(old: State, new: State, *, reach: bool = True) -> Changes:
    """Return the differences from `old` to `new`; reachability, the slowest part, only with `reach`."""
    return Changes(
        fields=tuple(field_changes(old.mesh, old.topology, new.mesh, new.topology)),
        segments=tuple(segment_changes(old.topology, new.topology)),
        tunnels=tuple(tunnel_changes(old.topology, new.topology)),
        configurations=tuple(outdated_configurations(old.topology, new.topology)),
        reach=tuple(reach_changes(old.tables(), new.tables())) if reach else (),
        findings_added=tuple(_missing(new.findings, old.findings)),
        findings_removed=tuple(_missing(old.findings, new.findings)),
        reach_is_known=old.topology is not None and new.topology is not None,
    )


def _missing(findings: Iterable[Finding], others: Iterable[Finding]) -> Iterable[Finding]:
    """Return the findings that are not among the others; their wording, such as an age, can differ."""
    known = {_identity(finding) for finding in others}
    return (finding for finding in findings if _identity(finding) not in known)


def _identity(finding: Finding) -> tuple[object, ...]:
    return finding.code, finding.subject, finding.field

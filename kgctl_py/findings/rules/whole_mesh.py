"""Problems of the whole mesh: different settings of nodes or kg, wrong clocks, or a small Kilo subnet."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kgctl_py import findings
from kgctl_py.findings import Finding, Kind, Subject
from kgctl_py.mesh.address import DEFAULT_SUBNET
from kgctl_py.mesh.build_with_agreed_settings import (
    agreed_subnet,
    stated_granularities,
    stated_subnets,
    unknown_granularities,
)
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh, Node
from kgctl_py.mesh.segments_and_leaders import group_nodes

if TYPE_CHECKING:
    from kgctl_py.findings.cluster_facts import ClusterFacts, Setting

_NODES = Subject(Kind.NODES)

NEARLY = 0.8
"""The share of used addresses at which a subnet is almost full."""


def clock_skew(mesh: Mesh) -> Iterator[Finding]:
    """Yield a finding if the clocks of this machine and the API server differ."""
    if mesh.clock_skew:
        from kgctl_py.duration_text import elapsed  # most clocks agree

        direction = "ahead of" if mesh.clock_skew > 0 else "behind"
        difference = f"{elapsed(round(abs(mesh.clock_skew)))} {direction} that of the API server"
        message = f"its clock is {difference}, which kgctl uses"
        yield Finding(code=findings.Code.CLOCK, subject=Subject(Kind.MACHINE), message=message)


def granularity_disagreement(nodes: Iterable[Node]) -> Iterator[Finding]:
    """Yield ready nodes that report different granularities."""
    stated = stated_granularities(nodes)
    if len(stated) > 1:
        yield Finding(
            code=findings.Code.GRANULARITY,
            subject=Subject(Kind.NODES),
            message=f'they have different granularities; kgctl uses the most common, "{stated[0]}"',
            hint="give every kg the same --mesh-granularity; until then, to see the mesh of the "
            f"other nodes, pass --mesh-granularity {stated[1]} to kgctl",
        )


def subnet_disagreement(mesh: Mesh) -> Iterator[Finding]:
    """Yield a finding if nodes report different Kilo subnets, or none."""
    stated = stated_subnets(mesh)
    if not stated:
        message = f"none of them has a WireGuard IP yet; kgctl uses the default Kilo subnet {DEFAULT_SUBNET}"
        yield Finding(code=findings.Code.SUBNET_NONE, subject=Subject(Kind.NODES), message=message)
    if len(stated) > 1:
        others = ", ".join(map(str, stated[1:]))
        message = f"they have different Kilo subnets; kgctl uses the most common, {stated[0]}, not {others}"
        yield Finding(code=findings.Code.SUBNET, subject=Subject(Kind.NODES), message=message)


def subnet_too_small(mesh: Mesh, chosen: Granularity | None = None) -> Iterator[Finding]:
    """Yield a finding if the segments nearly fill the Kilo subnet, or do not fit (kilo pkg/mesh/ip.go)."""
    granularity = chosen or next(iter(stated_granularities(mesh.ready_nodes)), None)
    if granularity is None:
        return
    segments, subnet = len(group_nodes(mesh.ready_nodes, granularity)), agreed_subnet(mesh)
    addresses = subnet.network.num_addresses - 1
    share = f"{segments} segments need one address each, but the Kilo subnet {subnet} has {addresses}"
    if segments > addresses:
        yield Finding(code=findings.Code.SUBNET_EXHAUSTED, subject=Subject(Kind.NODES), message=share)
    elif segments >= NEARLY * addresses:
        share = f"{segments} of the {addresses} addresses of the Kilo subnet {subnet} are in use"
        yield Finding(code=findings.Code.SUBNET_FULL, subject=Subject(Kind.NODES), message=share)


def no_granularity(mesh: Mesh) -> Iterator[Finding]:
    """Yield a finding if no ready node reports a granularity."""
    states_none = mesh.ready_nodes and not stated_granularities(mesh.ready_nodes)
    if states_none and not unknown_granularities(mesh.ready_nodes):
        message = "no ready node reports a granularity"
        yield Finding(code=findings.Code.GRANULARITY_NONE, subject=_NODES, message=message)


def kg_flags_differ(mesh: Mesh, facts: "ClusterFacts") -> Iterator[Finding]:
    """Yield the values of nodes, or of options of kgctl, that differ from the flags of kg."""
    granularities = map(str, stated_granularities(mesh.ready_nodes))
    subnets = map(str, stated_subnets(mesh))
    yield from _differing(findings.Code.KG_GRANULARITY, "the granularity", granularities, facts.kg_granularity)
    yield from _differing(findings.Code.KG_SUBNET, "the Kilo subnet", subnets, facts.kg_subnet)
    setting = facts.kg_topology_label
    if setting and setting.values[0] != facts.topology_label:
        label = setting.values[0]
        message = (
            f'kgctl reads locations from "{facts.topology_label}", but Kilo from "{label}" ({setting.source})'
        )
        hint = f"add --topology-label {label}"
        yield Finding(code=findings.Code.TOPOLOGY_LABEL, subject=_NODES, message=message, hint=hint)


def _differing(
    code: "findings.Code", what: str, stated: Iterable[str], setting: "Setting | None"
) -> Iterator[Finding]:
    others = [value for value in stated if setting and value != setting.values[0]]
    if setting and others:
        message = (
            f"{what} is {', '.join(others)} on the nodes, but {setting.values[0]} for Kilo ({setting.source})"
        )
        yield Finding(code=code, subject=_NODES, message=message)

"""What findings may build on beside the mesh itself; what is not known is not judged."""

import dataclasses
from collections.abc import Mapping

from kgctl_py.mesh.address import IPAddress, IPInterface
from kgctl_py.mesh.model import Granularity


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A value that kg is started with, and the place that says so."""

    value: str
    source: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class KgPod:
    """The pod of Kilo on a node, and what is wrong with it, if anything."""

    namespace: str
    name: str
    trouble: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts of a cluster that stand in neither Nodes nor Peers, and what the user chose."""

    topology_label: str = ""
    """The label that locations were read from."""
    granularity: Granularity | None = None
    """The granularity that the user chose; else the nodes' own counts."""
    addresses: Mapping[str, IPAddress] | None = None
    """What the DNS names of endpoints resolve to; None when they were not looked up."""
    services: tuple[IPInterface, ...] = ()
    kg_topology_label: Told | None = None
    kg_granularity: Told | None = None
    kg_subnet: Told | None = None
    kg_pods: Mapping[str, KgPod] = dataclasses.field(default_factory=dict)
    """The pods of Kilo by their nodes' names."""


NOTHING = Facts()

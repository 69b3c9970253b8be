"""What findings may build on beside the mesh itself; what is not known is not judged."""

from collections.abc import Mapping

from kgctl_py.mesh.address import IPAddress, IPInterface
from kgctl_py.mesh.model import Granularity
from kgctl_py.value import Value, field


class Told(Value, frozen=True, kw_only=True):
    """A value that kg is started with, and the place that says so."""

    value: str
    source: str


class KgPod(Value, frozen=True, kw_only=True):
    """The pod of Kilo on a node, and what is wrong with it, if anything."""

    namespace: str
    name: str
    trouble: str = ""


class Facts(Value, frozen=True, kw_only=True):
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
    kg_pods: Mapping[str, KgPod] = field(default_factory=dict)
    """The pods of Kilo by their nodes' names."""


NOTHING = Facts()

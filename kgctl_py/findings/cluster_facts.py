"""The facts about a cluster, beside its mesh, that findings are computed from; what is not known is not judged."""

from collections.abc import Mapping

from kgctl_py.mesh.address import IPAddress, IPInterface
from kgctl_py.mesh.model import Granularity
from kgctl_py.value import Value, field


class Setting(Value, frozen=True, kw_only=True):
    """The values of a setting, the place they were read from, and whether they only follow from what is there."""

    values: tuple[str, ...]
    source: str
    guess: bool = False


class KgPod(Value, frozen=True, kw_only=True):
    """The pod of Kilo on a node, and what is wrong with it, if anything."""

    node: str
    namespace: str
    name: str
    trouble: str = ""


class ClusterFacts(Value, frozen=True, kw_only=True):
    """Facts that are in neither Nodes nor Peers, and the choices of the user."""

    topology_label: str = ""
    """The label that locations were read from."""
    granularity: Granularity | None = None
    """The granularity that the user chose; without one the nodes' own counts."""
    addresses: Mapping[str, IPAddress] | None = None
    """The addresses of the DNS names of endpoints; None when they were not looked up."""
    services: tuple[IPInterface, ...] = ()
    kg_topology_label: Setting | None = None
    kg_granularity: Setting | None = None
    kg_subnet: Setting | None = None
    kg_pods: Mapping[str, KgPod] = field(default_factory=dict)
    """The pods of Kilo by the names of their nodes."""


NO_FACTS = ClusterFacts()

"""Facts about a cluster that are not part of its mesh; a check is skipped if its facts are missing."""

from collections.abc import Mapping

from kgctl_py.mesh.address import IPAddress, IPInterface
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.value import Value, field


class Setting(Value, frozen=True, kw_only=True):
    """The values of a setting, their source, and whether they are a guess."""

    values: tuple[str, ...]
    source: str
    guess: bool = False


METRICS_PORT = 1107
"""The port at which kg serves its metrics without `--listen` (kilo cmd/kg/main.go)."""


class KgPod(Value, frozen=True, kw_only=True):
    """The pod of Kilo on a node, and its problem, if any."""

    node: str
    namespace: str
    name: str
    trouble: str = ""
    has_log: bool = True
    """Whether kg has started in the pod, so that it has a log."""
    metrics_port: int = METRICS_PORT


class AgentMetrics(Value, frozen=True, kw_only=True):
    """The metrics of an agent of Kilo; None for a metric that is missing."""

    leader: bool | None = None
    """Whether its node leads."""
    nodes: int | None = None
    """The number of ready nodes that it sees."""
    peers: int | None = None
    """The number of ready Peers that it sees, each public key once."""
    errors: Mapping[str, int] = field(default_factory=dict)
    """The errors since it started, by event."""


class ClusterFacts(Value, frozen=True, kw_only=True):
    """Facts that are not in Nodes or Peers, and the choices of the user."""

    topology_label: str = ""
    """The label with the location of a node."""
    granularity: Granularity | None = None
    """The granularity that the user chose; None for that of the nodes."""
    addresses: Mapping[str, IPAddress] | None = None
    """The addresses of the DNS names of endpoints; None if they were not resolved."""
    services: tuple[IPInterface, ...] = ()
    kg_topology_label: Setting | None = None
    kg_granularity: Setting | None = None
    kg_subnet: Setting | None = None
    kg_pods: Mapping[str, KgPod] = field(default_factory=dict)
    """The pods of Kilo by the names of their nodes."""
    agents: Mapping[str, AgentMetrics] = field(default_factory=dict)
    """What agents say, by the names of their nodes; agents that were not asked or do not answer are missing."""


NO_FACTS = ClusterFacts()

"""Read other facts for the checks: network settings, addresses of endpoints, and the Kilo pods."""

from collections.abc import Mapping

from kgctl_py.cluster.interface import Cluster
from kgctl_py.cluster.open import Options
from kgctl_py.diagnose.skipped_checks import SkipReasons, without_agents, without_daemon_set
from kgctl_py.errors import KgctlError
from kgctl_py.findings import Code
from kgctl_py.findings.cluster_facts import NO_FACTS, ClusterFacts, KgPod
from kgctl_py.kilo.find_networks import Networks
from kgctl_py.kilo.kg_pods import kg_pods
from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.value import Value, field, replace

_NO_PODS = "no Kilo pods found"


class KnownFacts(Value, frozen=True, kw_only=True):
    """The facts, and the reasons why some findings cannot be checked."""

    facts: ClusterFacts = NO_FACTS
    networks: Networks = field(default_factory=Networks)
    skip_reasons: SkipReasons = field(default_factory=dict)


def read_cluster_facts(cluster: Cluster, options: Options, mesh: Mesh) -> KnownFacts:
    """Read the facts for findings from the cluster and the name servers of this machine."""
    networks = _networks(cluster)
    addresses, no_addresses = _addresses(cluster, mesh)
    kg_pods_by_node, no_pods = _kg_pods(cluster)
    facts = ClusterFacts(
        topology_label=options.topology_label,
        granularity=options.granularity,
        addresses=addresses,
        services=networks.services,
        kg_topology_label=networks.topology_label,
        kg_granularity=networks.granularity,
        kg_subnet=networks.subnet,
        kg_pods=kg_pods_by_node,
    )
    skip_reasons = {**without_daemon_set(networks), **no_addresses, **no_pods}
    return KnownFacts(facts=facts, networks=networks, skip_reasons=skip_reasons)


def ask_agents(cluster: Cluster, known: KnownFacts) -> KnownFacts:
    """Return the facts with the metrics of the agents, or with the reason why the metrics are unknown.

    Agents whose pods have a problem are not asked.
    """
    pods = [pod for pod in known.facts.kg_pods.values() if pod.node and not pod.trouble]
    try:
        if not pods:
            raise KgctlError(known.skip_reasons.get(Code.KG_POD, "all Kilo pods have problems"))
        agents = cluster.agents(pods)
    except KgctlError as error:
        return replace(known, skip_reasons={**known.skip_reasons, **without_agents(error.message)})
    return replace(known, facts=replace(known.facts, agents=agents))


def _networks(cluster: Cluster) -> Networks:
    try:
        return cluster.networks()
    except KgctlError as error:
        return Networks(unreadable=(error.message,))


def _addresses(cluster: Cluster, mesh: Mesh) -> tuple[Mapping[str, IPAddress] | None, SkipReasons]:
    if cluster.lookups_off:
        return None, {Code.DNS_FAIL: cluster.lookups_off}
    endpoints = [node.endpoint for node in mesh.ready_nodes] + [peer.endpoint for peer in mesh.ready_peers]
    hosts = {endpoint.name for endpoint in endpoints if endpoint and endpoint.name}
    return cluster.look_up(hosts) if hosts else {}, {}


def _kg_pods(cluster: Cluster) -> tuple[Mapping[str, KgPod], SkipReasons]:
    try:
        found = {pod.node: pod for pod in kg_pods(cluster.objects())}
    except KgctlError as error:
        return {}, {Code.KG_POD: error.message}
    return found, {} if found else {Code.KG_POD: _NO_PODS}

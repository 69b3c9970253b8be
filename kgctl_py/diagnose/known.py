"""What is known of a cluster beside its Nodes and Peers, and what cannot be judged because it is not known."""

from collections.abc import Mapping

from kgctl_py.cluster.interface import Cluster
from kgctl_py.errors import KgctlError
from kgctl_py.findings import Code
from kgctl_py.findings.cluster_facts import NO_FACTS, ClusterFacts, KgPod
from kgctl_py.kilo.kg_pods import kg_pods
from kgctl_py.kilo.networks import Networks
from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.model import Mesh
from kgctl_py.options import Options
from kgctl_py.value import Value, field

_BY_DAEMON_SET = (Code.KG_GRANULARITY, Code.KG_SUBNET, Code.TOPOLOGY_LABEL)


class Known(Value, frozen=True, kw_only=True):
    """The facts, and for each kind of finding that lacks one the reason; nothing of what is not asked."""

    facts: ClusterFacts = NO_FACTS
    networks: Networks = field(default_factory=Networks)
    unjudged: Mapping[Code, str] = field(default_factory=dict)


def known(cluster: Cluster, options: Options, mesh: Mesh) -> Known:
    """Ask the cluster, and the name servers, for all that findings build on."""
    unjudged: dict[Code, str] = {}
    networks = _networks(cluster, unjudged)
    facts = ClusterFacts(
        topology_label=options.topology_label,
        granularity=options.granularity,
        addresses=_addresses(cluster, mesh, unjudged),
        services=networks.services,
        kg_topology_label=networks.topology_label,
        kg_granularity=networks.granularity,
        kg_subnet=networks.subnet,
        kg_pods=_pods(cluster, unjudged),
    )
    return Known(facts=facts, networks=networks, unjudged=unjudged)


def _networks(cluster: Cluster, unjudged: dict[Code, str]) -> Networks:
    try:
        networks = cluster.networks()
    except KgctlError as error:
        networks = Networks(unreadable=(error.message,))
    if networks.topology_label is None:
        lines = [line for line in networks.unreadable if "DaemonSet" in line] or list(networks.unreadable[:1])
        reason = lines[0] if lines else "no DaemonSet of Kilo was found"
        unjudged |= dict.fromkeys(_BY_DAEMON_SET, reason)
    return networks


def _addresses(cluster: Cluster, mesh: Mesh, unjudged: dict[Code, str]) -> Mapping[str, IPAddress] | None:
    if cluster.lookups_off:
        unjudged[Code.DNS_FAIL] = cluster.lookups_off
        return None
    endpoints = [node.endpoint for node in mesh.ready_nodes] + [peer.endpoint for peer in mesh.ready_peers]
    hosts = {endpoint.name for endpoint in endpoints if endpoint and endpoint.name}
    return cluster.look_up(hosts) if hosts else {}


def _pods(cluster: Cluster, unjudged: dict[Code, str]) -> dict[str, KgPod]:
    try:
        pods = kg_pods(cluster.objects())
    except KgctlError as error:
        unjudged[Code.KG_POD] = error.message
        return {}
    return {pod.node: pod for pod in pods}

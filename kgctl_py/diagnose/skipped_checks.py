"""The findings that cannot be checked, by code, with the reason why their checks are skipped."""

from collections.abc import Collection, Iterator, Mapping

from kgctl_py.cluster import interface
from kgctl_py.findings import Code
from kgctl_py.findings.check_sections import NODES, PEERS, TOPOLOGY
from kgctl_py.findings.report import Section
from kgctl_py.kilo.find_networks import Networks

SkipReasons = Mapping[Code, str]

NO_ANSWER: SkipReasons = dict.fromkeys((Code.RBAC, Code.CRD, Code.CLOCK), "the cluster could not be read")


def without_lists(refused: Mapping[str, Code]) -> SkipReasons:
    """Return what is skipped without the lists in `refused`, which has the code of a finding for each.

    The clock of the API server is read from the list of Nodes.
    """
    reasons = {Code.CLOCK: "the cluster could not be read"}
    if interface.PEERS in refused:
        reasons[Code.CRD] = "Peers could not be listed"
    if all(code is Code.API for code in refused.values()):
        reasons[Code.RBAC] = "the API server gave no usable response"
    return reasons


def without_mesh() -> SkipReasons:
    """Return what is skipped if Nodes and Peers could not be read."""
    return dict.fromkeys(_codes((NODES, TOPOLOGY, PEERS)), "the cluster could not be read")


def without_topology(reason: str) -> SkipReasons:
    """Return what is skipped if the mesh has no topology."""
    return dict.fromkeys((*_codes((TOPOLOGY,)), Code.PEER_UNSEEN, Code.NAME_TWICE, Code.KEEPALIVE_OWN), reason)


def without_daemon_set(networks: Networks) -> SkipReasons:
    """Return what is skipped if the flags of Kilo's DaemonSet are unknown."""
    if networks.topology_label:
        return {}
    lines = [line for line in networks.unreadable if "DaemonSet" in line] or list(networks.unreadable[:1])
    reason = lines[0] if lines else "no DaemonSet of Kilo found"
    return dict.fromkeys((Code.KG_GRANULARITY, Code.KG_SUBNET, Code.TOPOLOGY_LABEL), reason)


def without_agents(reason: str) -> SkipReasons:
    """Return what is skipped if the metrics of all agents are unknown."""
    return dict.fromkeys((Code.AGENT_LEADER, Code.AGENT_COUNTS, Code.AGENT_ERRORS), reason)


def _codes(sections: Collection[Section]) -> Iterator[Code]:
    for section in sections:
        for check in section.checks:
            yield from check.codes

"""The clusters of all findings that a mesh has; those of files and of the local tunnel are apart."""

from tests.findings import agent_cases, cluster_cases, node_cases, peer_cases, topology_cases

OF_MEMBERS = agent_cases.CASES | node_cases.CASES | topology_cases.CASES | peer_cases.CASES
OF_MESHES = OF_MEMBERS | cluster_cases.CASES

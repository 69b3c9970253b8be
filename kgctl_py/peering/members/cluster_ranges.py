"""Properties of a whole cluster: the networks for pods of new nodes, and who can reach cluster IPs."""

import contextlib
from collections.abc import Iterator

from kgctl_py.kilo.network_sources import SYSTEM, NetworkSources
from kgctl_py.kube.objects import kinds
from kgctl_py.kube.objects.reader import Objects, UnreadableError
from kgctl_py.mesh.address import IPInterface, parse_cidr

K3S_PODS = "10.42.0.0/16"
"""The cluster CIDR of k3s and rke2 without `--cluster-cidr`."""

_CILIUM = "cilium-config"
_REPLACING = ("true", "strict")
"""Values of kube-proxy-replacement; before Cilium 1.14, it was "strict"."""


def find_pod_ranges(objects: Objects) -> tuple[IPInterface, ...]:
    """Return the networks from which nodes get their pod CIDRs; empty if they are not known."""
    ranges: dict[IPInterface, None] = {}
    for text in _range_texts(NetworkSources(objects)):
        with contextlib.suppress(ValueError):
            ranges[parse_cidr(text.strip()).masked()] = None
    return tuple(ranges)


def hides_cluster_ips(objects: Objects) -> bool:
    """Return whether cluster IPs are not reachable from outside the cluster, as by default with Cilium.

    With `bpf-lb-external-clusterip` (Helm: bpf.lbExternalClusterIP), Cilium serves them.
    """
    try:
        found = objects.of(kinds.CONFIG_MAP, namespace=SYSTEM, name=_CILIUM)
    except UnreadableError:
        return False
    data = (found[0].data or {}) if found else {}
    return data.get("kube-proxy-replacement") in _REPLACING and data.get("bpf-lb-external-clusterip") != "true"


def _range_texts(sources: NetworkSources) -> Iterator[str]:
    yield from filter(None, sources.kubeadm.pod_subnet.split(","))
    stated = [cidr for server in sources.servers for cidr in server.all("cluster-cidr")]
    yield from stated or ([K3S_PODS] if sources.servers else [])

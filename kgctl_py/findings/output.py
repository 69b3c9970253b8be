"""Which findings concern what a command prints; the others wait to be asked for."""

from collections.abc import Iterator

from kgctl_py import wireguard
from kgctl_py.findings import conf as conf_findings
from kgctl_py.findings import nodes, peers, topology
from kgctl_py.findings.finding import Finding
from kgctl_py.mesh.model import Mesh, Node, Peer
from kgctl_py.mesh.topology import Topology


def about_output(
    mesh: Mesh,
    topo: Topology,
    *,
    stated_granularity: bool,
    resolved: bool,
    node: Node | None = None,
    peer: Peer | None = None,
    conf: wireguard.Conf | None = None,
) -> Iterator[Finding]:
    """Find what is odd about the mesh as printed, and about the `node` or `peer` that was asked for.

    `stated_granularity` tells that the user chose it, `resolved` that names were looked up, and `conf` is the
    configuration when wg-quick may be given it.
    """
    yield from topology.clock_skew(mesh)
    if not stated_granularity:
        yield from topology.granularity_disagreement(mesh.ready_nodes)
    yield from topology.subnet_disagreement(mesh)
    if resolved:
        yield from topology.unresolved_endpoints(topo)
    yield from topology.leaders_not_public(topo)
    yield from topology.dropped_location_ips(topo)
    for ready in mesh.ready_nodes:
        yield from nodes.unusable_values(ready)
    if node:
        yield from nodes.keepalive_out_of_range(node)
        for other in mesh.ready_peers:
            yield from peers.unusable_values(other)
        yield from topology.lost_allowed_ips(topo)
    if peer:
        yield from peers.of_peer(peer)
        yield from topology.lost_allowed_ips(topo, peer.name)
    if conf:
        yield from conf_findings.loops(conf)

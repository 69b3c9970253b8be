"""The findings that concern the output of a command; only `check` shows the others."""

from collections.abc import Iterator

from kgctl_py import wireguard
from kgctl_py.findings.finding import Finding
from kgctl_py.findings.rules import clashes, disagreement, nodes, peers, segments
from kgctl_py.findings.rules import configuration as conf_findings
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
    """Yield the findings about the mesh as printed, and about the `node` or `peer` that is printed.

    `stated_granularity` means that the user chose it, `resolved` that names were looked up, and `conf` is the
    configuration if wg-quick may read it.
    """
    yield from disagreement.clock_skew(mesh)
    if not stated_granularity:
        yield from disagreement.granularity_disagreement(mesh.ready_nodes)
    yield from disagreement.subnet_disagreement(mesh)
    if resolved:
        yield from segments.unresolved_endpoints(topo)
    yield from segments.leaders_not_public(topo)
    yield from segments.dropped_location_ips(topo)
    for ready in mesh.ready_nodes:
        yield from nodes.ignored_values(ready)
    if node:
        yield from nodes.keepalive_out_of_range(node)
        for other in mesh.ready_peers:
            yield from peers.ignored_values(other)
            yield from peers.redacted(other)
        yield from clashes.lost_allowed_ips(topo.lost)
    if peer:
        yield from peers.of_peer(peer)
        yield from peers.redacted(peer)
        yield from clashes.lost_allowed_ips(topo.lost, peer.name)
    if conf:
        yield from conf_findings.loops(conf)

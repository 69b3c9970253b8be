"""The findings that concern the output of one command."""

from collections.abc import Iterator, Sequence

from kgctl_py import wireguard
from kgctl_py.findings import Finding
from kgctl_py.findings.rules import segments, whole_mesh
from kgctl_py.mesh.nodes_and_peers import Mesh, Node, Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.wireguard.conf import Loop, find_loops


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
    """Yield the findings about the printed mesh, and about the printed `node` or `peer`.

    - `stated_granularity`: the user chose the granularity.
    - `resolved`: DNS names were resolved.
    - `conf`: the configuration, if wg-quick can use it.
    """
    yield from whole_mesh.clock_skew(mesh)
    if not stated_granularity:
        yield from whole_mesh.granularity_disagreement(mesh.ready_nodes)
    yield from whole_mesh.subnet_disagreement(mesh)
    if resolved:
        yield from segments.unresolved_endpoints(topo)
    yield from segments.leaders_not_public(topo)
    yield from segments.dropped_location_ips(topo)
    yield from _ignored_values([ready for ready in mesh.ready_nodes if ready.ignored_values])
    if node:
        yield from _about_node(mesh, topo, node)
    if peer:
        yield from _about_peer(topo, peer)
    if conf:
        yield from _loops(tuple(find_loops(conf)))


def _ignored_values(unusual: Sequence[Node]) -> Iterator[Finding]:
    if unusual:  # import the rules only if something is unusual, because most meshes have no problems
        from kgctl_py.findings.rules import nodes

        for node in unusual:
            yield from nodes.ignored_values(node)


def _about_node(mesh: Mesh, topo: Topology, node: Node) -> Iterator[Finding]:
    from kgctl_py.findings.rules import nodes, peers

    yield from nodes.keepalive_out_of_range(node)
    for peer in mesh.ready_peers:
        yield from peers.ignored_values(peer)
        yield from peers.redacted(peer)
    yield from _lost_allowed_ips(topo)


def _about_peer(topo: Topology, peer: Peer) -> Iterator[Finding]:
    from kgctl_py.findings.rules import peers

    yield from peers.of_peer(peer)
    yield from peers.redacted(peer)
    yield from _lost_allowed_ips(topo, peer.name)


def _lost_allowed_ips(topo: Topology, peer: str | None = None) -> Iterator[Finding]:
    if topo.lost:
        from kgctl_py.findings.rules import clashes

        yield from clashes.lost_allowed_ips(topo.lost, peer)


def _loops(found: Sequence[Loop]) -> Iterator[Finding]:
    if found:
        from kgctl_py.findings.rules import configurations

        yield from configurations.loops(found)

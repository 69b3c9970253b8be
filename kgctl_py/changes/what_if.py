"""A hypothetical mesh: without some nodes, with new nodes or other Peers, or with other settings of kg."""

from kgctl_py.errors import KgctlError
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.build_with_agreed_settings import LookUp, build_topology, look_nothing_up
from kgctl_py.mesh.find_by_name import not_found
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh, Node, Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import Value, replace


class WhatIf(Value, frozen=True, kw_only=True):
    """A hypothesis: nodes to remove and add, Peers to create or replace, and settings of kg."""

    without: tuple[str, ...] = ()
    nodes: tuple[Node, ...] = ()
    peers: tuple[Peer, ...] = ()
    granularity: Granularity | None = None
    subnet: IPInterface | None = None


def supposed_mesh(mesh: Mesh, what_if: WhatIf) -> Mesh:
    """Return the mesh with the changed nodes and peers; raise KgctlError for an unknown or existing node."""
    names = {node.name for node in mesh.nodes}
    for name in what_if.without:
        if name not in names:
            raise not_found("node", name, names)
    kept = [node for node in mesh.nodes if node.name not in what_if.without]
    for node in what_if.nodes:
        if any(node.name == other.name for other in kept):
            hint = f"use another name, or add --without {node.name}"
            raise KgctlError(f'node "{node.name}" already exists', hint=hint)
        kept.append(node)
    peers = {peer.name: peer for peer in (*mesh.peers, *what_if.peers)}
    return Mesh.of(kept, peers.values(), mesh.now, mesh.clock_skew)


def supposed_state(
    mesh: Mesh, topology: Topology, what_if: WhatIf, *, look_up: LookUp = look_nothing_up
) -> tuple[Mesh, Topology]:
    """Return the mesh and its topology after all agents have computed and reported it.

    The flags of kg do not change, even if the remaining nodes do not report them. Raise KgctlError for a mesh
    that Kilo cannot build.
    """
    supposed = supposed_mesh(mesh, what_if)
    if not supposed.ready_nodes:
        raise KgctlError("no ready node would be left", hint="keep a ready node, or add one with --with-node")
    granularity = what_if.granularity or topology.granularity
    subnet = what_if.subnet or topology.subnet
    try:
        planned = build_topology(supposed, granularity=granularity, subnet=subnet, look_up=look_up)
    except KgctlError as error:  # the subnet is exhausted
        raise KgctlError(error.message, hint="use a larger --subnet") from None
    if any(node.wireguard_ip for node in mesh.ready_nodes):
        supposed = _with_reports(supposed, topology, planned)
    if what_if.granularity:
        supposed = replace(supposed, nodes=tuple(_told(node, what_if.granularity) for node in supposed.nodes))
    return supposed, build_topology(supposed, granularity=granularity, subnet=subnet, look_up=look_up)


def _told(node: Node, granularity: Granularity) -> Node:
    return replace(node, granularity=granularity) if node.granularity else node


def _with_reports(mesh: Mesh, old: Topology, new: Topology) -> Mesh:
    """Set the WireGuard IP that each agent reports, if it changes."""
    before, after = _assigned(old), _assigned(new)
    return replace(
        mesh,
        nodes=tuple(
            node
            if before.get(node.name) == after.get(node.name)
            else replace(node, wireguard_ip=after.get(node.name))
            for node in mesh.nodes
        ),
    )


def _assigned(topology: Topology) -> dict[str, IPInterface]:
    return {segment.leader.name: topology.interface_address(segment.leader.name) for segment in topology.segments}

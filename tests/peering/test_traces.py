"""A packet between pods finds a way there and back exactly when both clusters have the Peers for it."""

import ipaddress
import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.build_with_agreed_settings import build_topology
from kgctl_py.mesh.nodes_and_peers import Mesh, Node
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.trace import Verdict, trace
from kgctl_py.mesh.routing.trace_targets import destination_at, source_at
from tests.peering.clusters import Server, World
from tests.peering.test_properties import sides

pytestmark = pytest.mark.timeout(600)


class Traced:
    """A cluster whose packets are traced, by what kgctl knows of it alone."""

    def __init__(self, server: Server) -> None:
        self.mesh: Mesh = server.mesh()
        self.topology = build_topology(self.mesh)
        self._tables = RoutingTables(self.mesh, self.topology)

    def carries(self, source: IPAddress, destination: IPAddress) -> bool:
        """Return whether a packet gets to the Peer for its destination, and the answer gets back."""
        found = trace(self._tables, source_at(source, self.mesh, self.topology), destination_at(destination))
        return found.verdict is not Verdict.NO

    def knows_segment_of(self, node: Node, other: "Traced") -> bool:
        """Return whether there is a Peer for the segment of a node of another cluster."""
        leader = other.topology.segment_of(node.name).leader
        return leader.key in {peer.public_key for peer in self.topology.peers}


def pod(node: Node) -> IPAddress:
    assert node.subnet is not None
    return ipaddress.ip_address(int(node.subnet.network.network_address) + 2)


def pairs(near: Traced, far: Traced) -> Iterator[tuple[Node, Node]]:
    return itertools.product(near.mesh.ready_nodes, far.mesh.ready_nodes)


@given(sides(1), sides(2), st.data())
def test_pods_reach_each_other_exactly_when_both_segments_have_a_peer(
    near: Server, far: Server, data: st.DataObject
) -> None:
    if "nothing was written" in World(aws=near, edge=far).kgctl("connect", "aws", "edge").stderr:
        return
    for server in (near, far):
        for name in data.draw(st.sets(st.sampled_from(sorted(server.peers)), max_size=2)):
            del server.peers[name]
    aws, edge = Traced(near), Traced(far)
    for here, there in pairs(aws, edge):
        is_declared = aws.knows_segment_of(there, edge) and edge.knows_segment_of(here, aws)
        arrives = aws.carries(pod(here), pod(there)) and edge.carries(pod(there), pod(here))
        assert arrives == is_declared, (here.name, there.name)

"""What the network is: nodes, peers, and the topology that Kilo computes from them; no I/O, no clock."""

from kgctl_py.mesh.backend import Backend
from kgctl_py.mesh.model import Granularity, Mesh, Node, Peer, Unusable
from kgctl_py.mesh.segment import Segment
from kgctl_py.mesh.topology import Topology

__all__ = ["Backend", "Granularity", "Mesh", "Node", "Peer", "Segment", "Topology", "Unusable"]

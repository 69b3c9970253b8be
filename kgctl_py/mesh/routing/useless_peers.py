"""The peers that a configuration can leave out, because no tunnel to them can open."""

from kgctl_py import names
from kgctl_py.mesh.model import Peer
from kgctl_py.mesh.routing.who_can_call import End, never_opens
from kgctl_py.mesh.topology import Topology
from kgctl_py.wireguard import Key


def useless_peers(topology: Topology, peer: Peer) -> frozenset[Key]:
    """Return the keys of the peers to which `peer` cannot open a tunnel.

    Neither side can connect to the other, or the other one stands for a segment of another cluster, which has the
    leaders of this mesh but not its peers. Locations are never useless, because a leader has an endpoint. A shared
    key is useless only if all peers with it are.
    """
    own = End(peer)
    useful = {segment.leader.key for segment in topology.segments}
    useless = set()
    for other in topology.peers:
        if names.PEERING in other.labels or never_opens(topology, own, End(other)):
            useless.add(other.public_key)
        else:
            useful.add(other.public_key)
    return frozenset(key for key in useless - useful if key)

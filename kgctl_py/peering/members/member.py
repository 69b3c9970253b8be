"""A cluster of a peering, with what kgctl read from it."""

import functools
from collections.abc import Mapping

from kgctl_py import names
from kgctl_py.mesh.address import IPAddress, IPInterface
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import Value, field
from kgctl_py.wireguard import Key


class Member(Value, frozen=True, kw_only=True, dict=True):
    """A cluster: its name in this peering, its identity, and its mesh.

    `topology` is that of the mesh without the Peers of this peering. `uid` is that of the Namespace kube-system;
    empty for a file that does not contain it. `endpoint_ips` has the addresses of all endpoints of leaders, with
    the names of their segments.
    """

    name: str
    uid: str
    mesh: Mesh
    topology: Topology
    services: tuple[IPInterface, ...] = ()
    guesses_services: bool = False
    """Whether `services` is only the smallest network around the current Services."""
    endpoint_ips: Mapping[IPAddress, str] = field(default_factory=dict)
    pod_ranges: tuple[IPInterface, ...] = ()
    """The networks from which new nodes get their pod CIDRs, if they are known."""
    hides_services: bool = False
    """Whether it is known that cluster IPs are not reachable from outside the cluster."""
    is_live: bool = True
    """Whether it is not a file, in which preshared keys may be redacted."""
    is_writable: bool = True
    kubectl: str = "kubectl"
    kgctl: str = "kgctl"
    """The command lines of kubectl and kgctl that read this cluster, for hints."""
    argument: str = ""
    """The argument of kgctl commands for this cluster, for hints."""
    renamed_argument: str = ""
    """The same argument with the name NAME, for hints."""

    @functools.cached_property
    def keys(self) -> Mapping[Key, str]:
        """The names of nodes, ready or not, by public key."""
        return {node.key: node.name for node in self.mesh.nodes if node.key}

    def peers_for(self, other: "Member") -> tuple[Peer, ...]:
        """Return the Peers of this cluster for segments of `other`, by label and by identity."""
        return tuple(peer for peer in self.mesh.peers if stands_for(peer, other.name, other.uid))

    def holders_of_keys(self, other: "Member") -> tuple[Peer, ...]:
        """Return the Peers of this cluster with the key of a node of `other`, also those of other programs."""
        return tuple(peer for peer in self.mesh.peers if peer.public_key in other.keys)

    def segment(self, name: str) -> Segment | None:
        """Return the ready segment `location:X` or `node:X`, also for `X`."""
        return next((seg for seg in self.topology.segments if name in (seg.name, seg.location)), None)


def stands_for(peer: Peer, name: str, uid: str) -> bool:
    """Return whether a Peer is for a segment of the cluster with this name and identity."""
    return peer.labels.get(names.PEERING) == name and peer.annotations.get(names.PEERING_UID, "") == uid

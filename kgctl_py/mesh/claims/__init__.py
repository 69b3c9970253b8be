"""The networks that belong to nodes, peers, pods, and Services, and why traffic does not reach some of them."""

import enum

from kgctl_py.mesh.address import IPInterface
from kgctl_py.value import Value


class Kind(enum.StrEnum):
    """The kinds of owners: members of a mesh, networks beside locations, pods, and Services."""

    NODE = "node"
    PEER = "peer"
    NETWORK = "network"
    POD = "pod"
    SERVICE = "service"


class Place(Value, frozen=True, order=True):
    """A node, a peer, or the network beside a segment; its text is `node/berlin-1`, as in kubectl."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


class Role(enum.StrEnum):
    """The role of an address for its owner."""

    POD_CIDR = "pod CIDR"
    OTHER_POD_CIDR = "other pod CIDR"
    INTERNAL_IP = "internal IP"
    WIREGUARD_IP = "WireGuard IP"
    ALLOWED_IP = "allowed IP"
    LOCATION_IP = "allowed location IP"
    ENDPOINT = "endpoint"
    DISCOVERED = "discovered endpoint"
    SUBNET = "Kilo subnet"
    POD_IP = "pod IP"
    CLUSTER_IP = "cluster IP"
    SERVICE_CIDR = "Service CIDR"

    @property
    def is_routed(self) -> bool:
        """Whether the mesh routes traffic for it to its owner."""
        return self in (
            Role.POD_CIDR,
            Role.INTERNAL_IP,
            Role.WIREGUARD_IP,
            Role.ALLOWED_IP,
            Role.LOCATION_IP,
        )


class Claim(Value, frozen=True, kw_only=True):
    """A network that belongs to `place`, or to all nodes if it is None.

    `problem` is why traffic does not reach the owner, and `seen_by` is the node that discovered the endpoint.
    """

    role: Role
    cidr: IPInterface
    place: Place | None
    problem: str = ""
    seen_by: str = ""

    @property
    def is_routed(self) -> bool:
        """Whether the mesh routes traffic for the network to `place`."""
        return self.role.is_routed and not self.problem

"""The node or peer that a configuration is for, with all that the mesh decides about its configuration."""

from kgctl_py import wireguard
from kgctl_py.config.settings import AUTO, ServiceCIDRs
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.model import Node, Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.mesh.wg_quick_changes import host_addresses
from kgctl_py.value import Value


class Subject(Value, frozen=True, kw_only=True):
    """A node or peer: what it is to others, the configuration that the mesh gives it, and its defaults."""

    kind: str
    as_peer: Peer
    conf: wireguard.Conf
    addresses: tuple[IPInterface, ...]
    services: ServiceCIDRs
    listen_port: int | None

    def __str__(self) -> str:
        return f'{self.kind} "{self.as_peer.name}"'

    @property
    def title(self) -> str:
        """The first line of a whole configuration."""
        return f"{self.kind} {self.as_peer.name}"

    @property
    def public_key(self) -> wireguard.Key | None:
        """The public key that the mesh knows."""
        return self.as_peer.public_key


def peer_subject(topology: Topology, peer: Peer, listen_port: int | None = None) -> Subject:
    """Return a peer of `topology` as the subject of a configuration."""
    return Subject(
        kind="peer",
        as_peer=peer,
        conf=topology.peer_conf(peer.name),
        addresses=host_addresses(peer.allowed_ips),
        services=AUTO,
        listen_port=listen_port,
    )


def node_subject(topology: Topology, node: Node, listen_port: int) -> Subject:
    """Return a leader of `topology` as the subject of a configuration."""
    return Subject(
        kind="node",
        as_peer=topology.node_as_peer(node.name),
        conf=topology.node_conf(node, listen_port),
        addresses=(topology.interface_address(node.name),),
        services=(),
        listen_port=listen_port,
    )

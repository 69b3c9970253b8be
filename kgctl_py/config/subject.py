"""The node or peer that a configuration is for, with all that the mesh decides about its configuration."""

from kgctl_py import wireguard
from kgctl_py.config.settings import AUTO, ServiceCIDRs
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.client_conf import host_addresses
from kgctl_py.mesh.model import Node, Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import Value


class Subject(Value, frozen=True, kw_only=True):
    """A node or peer: the configuration that the mesh gives it, and the defaults of its interface."""

    kind: str
    name: str
    public_key: wireguard.Key | None
    conf: wireguard.Conf
    addresses: tuple[IPInterface, ...]
    services: ServiceCIDRs
    listen_port: int | None = None

    def __str__(self) -> str:
        return f'{self.kind} "{self.name}"'


def peer_subject(topology: Topology, peer: Peer) -> Subject:
    """Return a peer of `topology` as the subject of a configuration."""
    return Subject(
        kind="peer",
        name=peer.name,
        public_key=peer.public_key,
        conf=topology.peer_conf(peer.name),
        addresses=host_addresses(peer.allowed_ips),
        services=AUTO,
    )


def node_subject(topology: Topology, node: Node, listen_port: int) -> Subject:
    """Return a leader of `topology` as the subject of a configuration."""
    return Subject(
        kind="node",
        name=node.name,
        public_key=node.key,
        conf=topology.node_conf(node, listen_port),
        addresses=(topology.interface_address(node.name),),
        services=(),
        listen_port=listen_port,
    )

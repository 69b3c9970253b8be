"""The configuration of a node or peer as files, with remarks for the user."""

from typing import TYPE_CHECKING

from kgctl_py import wireguard
from kgctl_py.config import AUTO, Form, Format, ServiceCIDRs
from kgctl_py.errors import KgctlError
from kgctl_py.findings import Remark
from kgctl_py.mesh.address import IPInterface, host_addresses
from kgctl_py.mesh.member_configurations import as_wireguard, node_as_peer, node_conf, peer_conf
from kgctl_py.mesh.nodes_and_peers import Node, Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.render import ConfigFile
from kgctl_py.render.wireguard_conf import wireguard_conf
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.cluster.interface import Cluster


class Subject(Value, frozen=True, kw_only=True):
    """A node or peer: its section in other configurations, its own configuration, and its defaults."""

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
        """The first line of a complete configuration."""
        return f"{self.kind} {self.as_peer.name}"

    @property
    def public_key(self) -> wireguard.Key | None:
        """The public key in the mesh."""
        return self.as_peer.public_key


class Configuration(Value, frozen=True, kw_only=True):
    """The configuration of a node or peer, the remarks in order, and the peers with `unresolved` endpoints.

    `left_out` is the number of peers to which no tunnel is possible.
    """

    title: str
    conf: wireguard.Conf
    remarks: tuple[Remark, ...] = ()
    unresolved: tuple[wireguard.Peer, ...] = ()
    left_out: int = 0


class Shown(Value, frozen=True):
    """The files of a configuration, and the remarks about it."""

    files: tuple[ConfigFile, ...]
    remarks: tuple[Remark, ...] = ()

    @property
    def text(self) -> str:
        """The content of a format with one text file."""
        (file,) = self.files
        return file.content if isinstance(file.content, str) else file.content.decode()


def peer_subject(topology: Topology, peer: Peer, listen_port: int | None = None) -> Subject:
    """Return a peer of `topology` as the subject of a configuration."""
    return Subject(
        kind="peer",
        as_peer=peer,
        conf=peer_conf(topology, peer.name),
        addresses=host_addresses(peer.allowed_ips),
        services=AUTO,
        listen_port=listen_port,
    )


def unknown_node(topology: Topology, name: str) -> KgctlError:
    """Return the error that no node has this name; the hint has leaders, because only they have tunnels."""
    from kgctl_py.escape_text import typed
    from kgctl_py.mesh.find_by_name import similar_names

    hint = similar_names("leaders", name, (segment.leader.name for segment in topology.segments))
    leader = next((segment.leader.name for segment in topology.segments if segment.location == name != ""), None)
    if leader is not None:
        return KgctlError(
            f'node "{name}" not found in the cluster: "{name}" is a location',
            hint=f"to show the configuration of its leader: kgctl showconf node {typed(leader)}",
        )
    return KgctlError(f'node "{name}" not found in the cluster', hint=hint)


def checked_leader(topology: Topology, node: Node) -> Node:
    """Return `node` in the topology; raise KgctlError if it is not a leader, because only leaders have tunnels."""
    segment = topology.segment_of(node.name)
    if segment.leader.name != node.name:
        from kgctl_py.escape_text import typed

        raise KgctlError(
            f'node "{node.name}" is not a leader: "{segment.leader.name}" leads "{segment.name}"',
            hint=f"to show the configuration of its leader: kgctl showconf node {typed(segment.leader.name)}",
        )
    return segment.leader


def node_subject(topology: Topology, node: Node, listen_port: int) -> Subject:
    """Return a leader of `topology` as the subject of a configuration."""
    return Subject(
        kind="node",
        as_peer=node_as_peer(topology, node.name),
        conf=node_conf(topology, node, listen_port),
        addresses=(topology.interface_address(node.name),),
        services=(),
        listen_port=listen_port,
    )


def show(cluster: "Cluster", topology: Topology, subject: Subject, form: Form) -> Shown:
    """Return the configuration of `subject` in a form; raise KgctlError if the form does not support it."""
    if form.as_peer:
        return shown_as_peer(subject.as_peer, form)
    if not form.format.is_whole:
        return Shown((ConfigFile("", wireguard_conf(subject.conf)),))
    from kgctl_py.config.whole_files import (
        key_of,
        whole_files,
    )  # most runs do not need it, and importing it takes long

    key, notices = (None, ()) if form.private_key_path else key_of(subject, form)
    shown = whole_files(cluster, topology, subject, form, key)
    return Shown(shown.files, (*notices, *shown.remarks))


def shown_as_peer(peer: Peer, form: Form) -> Shown:
    """Return a peer as a `[Peer]` section or as a Peer resource."""
    return Shown((ConfigFile("", _as_peer_text(peer, form)),))


def _as_peer_text(peer: Peer, form: Form) -> str:
    peer = peer.with_allowed_ips(dict.fromkeys(peer.allowed_ips + form.added_ips))
    if form.format is Format.WIREGUARD:
        return wireguard_conf(wireguard.Conf(peers=(as_wireguard(peer),)))
    from kgctl_py.kilo.peers import manifest
    from kgctl_py.render.json_yaml import as_json, as_yaml

    return as_json(manifest(peer)) if form.format is Format.JSON else as_yaml(manifest(peer))

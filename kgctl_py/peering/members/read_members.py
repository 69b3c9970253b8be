"""Read the clusters of a peering: their meshes, identities, and networks."""

import shlex
from collections.abc import Iterable, Mapping, Sequence

from kgctl_py.cluster.interface import Cluster
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.kube.objects import kinds
from kgctl_py.kube.objects.reader import UnreadableError
from kgctl_py.mesh.address import IPAddress, IPInterface
from kgctl_py.mesh.build_with_agreed_settings import build_topology
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.peering.members.cluster_ranges import find_pod_ranges, hides_cluster_ips
from kgctl_py.peering.members.member import Member, stands_for
from kgctl_py.value import Value, replace

SYSTEM = "kube-system"


class Side(Value, frozen=True, kw_only=True):
    """A cluster that the user names as `word`, and the options with which kubectl and kgctl read it."""

    name: str
    cluster: Cluster
    kubectl: str = "kubectl"
    kgctl: str = "kgctl"
    word: str = ""
    is_writable: bool = True
    folder: str = ""
    """The Git folder with its Peers; empty if its Peers are written to the API server."""
    granularity: Granularity | None = None
    services: tuple[IPInterface, ...] | None = None
    """Its Service CIDRs, if the user gave them."""

    @property
    def argument(self) -> str:
        """The argument of kgctl commands for this cluster."""
        return shlex.quote(self.word or self.name)

    def argument_as(self, name: str) -> str:
        """Return the argument of kgctl commands for this cluster, with another name."""
        return shlex.quote(f"{name}={self.word.partition('=')[2] or self.word or self.name}")


def read_members(
    sides: Sequence[Side], *, needs_networks: bool = True, uids: Mapping[str, str] | None = None
) -> tuple[Member, ...]:
    """Return the current state of the clusters; raise KgctlError with the name of a cluster that cannot be read.

    Without `needs_networks`, their Service CIDRs are not read. Given identities are not read again, and neither
    are facts that only a warning needs.
    """
    read = [(side, *_read(side, uids)) for side in sides]
    reads_all = needs_networks and uids is None
    _check_distinct([(side.name, uid) for side, _, uid in read])
    uids = {side.name: uid for side, _, uid in read}
    keys = {side.name: {node.key for node in mesh.nodes if node.key} for side, mesh, _ in read}
    if not needs_networks:
        read = [(replace(side, services=()), mesh, uid) for side, mesh, uid in read]
    return tuple(_member(side, mesh, uid, uids, keys, reads_all=reads_all) for side, mesh, uid in read)


def named(side: Side, error: KgctlError) -> KgctlError:
    """Return the error with the name of its cluster."""
    kind = UsageError if isinstance(error, UsageError) else KgctlError
    return kind(f'cluster "{side.name}": {error.message}', hint=error.hint)


def read_uid(cluster: Cluster) -> str:
    """Return the identity of a cluster: the UID of its Namespace kube-system.

    It is empty if a file does not contain it. Raise KgctlError if an API server does not show it.
    """
    try:
        found = cluster.objects().of(kinds.NAMESPACE, name=SYSTEM)
    except UnreadableError as error:
        if not cluster.is_live:
            return ""
        rule = '{apiGroups: [""], resources: ["namespaces"], resourceNames: ["kube-system"], verbs: ["list"]}'
        raise KgctlError(error.message, hint=f"ask for this RBAC rule: {rule}") from None
    if not found and cluster.is_live:
        raise KgctlError(f'the Namespace "{SYSTEM}", which identifies a cluster, does not exist')
    return found[0].metadata.uid if found else ""


def _read(side: Side, uids: Mapping[str, str] | None) -> tuple[Mesh, str]:
    try:
        return side.cluster.mesh(), read_uid(side.cluster) if uids is None else uids[side.name]
    except KgctlError as error:
        raise named(side, error) from None


def _check_distinct(read: Iterable[tuple[str, str]]) -> None:
    first: dict[str, str] = {}
    for name, uid in read:
        if uid and uid in first:
            raise UsageError(
                f'"{first[uid]}" and "{name}" are the same cluster', hint="name two different clusters"
            )
        first[uid] = name


def _member(
    side: Side,
    mesh: Mesh,
    uid: str,
    uids: Mapping[str, str],
    keys: Mapping[str, Iterable[object]],
    *,
    reads_all: bool,
) -> Member:
    foreign = {key for name, others in keys.items() if name != side.name for key in others}
    peers = tuple(
        peer
        for peer in mesh.peers
        if peer.public_key not in foreign
        and not any(stands_for(peer, name, other) for name, other in uids.items() if name != side.name)
    )
    try:
        topology = build_topology(
            Mesh(mesh.nodes, peers, mesh.now, mesh.clock_skew),
            granularity=side.granularity,
            look_up=side.cluster.look_up,
        )
        found = side.cluster.networks() if side.services is None else None
        objects = side.cluster.objects() if reads_all else None
        pod_ranges = find_pod_ranges(objects) if objects else ()
        hides_services = hides_cluster_ips(objects) if objects else False
        endpoint_ips = _endpoint_ips(topology, side.cluster)
    except KgctlError as error:
        raise named(side, error) from None
    return Member(
        name=side.name,
        uid=uid,
        mesh=mesh,
        topology=topology,
        services=found.services if found else side.services or (),
        guesses_services=found is not None and found.may_have_more_services,
        endpoint_ips=endpoint_ips,
        pod_ranges=pod_ranges,
        hides_services=hides_services,
        is_live=side.cluster.is_live,
        is_writable=side.is_writable,
        kubectl=side.kubectl,
        kgctl=side.kgctl,
        argument=side.argument,
        renamed_argument=side.argument_as("NAME"),
    )


def _endpoint_ips(topology: Topology, cluster: Cluster) -> dict[IPAddress, str]:
    endpoints = [(segment.name, segment.leader.endpoint) for segment in topology.segments]
    declared = [(name, endpoint) for name, endpoint in endpoints if endpoint]
    hosts = {endpoint.name for _, endpoint in declared if endpoint.name and not endpoint.ip}
    found = cluster.look_up(hosts) if hosts else {}
    addresses = ((endpoint.ip or found.get(endpoint.name), name) for name, endpoint in declared)
    return {ip: name for ip, name in addresses if ip}

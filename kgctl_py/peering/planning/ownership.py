"""Keys and names that other Peers already have, and the Peers that kgctl takes over."""

from collections.abc import Iterator

from kgctl_py import names
from kgctl_py.escape_text import typed
from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.peering.members.member import Member, stands_for
from kgctl_py.peering.planning.problem import PeeringCode, Problem, error, warning
from kgctl_py.peering.planning.remote_peer import RemotePeer
from kgctl_py.peering.planning.settings import PeeringSettings

_REPLACE_KEY = "on the node whose disk is the copy, remove /var/lib/kilo/key, and restart its Kilo pod"


def adopted_peers(own: Member, other: Member) -> tuple[Peer, ...]:
    """Return the Peers of `own` with keys of `other`, or for it under another name."""
    return tuple(
        peer
        for peer in own.mesh.peers
        if not stands_for(peer, other.name, other.uid)
        and names.CLUSTERMESH not in peer.labels
        and not _is_of_another(peer, other)
        and (peer.public_key in other.keys or _is_renamed(peer, other))
    )


def replaced_peers(own: Member, other: Member) -> tuple[Peer, ...]:
    """Return the Peers of `own` for a different cluster with the same name as `other`."""
    return tuple(peer for peer in own.mesh.peers if _is_of_another(peer, other))


def check_keys(own: Member, other: Member) -> Iterator[Problem]:
    """Yield a problem if nodes of both clusters have the same key, which WireGuard treats as one peer."""
    shared = sorted(own.keys.keys() & other.keys.keys(), key=own.keys.__getitem__)
    if not shared:
        return
    yield error(
        PeeringCode.KEY,
        own.name,
        f'node "{own.keys[shared[0]]}" has the same key as node "{other.keys[shared[0]]}" of {other.name}'
        + _more_nodes(len(shared) - 1, other.name),
        _REPLACE_KEY,
    )


def check_own_keys(member: Member) -> Iterator[Problem]:
    """Yield each leader that has the key of another leader of its cluster."""
    leaders: dict[object, str] = {}
    for segment in member.topology.segments:
        first = leaders.setdefault(segment.leader.key, segment.leader.name)
        if first != segment.leader.name:
            yield error(
                PeeringCode.KEY,
                member.name,
                f'node "{segment.leader.name}" has the same key as node "{first}"',
                _REPLACE_KEY,
            )


def check_owners(own: Member, other: Member, settings: PeeringSettings) -> Iterator[Problem]:
    """Yield each Peer of `own` that has a key of `other` and does not belong to this peering."""
    for peer in own.mesh.peers:
        mesh = peer.labels.get(names.CLUSTERMESH)
        if mesh is not None and peer.public_key and peer.public_key in other.keys:
            yield error(
                PeeringCode.OWNED,
                own.name,
                f'peer "{peer.name}" of the ClusterMesh "{mesh}" has the key of node '
                f'"{other.keys[peer.public_key]}" of {other.name}',
                f"remove {other.name} from that ClusterMesh",
            )
    for peer in adopted_peers(own, other) if not settings.adopts else ():
        held = other.keys.get(peer.public_key) if peer.public_key else None
        what = f'has the key of node "{held}" of {other.name}' if held else f"is for a segment of {other.name}"
        label = peer.labels.get(names.PEERING)
        yield error(
            PeeringCode.OWNED,
            own.name,
            f'peer "{peer.name}" {what}',
            "to replace it, add --adopt" + (f"; or call the cluster {typed(label)}, as before" if label else ""),
        )


def check_names(
    own: Member, other: Member, desired: tuple[RemotePeer, ...], settings: PeeringSettings
) -> Iterator[Problem]:
    """Yield each name that another Peer has, or that belonged to another cluster."""
    replaced = replaced_peers(own, other)
    if replaced and not settings.replaces:
        yield error(
            PeeringCode.NAME,
            own.name,
            f'"{other.name}" is not the same cluster as before: '
            f"{len(replaced)} Peer{'s are' if replaced[1:] else ' is'} for the cluster that had this name",
            f"to replace them, add --yes-replace; to keep them, give the new cluster another name: "
            f"{other.renamed_argument}",
        )
    gone = {peer.name for peer in (*replaced, *own.peers_for(other), *adopted_peers(own, other))}
    wanted = {peer.name for peer in desired}
    for peer in own.mesh.peers:
        if peer.name in wanted - gone:
            yield error(
                PeeringCode.NAME,
                own.name,
                f'peer "{peer.name}" already exists, but is not for {other.name}',
                f"give {other.name} another name: {other.renamed_argument}",
            )


def check_agreement(member: Member) -> Iterator[Problem]:
    """Yield a warning if the annotations of nodes contradict the computed topology."""
    stated = {node.granularity for node in member.mesh.ready_nodes if node.granularity}
    if len(stated) > 1:
        words = ", ".join(sorted(stated))
        yield warning(
            PeeringCode.TOPOLOGY,
            member.name,
            f"its nodes report different granularities: {words}; kgctl uses {member.topology.granularity}",
            f"to see which nodes differ: {member.kgctl} check",
        )
    for segment in member.topology.segments:
        ip = segment.leader.wireguard_ip
        if ip and ip.ip != segment.wireguard_ip:
            yield warning(
                PeeringCode.TOPOLOGY,
                member.name,
                f'the leader "{segment.leader.name}" reports the WireGuard IP {ip.ip}, '
                f"but kgctl computes {segment.wireguard_ip}",
                "if nodes have just changed, wait a minute, and run the command again",
            )
            return


def _more_nodes(count: int, other: str) -> str:
    if not count:
        return ""
    return f", and {count} more {'nodes have' if count > 1 else 'node has'} the key of a node of {other}"


def _is_renamed(peer: Peer, other: Member) -> bool:
    uid = peer.annotations.get(names.PEERING_UID)
    return names.PEERING in peer.labels and bool(uid) and uid == other.uid


def _is_of_another(peer: Peer, other: Member) -> bool:
    return (
        peer.labels.get(names.PEERING) == other.name and peer.annotations.get(names.PEERING_UID, "") != other.uid
    )

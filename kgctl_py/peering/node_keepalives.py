"""The keepalives that kgctl sets on Nodes, with a mark to remove them again."""

from collections.abc import Collection, Iterator

from kgctl_py import names
from kgctl_py.errors import KgctlError
from kgctl_py.kube.objects import kinds
from kgctl_py.notice import Tell, note, warning
from kgctl_py.peering.members.read_members import Side
from kgctl_py.peering.planning.endpoints import ROAMING_KEEPALIVE

_BOTH = (names.PERSISTENT_KEEPALIVE, names.PEERING_KEEPALIVE)


def set_keepalive(side: Side, node: str, *, dry_run: bool = False) -> None:
    """Set the annotation that makes a node send keepalives; raise KgctlError."""
    side.cluster.annotate_node(node, dict.fromkeys(_BOTH, str(ROAMING_KEEPALIVE)), dry_run=dry_run)


def unset_keepalive(side: Side, node: str) -> None:
    """Remove the keepalive that kgctl set on a node; raise KgctlError."""
    side.cluster.annotate_node(node, dict.fromkeys(_BOTH))


def unset_keepalives(side: Side, removed: Collection[str], tell: Tell, *, dry_run: bool = False) -> None:
    """Remove the keepalives that kgctl set, unless Peers that are not in `removed` still join the cluster.

    A keepalive with another value does not change. For a cluster whose Peers are in a folder, and so still exist,
    kgctl reports the command to run later.
    """
    mesh = side.cluster.mesh()
    is_joined = any(names.PEERING in peer.labels and peer.name not in removed for peer in mesh.peers)
    if is_joined or not side.cluster.is_live or not any(node.persistent_keepalive for node in mesh.nodes):
        return
    for node, annotations in _marked(side):
        text = f'cluster "{side.name}": node "{node}" still has the keepalive that kgctl set'
        command = f"{side.kubectl} annotate node {node} {' '.join(f'{name}-' for name in annotations)}"
        if side.folder:
            tell(warning(text, f"to remove it after you apply the folder: {command}"))
            continue
        try:
            side.cluster.annotate_node(node, dict.fromkeys(annotations), dry_run=dry_run)
        except KgctlError as error:
            tell(warning(f"{text}: {error.message}", f"to remove it: {command}"))
        else:
            done = "would be removed (dry run)" if dry_run else "removed"
            tell(note(f'{side.name}: keepalive of node "{node}" {done}'))


def _marked(side: Side) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each node with the mark, and the annotations to remove."""
    for node in side.cluster.objects().of(kinds.NODE):
        annotations = node.metadata.annotations or {}
        mark = annotations.get(names.PEERING_KEEPALIVE)
        if mark is not None:
            is_ours = annotations.get(names.PERSISTENT_KEEPALIVE) == mark
            yield node.metadata.name, _BOTH if is_ours else (names.PEERING_KEEPALIVE,)

"""Find nodes and peers by name, with errors that suggest similar names.

A hint can have several lines, so names in it are escaped and cannot start a new line.
"""

import shlex
from collections.abc import Callable, Iterable, Iterator

from kgctl_py import names
from kgctl_py.errors import KgctlError, did_you_mean, in_quotes, similar, the_known
from kgctl_py.mesh.nodes_and_peers import Mesh, Node, Peer

CLUSTER = "the cluster"

_NAMES_SHOWN = 5
_REASONS_SHOWN = 10


def ready_nodes(mesh: Mesh) -> tuple[Node, ...]:
    """Return the ready nodes; if there are none, raise KgctlError with the reason of each node."""
    if not mesh.ready_nodes:
        raise no_ready_nodes(mesh)
    return mesh.ready_nodes


def no_ready_nodes(mesh: Mesh) -> KgctlError:
    """Return the error that no node is ready, or that no node exists, with the reason of each node."""
    if not mesh.nodes:
        return KgctlError("the cluster has no nodes", hint="check that you selected the right cluster or file")
    return KgctlError("no node is ready", hint="\n".join(_reasons(mesh)))


def ready_node(mesh: Mesh, name: str, unknown: Callable[[], KgctlError]) -> Node:
    """Return the ready node `name`; raise KgctlError with why it is not ready, or `unknown`."""
    ready_nodes(mesh)
    node = next((node for node in mesh.nodes if node.name == name), None)
    if node is None:
        raise unknown()
    reasons = node.why_not_ready(mesh.now)
    if reasons:
        raise KgctlError(
            f'node "{name}" is not ready: {", ".join(reasons)}', hint="to see what is wrong: kgctl check"
        )
    return node


def existing_peer(mesh: Mesh, name: str, where: str = CLUSTER) -> Peer:
    """Return the peer `name`, valid or not; raise KgctlError with similar names."""
    peer = next((peer for peer in mesh.peers if peer.name == name), None)
    if peer is None:
        raise not_found("peer", name, (peer.name for peer in mesh.peers), where)
    return peer


def ready_peer(mesh: Mesh, name: str) -> Peer:
    """Return the ready peer `name`; raise KgctlError with why Kilo skips it, or with similar names."""
    ready_nodes(mesh)
    peer = next((peer for peer in mesh.peers if peer.name == name), None)
    if peer is None:
        raise not_found("peer", name, (peer.name for peer in mesh.ready_peers))
    check_ready(peer)
    return peer


def check_ready(peer: Peer) -> None:
    """Raise KgctlError with why Kilo skips a peer."""
    reason = peer.why_not_ready()
    if reason:
        from kgctl_py.escape_text import typed

        if peer.is_disabled and not peer.faults:
            raise KgctlError(
                f'peer "{peer.name}" is disabled', hint=f"to enable it: kgctl peer enable {typed(peer.name)}"
            )
        own_hint = peer.faults[0].hint if peer.faults else ""
        hint = own_hint or f"to correct it: kubectl edit {names.PEERS_RESOURCE} {typed(peer.name)}"
        raise KgctlError(f'peer "{peer.name}" is invalid: {reason}', hint=hint)


def not_found(kind: str, name: str, known: Iterable[str], where: str = CLUSTER) -> KgctlError:
    """Return the error that no `kind` has this `name`, with similar known names."""
    plural = f"{kind}s" if " " not in kind else "names"
    return KgctlError(f'{kind} "{name}" not found in {where}', hint=similar_names(plural, name, known))


def similar_names(plural: str, name: str, known: Iterable[str]) -> str:
    """Return the hint with the known names that are similar to `name`, or else with the first ones."""
    known = sorted(known)
    near = similar(name, known)
    if near:
        return did_you_mean([_quoted(one) for one in near])
    if not known:
        return f"the cluster has no {plural}"
    more = len(known) - _NAMES_SHOWN
    shown = [in_quotes(_quoted(name)) for name in known[:_NAMES_SHOWN]] + ([f"{more} more"] if more > 0 else [])
    return the_known(plural, shown)


def _quoted(name: str) -> str:
    """Return a name as a word that a shell does not interpret, because people paste it."""
    from kgctl_py.escape_text import visible

    return shlex.quote(visible(name))


def _reasons(mesh: Mesh) -> Iterator[str]:
    from kgctl_py.escape_text import visible

    for node in mesh.nodes[:_REASONS_SHOWN]:
        yield f'node "{visible(node.name)}" is not ready: {", ".join(node.why_not_ready(mesh.now))}'
    if mesh.nodes[_REASONS_SHOWN:]:
        yield f"and {len(mesh.nodes) - _REASONS_SHOWN} more"

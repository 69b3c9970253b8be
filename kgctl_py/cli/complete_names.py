"""Complete the names of nodes and peers in the shell, from the current cluster."""

import contextlib
import io
from collections.abc import Iterable

import typer

from kgctl_py.cluster.open import Options, open_cluster
from kgctl_py.errors import KgctlError
from kgctl_py.kube.background_thread import Background
from kgctl_py.mesh.nodes_and_peers import Mesh, Node, Peer
from kgctl_py.wireguard.endpoint import is_dns_name

_SECONDS = 2.0
_PLURALS = ("nodes", "peers", "locations")


def complete_nodes(context: typer.Context, incomplete: str) -> list[str]:
    """Return the ready nodes whose names start with `incomplete`; empty if the cluster is unreachable."""
    mesh = _mesh(context)
    return _completions(mesh.ready_nodes if mesh else (), incomplete)


def complete_peers(context: typer.Context, incomplete: str) -> list[str]:
    """Return the ready peers whose names start with `incomplete`, in the folder if the line has --git DIR."""
    git = context.params.get("git")
    mesh = _folder(git) if git else _mesh(context)
    return _completions(mesh.ready_peers if mesh else (), incomplete)


def complete_places(context: typer.Context, incomplete: str) -> list[str]:
    """Return the ready nodes and peers whose names start with `incomplete`."""
    mesh = _mesh(context)
    return _completions((*mesh.ready_nodes, *mesh.ready_peers) if mesh else (), incomplete)


def complete_words(context: typer.Context, incomplete: str) -> list[str]:
    """Return the kinds, or the names of the kind that is on the line."""
    words: list[str] = context.params.get("words") or []
    if not words:
        return [kind for kind in _PLURALS if kind.startswith(incomplete)]
    match words[0]:
        case "node" | "nodes" | "no":
            return complete_nodes(context, incomplete)
        case "peer" | "peers":
            return complete_peers(context, incomplete)
    return []


COMPLETIONS = {
    "nodes": complete_nodes,
    "peers": complete_peers,
    "places": complete_places,
    "words": complete_words,
}
"""The functions for the arguments of commands."""


def _completions(named: Iterable[Node | Peer], incomplete: str) -> list[str]:
    """Return the names that are DNS names, because a shell could interpret other text from a server."""
    return [one.name for one in named if one.name.startswith(incomplete) and is_dns_name(one.name)]


def _mesh(context: typer.Context) -> Mesh | None:
    """Return the mesh if it can be read quickly; print nothing, because that would change the user's line."""
    given = context.find_root().params
    options = Options(
        kubeconfig=given.get("kubeconfig"),
        context=given.get("kube_context"),
        cluster=given.get("kube_cluster") or "",
        user=given.get("kube_user") or "",
        as_user=given.get("as_user") or "",
        as_groups=tuple(given.get("as_group") or ()),
        as_uid=given.get("as_uid") or "",
        attended=False,
        request_timeout=_SECONDS,
        topology_label=given["topology_label"],
        from_file=tuple(path for path in given.get("from_file") or () if path != "-"),
    )
    with contextlib.suppress(KgctlError, OSError), contextlib.redirect_stderr(io.StringIO()):
        return Background(lambda _: open_cluster(options).mesh()).result(_SECONDS)
    return None


def _folder(path: str) -> Mesh | None:
    from kgctl_py.cluster.git.git_folder import Folder  # rarely needed

    with contextlib.suppress(KgctlError):
        return Mesh((), tuple(kept.peer for kept in Folder(path).all_peers()), 0)
    return None

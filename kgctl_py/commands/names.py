"""Names of nodes and peers for the shell to complete, from the cluster as it is now."""

import contextlib
import io

import typer

from kgctl_py.errors import KgctlError
from kgctl_py.mesh.model import Mesh
from kgctl_py.session import Session

_SECONDS = 2.0


def complete_nodes(context: typer.Context, incomplete: str) -> list[str]:
    """Give the ready nodes whose names start with `incomplete`; none when the cluster cannot be asked."""
    mesh = _mesh(context)
    return [node.name for node in mesh.ready_nodes if node.name.startswith(incomplete)] if mesh else []


def complete_peers(context: typer.Context, incomplete: str) -> list[str]:
    """Give the ready peers whose names start with `incomplete`; none when the cluster cannot be asked."""
    mesh = _mesh(context)
    return [peer.name for peer in mesh.ready_peers if peer.name.startswith(incomplete)] if mesh else []


def _mesh(context: typer.Context) -> Mesh | None:
    """Read the mesh quickly or not at all: while completing, the user's line must stay as it is."""
    given = context.find_root().params
    session = Session(
        kubeconfig=given.get("kubeconfig"),
        context=given.get("context"),
        request_timeout=_SECONDS,
        topology_label=given["topology_label"],
        from_file=tuple(path for path in given.get("from_file") or () if path != "-"),
    )
    with contextlib.suppress(KgctlError, OSError), contextlib.redirect_stderr(io.StringIO()):
        return session.mesh()
    return None

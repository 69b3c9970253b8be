"""`kgctl get locations --tree`: all locations with their nodes, and the peers."""

from kgctl_py.errors import UsageError
from kgctl_py.listing.locations import LOCATIONS
from kgctl_py.listing.query import Query, Request
from kgctl_py.listing.resource import View


def check_tree(query: Query, *, is_text: bool) -> None:
    """Raise UsageError unless all locations are requested, as text and by name."""
    if not is_text or query.sort_by or query.requests != (Request(LOCATIONS),):
        raise UsageError(
            "--tree works only with locations, and without names, -o, --sort-by, or --watch",
            hint="to show the tree: kgctl get locations --tree",
        )


def location_tree(mesh_view: View, encoding: str) -> str:
    """Return the tree, in ASCII if `encoding` has no box characters; empty for a mesh without a topology."""
    from kgctl_py.render.graph.tree import takes_boxes, tree

    if mesh_view.topology is None:
        return ""
    return tree(mesh_view.mesh, mesh_view.topology, boxes=takes_boxes(encoding))

"""`kgctl get locations --tree`: the locations with all that is in them."""

import sys

from kgctl_py.cli.inspect.get_request import Query, Request
from kgctl_py.errors import UsageError
from kgctl_py.listing.locations import LOCATIONS
from kgctl_py.listing.resource import View


def check_tree(query: Query, *, plain: bool) -> None:
    """Raise UsageError when a part of the tree is asked for, or it as anything but text."""
    if not plain or query.requests != (Request(LOCATIONS),):
        raise UsageError("--tree draws all locations, as text", hint="kgctl get locations --tree")


def drawn(view: View) -> str:
    """Return the tree, of plain characters where stdout takes no others; nothing of a mesh without a topology."""
    from kgctl_py.render.graph.tree import takes_boxes, tree

    if view.topology is None:
        return ""
    return tree(view.mesh, view.topology, boxes=takes_boxes(sys.stdout.encoding))

"""The reachability of a mesh as plain data for programs."""

from typing import Any

from kgctl_py import names
from kgctl_py.changes.change import Member
from kgctl_py.changes.reach_matrix import ReachMatrix
from kgctl_py.render.changes.changes_data import member_data


def reach_data(matrix: ReachMatrix) -> dict[str, Any]:
    """Return every pair with its result; a source that is no member has the kind `address`."""
    return {
        "apiVersion": names.OUTPUT_API_VERSION,
        "kind": "Reach",
        "connections": [
            {
                "from": _source(source),
                "to": member_data(destination),
                "verdict": reach.verdict.value,
                "reason": reach.reason or None,
            }
            for (source, destination), reach in matrix.reach.items()
        ],
    }


def _source(source: Member | str) -> dict[str, str]:
    return {"kind": "address", "name": source} if isinstance(source, str) else member_data(source)

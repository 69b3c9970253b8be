"""Find mirrored Services that would not be reachable after clusters are separated."""

from collections.abc import Iterator

from kgctl_py.errors import KgctlError
from kgctl_py.escape_text import typed, visible
from kgctl_py.kube.objects import kinds
from kgctl_py.notice import Notice, note
from kgctl_py.peering.members.read_members import Side
from kgctl_py.peering.mirroring.mirrored_services import LABEL

_SHOWN = 3


def remaining_mirrors(side: Side, other: str) -> Iterator[Notice]:
    """Yield a note about the mirrored Services of `other` in a cluster, if the user is allowed to list them."""
    try:
        found = side.cluster.object_store(kinds.SERVICE, "").list({LABEL: other})
    except KgctlError:
        return
    if found:
        places = sorted(f"{one['metadata'].get('namespace', '')}/{one['metadata']['name']}" for one in found)
        more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
        yield note(
            f"mirrored Services of {visible(other)} remain in {side.name}: {', '.join(places[:_SHOWN])}{more}",
            f"to remove them: kgctl peering mirror {typed(other)} {side.name} --remove",
        )

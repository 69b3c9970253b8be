"""The names of the Peers of a peering: the cluster and the segment, so that they do not change with the leader."""

import hashlib
import re

from kgctl_py.wireguard.endpoint import MAX_NAME, is_dns_name

_OTHERS = re.compile("[^a-z0-9.-]+")
_KINDS = {"location": "loc", "node": "node"}
_HASH = 8


def peer_name(cluster: str, segment: str) -> str:
    """Return the name of the Peer for a segment, `CLUSTER.loc.LOCATION` or `CLUSTER.node.NODE`.

    Characters that Kubernetes refuses are replaced; a hash of the segment's name then keeps the name unique.
    """
    kind, _, bare = segment.partition(":")
    prefix = f"{cluster}.{_KINDS[kind]}"
    if not bare:
        return prefix
    wanted = f"{prefix}.{bare}"
    if is_dns_name(wanted):
        return wanted
    digest = hashlib.sha256(segment.encode()).hexdigest()[:_HASH]
    labels = (label.strip("-") for label in _OTHERS.sub("-", bare.lower()).split("."))
    readable = ".".join(filter(None, labels))
    fitting = f"{prefix}.{readable}"[: MAX_NAME - _HASH - 1].rstrip(".-")
    return f"{fitting}-{digest}"

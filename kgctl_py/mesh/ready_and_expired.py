"""When a node is ready or stale for Kilo, and when a Peer is expired or disabled by annotations of kgctl.

A disabled Peer has no allowed IPs: Kilo accepts such a Peer and leaves it out at once (kilo
pkg/k8s/apis/kilo/v1alpha1/types.go, Validate; pkg/mesh/backend.go, Ready). An invalid one it would not even read,
and go on with the Peer as it was.
"""

import contextlib
import datetime
import enum
from typing import TYPE_CHECKING

from kgctl_py import names
from kgctl_py.mesh.address import IPInterface, parse_cidr

if TYPE_CHECKING:
    from kgctl_py.mesh.nodes_and_peers import Node, Peer

READY_SECONDS = 60
"""The age of `last-seen` at which a node is stale: twice the check-in period in kilo pkg/mesh/backend.go."""


class Condition(enum.Enum):
    """The conditions for a ready node (kilo pkg/mesh/backend.go), by the text for an unmet condition."""

    ENDPOINT = "no endpoint"
    KEY = "no key"
    SUBNET = "no pod CIDR"
    SEEN = "never seen"
    FRESH = "last seen {} ago"


def unmet(node: "Node", now: float) -> tuple[Condition, ...]:
    """Return the conditions that a node does not meet at the Unix time `now`; empty if it is ready."""
    age = int(now) - node.last_seen
    terms = {
        Condition.ENDPOINT: node.endpoint is not None,
        Condition.KEY: node.key is not None,
        Condition.SUBNET: node.subnet is not None,
        Condition.SEEN: node.last_seen != 0,
        Condition.FRESH: node.last_seen == 0 or age < READY_SECONDS,
    }
    return tuple(term for term, met in terms.items() if not met)


def is_ready(node: "Node", now: float) -> bool:
    """Return whether a node meets all conditions at the Unix time `now`."""
    is_complete = node.endpoint is not None and node.key is not None and node.subnet is not None
    return is_complete and node.last_seen != 0 and int(now) - node.last_seen < READY_SECONDS


def expires(peer: "Peer") -> float | None:
    """Return the Unix time at which the peer expires, None when it does not or its annotation is no time."""
    text = peer.annotations.get(names.EXPIRES, "")
    with contextlib.suppress(ValueError, OverflowError):
        time = datetime.datetime.fromisoformat(text)
        return time.replace(tzinfo=time.tzinfo or datetime.UTC).timestamp()
    return None


def is_expired(peer: "Peer", now: float) -> bool:
    """Return whether the peer has expired at the Unix time `now`."""
    time = expires(peer)
    return time is not None and time <= now


def is_disabled(peer: "Peer") -> bool:
    """Return whether `kgctl peer disable` has taken the peer out of the mesh."""
    return not peer.allowed_ips and names.DISABLED_IPS in peer.annotations


def disabled_ips(peer: "Peer") -> tuple[IPInterface, ...]:
    """Return the allowed IPs that a disabled peer gets back; none for any other peer."""
    text = peer.annotations[names.DISABLED_IPS] if is_disabled(peer) else ""
    with contextlib.suppress(ValueError):
        return tuple(parse_cidr(part.strip()) for part in text.split(",") if part.strip())
    return ()

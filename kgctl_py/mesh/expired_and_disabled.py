"""Whether a Peer is expired or disabled, by annotations that only kgctl reads.

A disabled Peer has no allowed IPs: Kilo accepts such a Peer and leaves it out at once (kilo
pkg/k8s/apis/kilo/v1alpha1/types.go, Validate; pkg/mesh/backend.go, Ready). An invalid one it would not even read,
and go on with the Peer as it was.
"""

import contextlib
import datetime

from kgctl_py import names
from kgctl_py.mesh.address import IPInterface, parse_cidr
from kgctl_py.mesh.nodes_and_peers import Peer


def expires(peer: Peer) -> float | None:
    """Return the Unix time at which the peer expires, None when it does not or its annotation is no time."""
    text = peer.annotations.get(names.EXPIRES, "")
    with contextlib.suppress(ValueError, OverflowError):
        time = datetime.datetime.fromisoformat(text)
        return time.replace(tzinfo=time.tzinfo or datetime.UTC).timestamp()
    return None


def is_expired(peer: Peer, now: float) -> bool:
    """Return whether the peer has expired at the Unix time `now`."""
    time = expires(peer)
    return time is not None and time <= now


def is_disabled(peer: Peer) -> bool:
    """Return whether `kgctl peer disable` has taken the peer out of the mesh."""
    return not peer.allowed_ips and names.DISABLED_IPS in peer.annotations


def disabled_ips(peer: Peer) -> tuple[IPInterface, ...]:
    """Return the allowed IPs that a disabled peer gets back; none for any other peer."""
    text = peer.annotations[names.DISABLED_IPS] if is_disabled(peer) else ""
    with contextlib.suppress(ValueError):
        return tuple(parse_cidr(part.strip()) for part in text.split(",") if part.strip())
    return ()

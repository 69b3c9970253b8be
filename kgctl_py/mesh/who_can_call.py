"""Whether a tunnel between two WireGuard interfaces can open: one side must be able to connect to the other."""

import enum

from kgctl_py import names, wireguard
from kgctl_py.mesh.address import is_reachable
from kgctl_py.mesh.nodes_and_peers import Node, Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import Value
from kgctl_py.wireguard.conf import clamped


class Call(enum.IntEnum):
    """How certain it is that an end reaches the other at the configured endpoint."""

    NEVER = 0
    PERHAPS = 1
    SURELY = 2


class Opening(Value, frozen=True, kw_only=True):
    """How a tunnel opens: the start connects to `endpoint`, and `doubt` is the condition.

    A `fault` is the reason why it never opens.
    """

    endpoint: wireguard.Endpoint | None
    doubt: str = ""
    fault: str = ""


class End(Value, frozen=True):
    """One end of a tunnel: a leader or a peer."""

    member: Node | Peer

    @property
    def key(self) -> wireguard.Key | None:
        """Its public key."""
        return self.member.key if isinstance(self.member, Node) else self.member.public_key

    @property
    def keepalive(self) -> int:
        """The seconds between its keepalives; 0 for off."""
        return clamped(self.member.persistent_keepalive)

    def hears(self, other: "End") -> wireguard.Endpoint | None:
        """Return the endpoint at which this end sees `other`; only nodes report it."""
        return self.member.discovered_endpoints.get(str(other.key)) if isinstance(self.member, Node) else None

    def __str__(self) -> str:
        kind = "node" if isinstance(self.member, Node) else "peer"
        return f"{kind}/{self.member.name}"


def opening(topology: Topology, start: End, end: End) -> Opening:
    """Return how the tunnel from `start` to `end` opens, by the configurations of both ends."""
    there, back = _endpoint(topology, start, end), _endpoint(topology, end, start)
    calls, is_called = _call(start, end, there), _call(end, start, back)
    if calls is Call.SURELY:
        return Opening(endpoint=there)
    if is_called is Call.SURELY:
        return Opening(endpoint=there, doubt="" if end.keepalive else f"only if {_waits(start, end, there)}")
    if never_opens(topology, start, end):
        one, two = sorted((str(start), str(end)))  # the same reason for both directions
        return Opening(endpoint=None, fault=f"neither {one} nor {two} has an endpoint")
    own, other = _condition(start, end, there), _condition(end, start, back)
    if other and not end.keepalive:
        conditions = [own, f"{other}, and {_waits(start, end, there)}"]
    else:
        conditions = [own, other] if str(start) < str(end) else [other, own]  # the same for both directions
    return Opening(endpoint=there, doubt=f"only if {', or '.join(filter(None, conditions))}")


def _waits(start: End, end: End, there: wireguard.Endpoint | None) -> str:
    """Return the condition if the tunnel opens from the end, which sends no keepalives."""
    why = "may be behind NAT"
    if there and there.ip and _lacks_version(start, there):
        why = f"{start} is not known to have IPv{there.ip.version}"
    return f"{end} sends the first packet, because {end} sends no keepalives and {why}"


def never_opens(topology: Topology, start: End, end: End) -> bool:
    """Return whether neither end has an endpoint for the other, so that no packet ever passes."""
    return _endpoint(topology, start, end) is None and _endpoint(topology, end, start) is None


def _endpoint(topology: Topology, caller: End, called: End) -> wireguard.Endpoint | None:
    """Return the endpoint to which `caller` connects; a node prefers a discovered one."""
    heard = caller.hears(called) if called.member.persistent_keepalive else None
    discovered = topology.discovered_endpoint(called.key, called.member.persistent_keepalive)
    return heard or discovered or called.member.endpoint


def _call(caller: End, called: End, endpoint: wireguard.Endpoint | None) -> Call:
    if endpoint is None:
        return Call.NEVER
    if endpoint == caller.hears(called):
        return Call.SURELY
    if endpoint.ip and not is_reachable(endpoint.ip):
        return Call.PERHAPS
    if _lacks_version(caller, endpoint):
        return Call.PERHAPS
    return Call.SURELY if endpoint == called.member.endpoint else Call.PERHAPS


def _condition(caller: End, called: End, endpoint: wireguard.Endpoint | None) -> str:
    """Return the condition for the connection to reach the other end."""
    if endpoint is None:
        return ""
    if endpoint.ip and _lacks_version(caller, endpoint):
        return f"{caller} reaches {called} at {endpoint} over IPv{endpoint.ip.version}"
    if endpoint.ip and not is_reachable(endpoint.ip):
        return f"{caller} reaches {called} at the private address {endpoint}"
    return f"the NAT in front of {called} accepts packets from {caller} at {endpoint}"


def _lacks_version(caller: End, endpoint: wireguard.Endpoint) -> bool:
    """Return whether the known addresses of an end do not have the IP version of an endpoint."""
    ip, versions = endpoint.ip, caller.member.ip_versions
    return ip is not None and not endpoint.name and bool(versions) and ip.version not in versions


def useless_peers(topology: Topology, peer: Peer) -> frozenset[wireguard.Key]:
    """Return the keys of the peers to which `peer` cannot open a tunnel.

    Either no side can connect to the other, or the other peer represents a segment of another cluster, which has
    tunnels to the leaders of this mesh only. Leaders have endpoints, so their keys are never returned, and a
    shared key only if all peers with it are useless.
    """
    own = End(peer)
    useful = {segment.leader.key for segment in topology.segments}
    useless = set()
    for other in topology.peers:
        if names.PEERING in other.labels or never_opens(topology, own, End(other)):
            useless.add(other.public_key)
        else:
            useful.add(other.public_key)
    return frozenset(key for key in useless - useful if key)

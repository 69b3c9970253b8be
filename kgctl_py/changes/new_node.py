"""A node to add to a mesh, with default values for the fields that the user does not give."""

import hashlib
from collections.abc import Iterable

from kgctl_py.errors import KgctlError
from kgctl_py.mesh.address import IPInterface, masked, parse_cidr
from kgctl_py.mesh.free_address import used_networks
from kgctl_py.mesh.nodes_and_peers import Mesh, Node
from kgctl_py.value import Value
from kgctl_py.wireguard import Endpoint, Key

DEFAULT_PORT = 51820
_FIRST_POD_CIDR, _FIRST_SITE = parse_cidr("10.42.0.0/24"), parse_cidr("192.168.0.0/24")


class NewNode(Value, frozen=True, kw_only=True):
    """The properties that the user gives for a new node."""

    name: str
    location: str = ""
    endpoint: Endpoint | None = None
    internal_ip: IPInterface | None = None
    subnet: IPInterface | None = None
    allowed_location_ips: tuple[IPInterface, ...] = ()
    leader: bool = False
    persistent_keepalive: int = 0


def joined_node(new: NewNode, mesh: Mesh) -> Node:
    """Return the node as it would join `mesh`; missing values are free ones, or those that kg would choose.

    Without an endpoint, its internal IP is the endpoint, as kg chooses it for a node with only a private address.
    """
    internal_ip = new.internal_ip or _next_internal_ip(new.location, mesh)
    ready = mesh.ready_nodes
    return Node(
        name=new.name,
        location=new.location,
        endpoint=new.endpoint or Endpoint(ip=internal_ip.ip, port=DEFAULT_PORT),
        internal_ip=internal_ip,
        key=Key(hashlib.sha256(new.name.encode()).digest()),
        subnet=new.subnet or _next_pod_cidr(mesh),
        last_seen=int(mesh.now),
        leader=new.leader,
        persistent_keepalive=new.persistent_keepalive,
        allowed_location_ips=new.allowed_location_ips,
        granularity=ready[0].granularity if ready else None,
    )


def _next_internal_ip(location: str, mesh: Mesh) -> IPInterface:
    """Return the address after those of the nodes in the location, or the first one of an unused network."""
    used = {node.internal_ip.ip for node in mesh.nodes if node.internal_ip}
    near = max(
        (node.internal_ip for node in mesh.ready_nodes if node.internal_ip and node.location == location),
        default=None,
    )
    if near is None:
        return _after(_next_network(_FIRST_SITE, used_networks(mesh)))
    candidate = _after(near)
    while candidate.ip in used:
        candidate = _after(candidate)
    return candidate


def _after(cidr: IPInterface) -> IPInterface:
    return cidr._replace(number=cidr.number + 1)


def _next_pod_cidr(mesh: Mesh) -> IPInterface:
    subnets = [node.subnet for node in mesh.nodes if node.subnet]
    usual = subnets[0] if subnets else _FIRST_POD_CIDR
    last = max((cidr for cidr in subnets if cidr.version == usual.version), default=usual)
    return _next_network(last, used_networks(mesh))


def _next_network(first: IPInterface, used: Iterable[IPInterface]) -> IPInterface:
    """Return the first network, starting at `first` and of the same size, that overlaps none of `used`."""
    candidate, size, used = masked(first), 1 << (first.max_prefixlen - first.prefixlen), tuple(used)
    while any(candidate.overlaps(other) for other in used if other.prefixlen):
        candidate = candidate._replace(number=candidate.number + size)
        if candidate.number >> candidate.max_prefixlen:
            raise KgctlError(
                "kgctl found no free network for a new node",
                hint="add internal-ip and pod-cidr to --with-node",
            )
    return candidate

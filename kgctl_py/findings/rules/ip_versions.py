"""Problems of mixed IP versions: leaders without a common one, and routes that kg cannot set."""

from collections.abc import Iterator, Mapping, Sequence

from kgctl_py import names
from kgctl_py.findings import Finding, Kind, Subject
from kgctl_py.findings.codes_and_fixes import Code
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.nodes_and_peers import Granularity, Node
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.wireguard.cidr import IPV4, IPV6

_EXAMPLES = {IPV4: "10.1.0.2/24", IPV6: "fd00::2/64"}


def lone_endpoints(topology: Topology) -> Iterator[Finding]:
    """Yield leaders that, by their endpoints and internal IPs, have no IP version in common with other leaders.

    Of the leaders with only IPv4 and those with only IPv6, the smaller group is reported, or the one with IPv6.
    Leaders that had a handshake with another leader are in neither group.
    """
    keys = {str(seg.leader.key) for seg in topology.segments}
    unseen = [seg for seg in topology.segments if not _is_in_contact(topology, seg.leader, keys)]
    with_four, with_six = (
        [seg for seg in unseen if seg.leader.ip_versions == {version}] for version in (IPV4, IPV6)
    )
    lone, others = (with_four, with_six) if len(with_four) < len(with_six) else (with_six, with_four)
    around = {_network(topology, seg) for seg in others}
    lone = [seg for seg in lone if around not in (set(), {_network(topology, seg)})]  # the others need no tunnel
    if len(lone) == 1:
        around_it = [seg for seg in others if topology.has_tunnel(lone[0], seg)]
        yield _lone(lone[0].leader, around_it, is_whole=len(around_it) == len(topology.tunnel_ends(lone[0])))
    elif lone:
        yield _two_groups(lone, others)


def _is_in_contact(topology: Topology, leader: Node, keys: set[str]) -> bool:
    return str(leader.key) in topology.discovered or not keys.isdisjoint(leader.discovered_endpoints)


def _network(topology: Topology, seg: Segment) -> str:
    """Return a name that segments have in common if no tunnel connects them."""
    return seg.leader.location if topology.granularity is Granularity.CROSS else seg.name


def _lone(leader: Node, others: Sequence[Segment], *, is_whole: bool) -> Finding:
    (version,) = leader.ip_versions
    called = "no other leader is" if is_whole else f"{_leaders(others)} {'is' if len(others) == 1 else 'are'} not"
    return Finding(
        code=Code.ENDPOINT_VERSION,
        subject=Subject(Kind.NODE, leader.name),
        field=names.ENDPOINT,
        message=f'its endpoint "{leader.endpoint}" is IPv{version}, but {called} known to have '
        f"IPv{version}, and this node is not known to have IPv{_other(version)}",
    )


def _two_groups(lone: Sequence[Segment], others: Sequence[Segment]) -> Finding:
    (version,) = lone[0].leader.ip_versions
    return Finding(
        code=Code.ENDPOINT_VERSION,
        subject=Subject(Kind.NODES),
        message=f"{_leaders(lone)} are only known to have IPv{version}, and {_leaders(others)} only "
        f"IPv{_other(version)}",
    )


def _leaders(segments: Sequence[Segment]) -> str:
    first = segments[0].leader.name
    return f'the leader "{first}"' if len(segments) == 1 else f'{len(segments)} leaders (the first is "{first}")'


def unroutable_addresses(topology: Topology) -> Iterator[Finding]:
    """Yield nodes to or from which kg sets no route between locations, because of IP versions.

    The gateway of such a route is a WireGuard IP, and its source is the internal IP of the leader, since kg 0.7.0;
    both need the version of the destination. If all pod CIDRs have another one, the Kilo subnet is the problem
    (kilo pkg/mesh/routes.go).
    """
    if not topology.tunnel_count:
        return
    subnet = topology.subnet
    nodes = [node for seg in topology.segments for node in seg.nodes]
    if all(node.subnet and node.subnet.version != subnet.version for node in nodes):
        yield _wrong_subnet(subnet)
        return
    for seg in topology.segments:
        for node in seg.nodes:
            found = _of_other_version(topology, seg, node)
            own = node.internal_ip
            starts_none = node is seg.leader and own is not None and own.version != subnet.version
            if found or starts_none:
                yield _unroutable(node, found, subnet, starts_none=starts_none)


def _of_other_version(topology: Topology, seg: Segment, node: Node) -> Mapping[str, str]:
    """Return the addresses of a node, by kind, that have a different IP version than the Kilo subnet."""
    version = topology.subnet.version
    found = {}
    if node.subnet and node.subnet.version != version:
        found["pod CIDR"] = str(node.subnet)
    if node.internal_ip and node.internal_ip.version != version and not _is_endpoint(topology, seg, node):
        found["internal IP"] = str(node.internal_ip.ip)
    routed = [cidr for cidr in node.allowed_location_ips if cidr in seg.allowed_location_ips]
    if wrong := [str(cidr) for cidr in routed if cidr.version != version]:
        found["allowed location IP"] = ", ".join(wrong)
    return found


def _is_endpoint(topology: Topology, seg: Segment, node: Node) -> bool:
    """Return whether other leaders use, or may use, the internal IP as endpoint, to which kg sets no route."""
    leader = seg.leader
    called = topology.discovered_endpoint(leader.key, leader.persistent_keepalive) or leader.endpoint
    if called is None or called.ip is None:
        return node is leader
    return node.internal_ip is not None and node.internal_ip.ip == called.ip


def _wrong_subnet(subnet: IPInterface) -> Finding:
    other = _other(subnet.version)
    return Finding(
        code=Code.IP_VERSION,
        subject=Subject(Kind.NODES),
        message=f"kg sets no route to pods in other locations: all pod CIDRs are IPv{other}, "
        f"but the Kilo subnet {subnet} is IPv{subnet.version}",
        hint=f"give every kg an IPv{other} --subnet, and restart the Kilo pods on all nodes",
    )


def _other(version: int) -> int:
    return IPV6 if version == IPV4 else IPV4


def _unroutable(node: Node, found: Mapping[str, str], subnet: IPInterface, *, starts_none: bool) -> Finding:
    used = f"IPv{subnet.version}"
    faults = []
    if found:
        addresses = " and ".join(f"its {name} {text}" for name, text in found.items())
        faults.append(f"kg in other locations sets no route to {addresses}")
    if starts_none and node.internal_ip:
        source = "it" if "internal IP" in found else f"its internal IP {node.internal_ip.ip}"
        faults.append(f"kg 0.7.0 or later sets no route from {source} to other locations")
    hints = {
        "pod CIDR": f"create the Node again with an {used} pod CIDR",
        "internal IP": f"set the annotation {names.FORCE_INTERNAL_IP} of the node to its {used} address, for "
        f"example {_EXAMPLES[subnet.version]}",
        "allowed location IP": f"keep only {used} in its annotation {names.ALLOWED_LOCATION_IPS}",
    }
    wrong = [name for name in hints if name in found or (starts_none and name == "internal IP")]
    return Finding(
        code=Code.IP_VERSION,
        subject=Subject(Kind.NODE, node.name),
        message=f"the Kilo subnet {subnet} is {used}, so {', and '.join(faults)}",
        hint=hints[wrong[0]] if len(wrong) == 1 else f"use {used} for its {' and its '.join(wrong)}",
    )

"""The routes and the NAT that kg sets on a node, read from Kilo and not from what `kgctl trace` computes by.

kilo pkg/mesh/routes.go (Routes, Rules), with nodes of a location in one subnet, so that crosssubnet encapsulates
nothing; for granularity cross the change of squat/kilo#328, never encapsulated. Each later route replaces an
earlier one of the same network. Routes with addresses of two IP versions are not set: the netlink library of kg
refuses them. The kernel refuses IPv6 routes into the tunnel of kg: their gateways are on another interface.
"""

from collections.abc import Iterator

from kgctl_py.mesh.address import host_cidr
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.wireguard.endpoint import Endpoint
from tests.worlds.sites import NodeSite

WIREGUARD = "kilo0"
TUNNEL = "tunl0"
TABLE = 1107
_REFUSED = " 2>/dev/null || true"


def commands(topology: Topology, site: NodeSite, device: str) -> Iterator[str]:
    """Give the shell commands that set the routes of a node; `device` leads to the other nodes of its location."""
    own = topology.segment_of(site.name)
    routes = (
        _of_leader(topology, own, site, device)
        if own.leader.name == site.name
        else _of_other(topology, own, site, device)
    )
    yield from _set(routes, site, device)


def _set(routes: Iterator[str], site: NodeSite, device: str) -> Iterator[str]:
    for route in routes:
        if _has_one_version(route):
            yield f"ip route replace {route} proto static{_REFUSED if device == TUNNEL and site.ipv6 else ''}"


def tunnel(topology: Topology, site: NodeSite) -> Iterator[str]:
    """Give the commands for the tunnel of a node that always encapsulates, and for its rules."""
    own, family = topology.segment_of(site.name), "-6" if site.ipv6 else "-4"
    yield f"ip tunnel add {TUNNEL} mode ipip 2>/dev/null || true"
    yield f"ip link set {TUNNEL} up"
    yield f"ip address replace {site.pod} dev {TUNNEL}"
    yield f"while ip {family} rule delete table {TABLE} 2>/dev/null; do :; done"
    own_ips = [node.internal_ip.ip for node in own.nodes if node.internal_ip]
    for ip in (ip for ip in own_ips if str(ip) != site.internal_ip):
        refused = _REFUSED if site.ipv6 else ""
        yield f"ip route replace {ip} via {ip} dev {TUNNEL} onlink table {TABLE}{refused}"
        yield f"ip {family} rule add from {site.pod_cidr} to {ip} table {TABLE}"
        if own.leader.name == site.name:
            yield f"ip {family} rule add to {ip} iif {WIREGUARD} table {TABLE}"
    accepted = ", ".join(str(ip) for ip in own_ips if ip.version == 4)
    accept = f"ip protocol ipip ip saddr {{ {accepted} }} accept; " if accepted else ""
    chain = f"chain in {{ type filter hook input priority filter; {accept}ip protocol ipip drop; }}"
    yield "nft delete table ip ipip 2>/dev/null || true"
    yield f"nft 'table ip ipip {{ {chain}; }}'"


def _has_one_version(route: str) -> bool:
    """Tell whether the network, the gateway, and the source of a route have the same IP version."""
    words = [word for word in route.split() if "." in word or ":" in word]
    return len({":" in word for word in words}) == 1


def _of_leader(topology: Topology, own: Segment, site: NodeSite, device: str) -> Iterator[str]:
    source = f" src {site.internal_ip}" if site.internal_ip else ""
    for segment in topology.segments:
        via = f"via {segment.wireguard_ip} dev {WIREGUARD} onlink{source}"
        if segment is own or _is_beside(topology, own, segment):
            if site.internal_ip:
                yield from _locally(segment, site.name, device)
            continue
        for node in segment.nodes:
            yield f"{node.subnet} {via}"
            endpoint = _endpoint(topology, own, segment)
            if node.internal_ip and not (endpoint and endpoint.ip == node.internal_ip.ip):
                yield f"{host_cidr(node.internal_ip.ip)} {via}"
        yield from (f"{cidr.masked()} {via}" for cidr in segment.allowed_location_ips)
    for peer in topology.peers:
        yield from (f"{cidr} dev {WIREGUARD}{source}" for cidr in peer.allowed_ips)


def _endpoint(topology: Topology, own: Segment, segment: Segment) -> Endpoint | None:
    """Give where a leader calls another one: where it hears it, or else where others do (pkg/mesh/topology.go)."""
    leader = segment.leader
    heard = own.leader.discovered_endpoints.get(str(leader.key)) if leader.persistent_keepalive else None
    return heard or topology.discovered_endpoint(leader.key, leader.persistent_keepalive) or leader.endpoint


def _of_other(topology: Topology, own: Segment, site: NodeSite, device: str) -> Iterator[str]:
    leader = own.leader.internal_ip
    assert leader, "a node without an internal IP is alone"
    source = f" src {site.internal_ip}" if device == TUNNEL else ""
    via = f"via {leader.ip} dev {device} onlink{source}"
    for segment in topology.segments:
        yield f"{host_cidr(segment.wireguard_ip)} {via}"
        if segment is own:
            continue
        yield from (f"{node.subnet} {via}" for node in segment.nodes)
        yield from (f"{host_cidr(node.internal_ip.ip)} {via}" for node in segment.nodes if node.internal_ip)
        yield from (f"{cidr.masked()} {via}" for cidr in segment.allowed_location_ips)
    for peer in topology.peers:
        yield from (f"{cidr} {via}" for cidr in peer.allowed_ips)


def _locally(segment: Segment, name: str, device: str) -> Iterator[str]:
    for node in segment.nodes:
        if node.name != name and node.internal_ip:
            yield f"{node.subnet} via {node.internal_ip.ip} dev {device} onlink"


def local_routes(topology: Topology, site: NodeSite, device: str) -> Iterator[str]:
    """Give the commands for the other nodes of the location of a node that does not lead."""
    own = topology.segment_of(site.name)
    if own.leader.name != site.name:
        yield from _set(_locally(own, site.name, device), site, device)


FAMILIES = {4: "ip", 6: "ip6"}
"""The families of the tables of nft by IP version."""


def nat(topology: Topology, site: NodeSite, version: int, *, masquerades: bool) -> str:
    """Give the table of nft that stands for the chain KILO-NAT of an IP version; kg masquerades pods, or not."""
    own, ip = topology.segment_of(site.name), FAMILIES[version]
    subnets = [node.subnet for node in own.nodes if masquerades and node.name == site.name and node.subnet]
    known = [host_cidr(segment.wireguard_ip) for segment in topology.segments]
    known += [cidr.masked() for segment in topology.segments for cidr in segment.allowed_ips]
    of_peers = [cidr for peer in topology.peers for cidr in peer.allowed_ips]
    of_location = [cidr.masked() for cidr in own.allowed_location_ips]
    jumps = [f"{ip} saddr {cidr}" for cidr in (*subnets, *of_peers) if cidr.version == version]
    jumps += [f"{ip} daddr {cidr}" for cidr in of_location if cidr.version == version]
    texts = dict.fromkeys(str(cidr) for cidr in (*known, *of_peers) if cidr.version == version)
    returns = "".join(f"{ip} daddr {cidr} return; " for cidr in texts)
    post = "".join(f"{match} jump kilo; " for match in jumps)
    hook = "type nat hook postrouting priority srcnat"
    return f"table {ip} kilo {{ chain kilo {{ {returns}masquerade; }}; chain post {{ {hook}; {post}}}; }}"


def _is_beside(topology: Topology, own: Segment, other: Segment) -> bool:
    return topology.granularity is Granularity.CROSS and own.leader.location == other.leader.location

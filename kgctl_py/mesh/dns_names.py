"""DNS names for the nodes and peers of a mesh; names that are not valid are left out."""

from collections.abc import Iterable, Iterator

from kgctl_py.mesh.address import IPAddress, host_addresses, host_cidr
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import Value
from kgctl_py.wireguard.endpoint import MAX_NAME, is_dns_name

_LONGEST_LABEL = 63


class DnsName(Value, frozen=True):
    """A name below the domain, and one of its addresses."""

    name: str
    ip: IPAddress


class DnsNames(Value, frozen=True, kw_only=True):
    """The names in a domain, by name, and the nodes and peers that are left out, with the reason."""

    domain: str
    names: tuple[DnsName, ...]
    left_out: tuple[str, ...] = ()


def dns_names(topology: Topology, domain: str) -> DnsNames:
    """Return the names of the nodes and peers that have an address in the mesh.

    A leader has its WireGuard IP, and another node its internal IP if its leader routes it. A peer has the allowed
    IPs that are single addresses. If a node and a peer have the same name, the node gets it.
    """
    names: list[DnsName] = []
    left_out: list[str] = []
    taken: set[str] = set()
    for kind, name, ips in (*_nodes(topology.segments), *_peers(topology)):
        if not ips:
            continue
        if not _is_valid(name, domain):
            left_out.append(f'{kind} "{name}" (not a DNS name)')
        elif name in taken:
            left_out.append(f'{kind} "{name}" (the name of a node)')
        else:
            taken.add(name)
            names += (DnsName(name, ip) for ip in ips)
    return DnsNames(domain=domain, names=tuple(sorted(names, key=_order)), left_out=tuple(left_out))


def is_domain(text: str) -> bool:
    """Return whether a text is a domain in lower case with labels that DNS allows."""
    return is_dns_name(text) and all(len(label) <= _LONGEST_LABEL for label in text.split("."))


def _is_valid(name: str, domain: str) -> bool:
    return is_domain(name) and len(f"{name}.{domain}") <= MAX_NAME


def _order(one: DnsName) -> tuple[str, int, str]:
    return one.name, one.ip.version, str(one.ip)


def _nodes(segments: Iterable[Segment]) -> Iterator[tuple[str, str, tuple[IPAddress, ...]]]:
    for segment in segments:
        for node in segment.nodes:
            if node.name == segment.leader.name:
                yield "node", node.name, (segment.wireguard_ip,)
            elif node.internal_ip and host_cidr(node.internal_ip.ip) in segment.allowed_ips:
                yield "node", node.name, (node.internal_ip.ip,)


def _peers(topology: Topology) -> Iterator[tuple[str, str, tuple[IPAddress, ...]]]:
    for peer in topology.peers:
        yield "peer", peer.name, tuple(cidr.ip for cidr in host_addresses(peer.allowed_ips))

"""The desired state of the interface of this machine, computed only from the topology."""

from collections.abc import Iterator, Mapping

from kgctl_py import wireguard
from kgctl_py.findings import Finding
from kgctl_py.findings.rules.configurations import twofold
from kgctl_py.mesh import wg_quick_changes
from kgctl_py.mesh.address import IPAddress, IPInterface, host_addresses, masked
from kgctl_py.mesh.member_configurations import peer_conf
from kgctl_py.mesh.topology import Topology
from kgctl_py.mesh.who_can_call import useless_peers
from kgctl_py.net.wg_interface import Settings
from kgctl_py.value import Value, replace
from kgctl_py.wireguard.conf import Loop, find_loops, without_loops
from kgctl_py.wireguard.difference import effective_conf


class DesiredInterface(Value, frozen=True, kw_only=True):
    """The desired WireGuard configuration and settings of the interface, warnings, and duplicates as findings."""

    conf: wireguard.Conf
    settings: Settings
    warnings: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    left_out: int = 0
    """The number of peers that are left out, because no tunnel to them is possible."""


def endpoint_names(topology: Topology, peer: str) -> set[str]:
    """Return the DNS names of the endpoints for `peer`, without those that already have an address."""
    endpoints = (other.endpoint for other in peer_conf(topology, peer).peers)
    return {endpoint.name for endpoint in endpoints if endpoint and endpoint.name and not endpoint.ip}


def desired_interface(
    topology: Topology,
    peer: str,
    *,
    mtu: int,
    extra_networks: tuple[IPInterface, ...],
    addresses: Mapping[str, IPAddress],
    all_peers: bool = False,
) -> DesiredInterface:
    """Return the desired interface of `peer`.

    As in the Go kgctl, `extra_networks` are routed through the first node by name. `addresses` has the addresses
    of DNS names, which WireGuard does not accept. Peers to which no tunnel is possible are left out unless
    `all_peers`.
    """
    whole = peer_conf(topology, peer)
    useless = frozenset() if all_peers else useless_peers(topology, topology.given_peers[peer])
    named = wg_quick_changes.without_peers(whole, useless)
    carrier = topology.service_segment
    conf = wg_quick_changes.with_services(named, extra_networks, carrier.leader.key if carrier else None)
    conf = replace(conf, peers=tuple(_with_address(other, addresses) for other in conf.peers))
    unresolved = tuple(_unresolved(conf, named))
    own = topology.given_peers[peer].public_key
    ambiguous = tuple(twofold(conf, own))
    conf = effective_conf(conf, own) if ambiguous else conf
    loops = tuple(find_loops(conf))
    conf = without_loops(conf, loops)
    networks = tuple(dict.fromkeys(masked(cidr) for other in conf.peers for cidr in other.allowed_ips))
    return DesiredInterface(
        conf=conf,
        settings=Settings(
            mtu=mtu,
            addresses=host_addresses(topology.given_peers[peer].allowed_ips),
            routes=tuple(cidr for cidr in networks if cidr.prefixlen),
        ),
        warnings=(*unresolved, *_loops(loops), *_default_routes(networks)),
        findings=ambiguous,
        left_out=len(whole.peers) - len(named.peers),
    )


def _with_address(peer: wireguard.Peer, addresses: Mapping[str, IPAddress]) -> wireguard.Peer:
    """Return the peer with an address as its endpoint, or without an endpoint."""
    if peer.endpoint is None or not peer.endpoint.name:
        return peer
    ip = peer.endpoint.ip or addresses.get(peer.endpoint.name)
    endpoint = wireguard.Endpoint(ip=ip, port=peer.endpoint.port) if ip else None
    return replace(peer, endpoint=endpoint)


def _unresolved(conf: wireguard.Conf, named: wireguard.Conf) -> Iterator[str]:
    for peer, before in zip(conf.peers, named.peers, strict=True):
        if before.endpoint and not peer.endpoint:
            yield f'the endpoint "{before.endpoint}" of "{peer.comment}" does not resolve on this machine'


def _loops(loops: tuple[Loop, ...]) -> Iterator[str]:
    for loop in loops:
        if not loop.avoidable:
            route, endpoint = loop.route.network, loop.peer.endpoint
            owner = loop.peer.comment
            yield f'{route} contains the endpoint {endpoint} of "{owner}", so the tunnel is routed into itself'


def _default_routes(networks: tuple[IPInterface, ...]) -> Iterator[str]:
    for cidr in networks:
        if not cidr.prefixlen:
            yield f"{cidr} is not routed: it would send the packets of the tunnel into the tunnel"

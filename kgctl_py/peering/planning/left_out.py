"""The addresses of a segment that another cluster must not route to it, with the reasons."""

from collections.abc import Mapping

from kgctl_py.mesh.address import IPAddress, IPInterface, host_cidr
from kgctl_py.mesh.network_owners import OverlapIndex
from kgctl_py.mesh.nodes_and_peers import Node
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.peering.members import networks_of
from kgctl_py.peering.members.member import Member
from kgctl_py.peering.members.networks_of import NetworkIndex
from kgctl_py.peering.planning.problem import PeeringCode, Problem, error, note, warning
from kgctl_py.peering.planning.settings import InternalIPs


class AddressFilter:
    """Decides which addresses of `other` are routed in `own`, and remembers what it leaves out in `problems`.

    `endpoints` has the addresses of endpoints with their segments.
    `in_use` has the allowed IPs of other Peers of `own`; addresses that are routed are added to it.
    """

    def __init__(
        self,
        own: Member,
        other: Member,
        internal_ips: InternalIPs,
        endpoints: Mapping[IPAddress, str],
        in_use: NetworkIndex,
    ) -> None:
        self.problems: list[Problem] = []
        self._own, self._other, self._internal_ips = own, other, internal_ips
        self._in_use = in_use
        self._here = NetworkIndex(
            network
            for networks in (
                networks_of.pods(own),
                networks_of.services(own),
                networks_of.kilo(own),
                networks_of.internal(own),
                networks_of.locations(own),
            )
            for network in networks
        )
        self._lans = NetworkIndex(networks_of.lans(own))
        self._endpoints: OverlapIndex[tuple[IPAddress, str]] = OverlapIndex()
        for ip, owner in endpoints.items():
            self._endpoints.add(host_cidr(ip), (ip, owner))

    def node_ips(self, node: Node) -> tuple[IPInterface, ...]:
        """Return the pod CIDR and the internal IP of a node, if they are routed."""
        pods = self.cidrs((node.subnet,) if node.subnet else (), f'the pod CIDR of node "{node.name}"')
        return (*pods, *self._internal(node))

    def segment_ips(self, segment: Segment) -> tuple[IPInterface, ...]:
        """Return the WireGuard IP of a segment, if it is routed."""
        return self.cidrs((host_cidr(segment.wireguard_ip),), f'the WireGuard IP of "{segment.name}"')

    def cidrs(self, cidrs: tuple[IPInterface, ...], what: str) -> tuple[IPInterface, ...]:
        """Return the networks that contain no endpoint: its packets would be routed into their own tunnel."""
        kept = []
        for cidr in cidrs:
            endpoint = self._endpoints.overlapping(cidr)
            if endpoint is None:
                kept.append(cidr)
                continue
            self.problems.append(self._loop(cidr, what, *endpoint))
        return tuple(kept)

    def _loop(self, cidr: IPInterface, what: str, endpoint: IPAddress, owner: str) -> Problem:
        is_address = cidr.prefixlen == cidr.max_prefixlen
        why = f"it is the endpoint of {owner}" if is_address else f"it contains the endpoint {endpoint} of {owner}"
        effect = f"{self._own.name} does not reach this {'address' if is_address else 'network'}"
        message = f"kgctl does not route {what}, {cidr}, because {why}, so {effect}"
        return warning(PeeringCode.LOOP, self._other.name, message)

    def _internal(self, node: Node) -> tuple[IPInterface, ...]:
        if node.internal_ip is None or self._internal_ips is InternalIPs.NONE:
            return ()
        cidr = node.internal_ip.host()
        if not self.cidrs((cidr,), f'the internal IP of node "{node.name}"') or not self._is_free(node, cidr):
            return ()
        self._in_use.add(networks_of.Network(cidr, networks_of.NetworkKind.INTERNAL, f'node "{node.name}"'))
        return (cidr,)

    def _is_free(self, node: Node, cidr: IPInterface) -> bool:
        overlap = self._here.overlapping(cidr) or self._in_use.overlapping(cidr)
        what = f'the internal IP {cidr.ip} of node "{node.name}"'
        if overlap:
            self._refuse(f"{what} overlaps {overlap} in {self._own.name}")
            return False
        lan = self._lans.overlapping(cidr)
        if lan and self._internal_ips is InternalIPs.ALL:
            self.problems.append(
                note(
                    PeeringCode.LAN,
                    self._other.name,
                    f"{what} is in {lan} in {self._own.name}: "
                    "if a machine there has this address, it becomes unreachable",
                    "to leave it out, use --internal-ips auto",
                )
            )
        elif lan:
            self._refuse(f"{what} is in {lan} in {self._own.name}")
        return not lan or self._internal_ips is InternalIPs.ALL

    def _refuse(self, message: str) -> None:
        if self._internal_ips is InternalIPs.ALL:
            hint = "to leave it out, use --internal-ips auto"
            self.problems.append(error(PeeringCode.INTERNAL, self._other.name, message, hint))
            return
        effect = f"so {self._own.name} does not reach the node and its pods with hostNetwork"
        self.problems.append(
            warning(PeeringCode.INTERNAL, self._other.name, f"{message}; kgctl does not route it, {effect}")
        )

"""What a peer's configuration is held against the mesh for: what the mesh decides, and what the user says.

The user's own are DNS, MTU, table, listen port, and whether Services are routed: they are compared only with their
options. An address is wrong when the peer does not have it.
"""

from collections.abc import Sequence

from kgctl_py import wireguard
from kgctl_py.cli.remarks import tell_remarks
from kgctl_py.cluster.interface import Cluster
from kgctl_py.config.settings import WgQuickSettings
from kgctl_py.config.subject import peer_subject
from kgctl_py.config.wg_quick import wg_quick_configuration
from kgctl_py.mesh import client_conf
from kgctl_py.mesh.address import IPInterface, host_cidr
from kgctl_py.mesh.model import Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.terminal import terminal
from kgctl_py.value import Value, replace
from kgctl_py.wireguard.difference import Change, Difference, Field, difference, effective


class Comparison(Value, frozen=True, kw_only=True):
    """The mesh as `peer` needs it, and the options of a whole configuration that were given."""

    cluster: Cluster
    topology: Topology
    peer: Peer
    settings: WgQuickSettings

    def difference(self, there: wireguard.Conf, key: wireguard.Key | None) -> Difference:
        """Find what differs between `there`, whose public key is `key` if that is known, and what it should be."""
        wanted, plain = self.wanted(there), self.topology.peer_conf(self.peer.name)
        found = difference(_tolerated(there, wanted, plain, ()), wanted)
        if _routes_more(found) and self.settings.services is None:
            found = difference(_tolerated(there, wanted, plain, self._services()), wanted)
        if key in (None, self.peer.public_key):
            return found
        changed = Change(Field.PUBLIC_KEY, (str(key),), (str(self.peer.public_key),))
        return replace(found, interface=(changed, *found.interface))

    def wanted(self, there: wireguard.Conf) -> wireguard.Conf:
        """Give the configuration that there should be, of the interface only what is to be compared."""
        settings, addresses = self.settings, self._addresses(there)
        subject = replace(
            peer_subject(self.topology, self.peer),
            addresses=addresses or self.peer.allowed_ips,
            services=(),
        )
        configuration = wg_quick_configuration(self.cluster, self.topology, subject, settings, None)
        tell_remarks(configuration.remarks)
        conf = configuration.conf
        interface = conf.interface and replace(
            conf.interface,
            addresses=conf.interface.addresses if addresses or settings.addresses else (),
            mtu=settings.mtu,
        )
        return replace(conf, interface=interface)

    def _addresses(self, there: wireguard.Conf) -> tuple[IPInterface, ...]:
        """Give the addresses that are there when they are the peer's, else the peer's; none when none is there."""
        own = there.interface.addresses if there.interface else ()
        allowed = [cidr.masked() for cidr in self.peer.allowed_ips]
        hosts = [host_cidr(address.ip) for address in own]
        if all(any(host.overlaps(cidr) for cidr in allowed) for host in hosts):
            return own
        return client_conf.host_addresses(self.peer.allowed_ips)

    def _services(self) -> tuple[IPInterface, ...]:
        if not self.cluster.networks().service_cidrs:
            terminal.say("note: did not find the Service CIDR: what is routed for Services counts as a difference")
            terminal.hint("--services CIDR")
        return self.cluster.networks().services


def _routes_more(found: Difference) -> bool:
    return any(
        change.removed for one in found.changed for change in one.changes if change.field is Field.ALLOWED_IPS
    )


def _tolerated(
    there: wireguard.Conf, wanted: wireguard.Conf, plain: wireguard.Conf, services: Sequence[IPInterface]
) -> wireguard.Conf:
    """Leave out of what is there the allowed IPs that may be or not: for Services, and what wg-quick cannot route.

    The Service CIDR may be a guess, now or when the file was made: whatever overlaps it is for Services.
    """
    should, could = effective(wanted), effective(plain)

    def networks(peers: dict[wireguard.Key, wireguard.Peer], key: wireguard.Key | None) -> set[IPInterface]:
        return {cidr.masked() for cidr in peers[key].allowed_ips} if key in peers else set()

    def kept(peer: wireguard.Peer) -> wireguard.Peer:
        needed, possible = networks(should, peer.public_key), networks(could, peer.public_key)

        def optional(cidr: IPInterface) -> bool:
            return cidr.masked() in possible or (bool(cidr.prefixlen) and any(map(cidr.overlaps, services)))

        cidrs = (cidr for cidr in peer.allowed_ips if cidr.masked() in needed or not optional(cidr))
        return replace(peer, allowed_ips=tuple(cidrs))

    return replace(there, peers=tuple(map(kept, there.peers)))

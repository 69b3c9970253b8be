"""Compare the configuration of a peer with the mesh.

DNS, MTU, table, listen port, and the Service CIDR are settings of the user, and are compared only if they are set.
Peers to which no tunnel is possible are optional.
An address of the interface differs if it is not in the allowed IPs of the peer.
"""

from collections.abc import Mapping, Sequence

from kgctl_py import wireguard
from kgctl_py.cluster.interface import Cluster
from kgctl_py.config import WgQuickSettings
from kgctl_py.config.configuration import Subject
from kgctl_py.config.services_and_dns import NO_DNS, NO_SERVICES
from kgctl_py.config.wg_quick import useless_keys, wg_quick_configuration
from kgctl_py.findings import Remark
from kgctl_py.mesh import wg_quick_changes
from kgctl_py.mesh.address import IPInterface, host_addresses, host_cidr
from kgctl_py.mesh.topology import Topology
from kgctl_py.notice import note, warning
from kgctl_py.value import Value, replace
from kgctl_py.wireguard.aggregate import expanded
from kgctl_py.wireguard.difference import Change, Difference, Field, difference, effective

_NO_SERVICES = note(
    "note: the Service CIDR is unknown, so routes for Services count as differences", "add --services CIDR"
)
_NO_DNS = warning(
    "the cluster DNS is unknown, so kgctl does not compare the DNS", "use --dns IP,DOMAIN instead of --dns auto"
)
_IN_A_COMPARISON: Mapping[Remark, Remark] = {NO_SERVICES: _NO_SERVICES, NO_DNS: _NO_DNS}
"""Remarks about a new configuration, and what they mean for a comparison."""


class Comparison(Value, frozen=True):
    """The differences, and the remarks about the desired configuration."""

    difference: Difference
    remarks: tuple[Remark, ...]


def compare(
    cluster: Cluster,
    topology: Topology,
    subject: Subject,
    settings: WgQuickSettings,
    actual: wireguard.Conf,
    public_key: wireguard.Key | None,
) -> Comparison:
    """Compare the `actual` configuration of a peer, and its public key if known, with the desired one."""
    desired, remarks = _desired(cluster, topology, subject, settings, actual)
    actual = _expanded(actual, desired, subject.conf)
    found = difference(_without_optional(actual, desired, subject.conf, ()), desired)
    if _has_excess_routes(found) and settings.services is None:
        services = cluster.networks().services
        remarks = remarks if services else (*remarks, _NO_SERVICES)
        found = difference(_without_optional(actual, desired, subject.conf, services), desired)
    whole = {peer.public_key: peer for peer in actual.peers}
    found = replace(found, removed=tuple(whole[peer.public_key] for peer in found.removed))
    if settings.dns == () and actual.interface and actual.interface.dns:
        changed = Change(Field.DNS, actual.interface.dns, ())
        found = replace(found, interface=(*found.interface, changed))
    if public_key not in (None, subject.public_key):
        changed = Change(Field.PUBLIC_KEY, (str(public_key),), (str(subject.public_key),))
        found = replace(found, interface=(changed, *found.interface))
    return Comparison(found, remarks)


def _expanded(actual: wireguard.Conf, *confs: wireguard.Conf) -> wireguard.Conf:
    """Return `actual` with aggregated networks split into the parts that `confs` have."""
    parts: dict[wireguard.Key | None, list[IPInterface]] = {}
    for peer in (peer for conf in confs for peer in conf.peers):
        parts.setdefault(peer.public_key, []).extend(peer.allowed_ips)
    peers = (
        replace(peer, allowed_ips=expanded(peer.allowed_ips, parts.get(peer.public_key, ())))
        for peer in actual.peers
    )
    return replace(actual, peers=tuple(peers))


def _desired(
    cluster: Cluster, topology: Topology, subject: Subject, settings: WgQuickSettings, actual: wireguard.Conf
) -> tuple[wireguard.Conf, tuple[Remark, ...]]:
    """Return the desired configuration with the compared fields of the interface, and its remarks."""
    addresses = _addresses(subject, actual)
    subject = replace(subject, addresses=addresses or subject.as_peer.allowed_ips, services=())
    everything = replace(settings, all_peers=True, aggregates=False)
    configuration = wg_quick_configuration(cluster, topology, subject, everything, None)
    interface = configuration.conf.interface and replace(
        configuration.conf.interface,
        addresses=configuration.conf.interface.addresses if addresses or settings.addresses else (),
        mtu=settings.mtu,
    )
    useless = frozenset() if settings.all_peers else useless_keys(topology, subject)
    optional = useless - {peer.public_key for peer in actual.peers}
    peers = wg_quick_changes.without_peers(configuration.conf, optional).peers
    remarks = tuple(_IN_A_COMPARISON.get(remark, remark) for remark in configuration.remarks)
    return replace(configuration.conf, interface=interface, peers=peers), remarks


def _addresses(subject: Subject, actual: wireguard.Conf) -> tuple[IPInterface, ...]:
    """Return the actual addresses if the peer has all of them, otherwise the addresses of the peer."""
    own = actual.interface.addresses if actual.interface else ()
    allowed = [cidr.masked() for cidr in subject.as_peer.allowed_ips]
    hosts = [host_cidr(address.ip) for address in own]
    if all(any(host.overlaps(cidr) for cidr in allowed) for host in hosts):
        return own
    return host_addresses(subject.as_peer.allowed_ips)


def _has_excess_routes(found: Difference) -> bool:
    return any(
        change.removed for peer in found.changed for change in peer.changes if change.field is Field.ALLOWED_IPS
    )


def _without_optional(
    actual: wireguard.Conf, desired: wireguard.Conf, plain: wireguard.Conf, services: Sequence[IPInterface]
) -> wireguard.Conf:
    """Return `actual` without optional allowed IPs: those for Services, and those that wg-quick cannot route.

    The Service CIDR can be a guess, now or when the file was written, so any overlap counts as for Services.
    """
    required_peers, possible_peers = effective(desired), effective(plain)

    def networks(peers: dict[wireguard.Key, wireguard.Peer], key: wireguard.Key | None) -> set[IPInterface]:
        return {cidr.masked() for cidr in peers[key].allowed_ips} if key in peers else set()

    def compared(peer: wireguard.Peer) -> wireguard.Peer:
        required = networks(required_peers, peer.public_key)
        possible = networks(possible_peers, peer.public_key)

        def optional(cidr: IPInterface) -> bool:
            return cidr.masked() in possible or (bool(cidr.prefixlen) and any(map(cidr.overlaps, services)))

        cidrs = (cidr for cidr in peer.allowed_ips if cidr.masked() in required or not optional(cidr))
        return replace(peer, allowed_ips=tuple(cidrs))

    return replace(actual, peers=tuple(map(compared, actual.peers)))

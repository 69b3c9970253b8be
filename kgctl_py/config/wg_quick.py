"""Build a complete configuration from the peers of the topology, for wg-quick(8) or the app of a phone."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kgctl_py import wireguard
from kgctl_py.config import AUTO, DEFAULT_MTU, WgQuickSettings
from kgctl_py.config.configuration import Configuration, Subject
from kgctl_py.config.services_and_dns import cluster_dns, service_cidrs, unset_dns
from kgctl_py.errors import KgctlError
from kgctl_py.findings import Finding
from kgctl_py.mesh import wg_quick_changes
from kgctl_py.mesh.address import IPInterface, host_cidr
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.mesh.who_can_call import useless_peers
from kgctl_py.notice import Notice, note, warning
from kgctl_py.render.wireguard_conf import wg_quick_conf
from kgctl_py.value import replace
from kgctl_py.wireguard.conf import Loop, find_loops, is_unambiguous, without_loops
from kgctl_py.wireguard.endpoint import parse_ip

if TYPE_CHECKING:
    from kgctl_py.cluster.interface import Cluster


class NoAddressError(KgctlError):
    """The interface has no address, or none that the options accept."""


def wg_quick_configuration(
    cluster: "Cluster", topology: Topology, subject: Subject, settings: WgQuickSettings, key: wireguard.Key | None
) -> Configuration:
    """Return the complete configuration of `subject` with the private `key`.

    Raise NoAddressError, or KgctlError if a location or ready node in `settings` does not exist.
    """
    addresses = _addresses(subject, settings)
    dns, dns_notices = _dns(cluster, subject, settings)
    interface = wireguard.Interface(
        private_key=key,
        addresses=addresses,
        listen_port=settings.listen_port or subject.listen_port,
        dns=dns,
        mtu=settings.mtu or DEFAULT_MTU,
        table=settings.table,
    )
    services = subject.services if settings.services is None else settings.services
    cidrs, service_notices = service_cidrs(cluster, services)
    if settings.gateway is not None and not cidrs:  # the gateway also carries traffic for Services
        service_notices = ()
    wanted, left_out = _of_use(topology, replace(subject.conf, interface=interface), subject, settings)
    conf = _routed(topology, wanted, settings, cidrs)
    if settings.ipv4_only:
        conf = _ipv4_only(conf, subject)
    unreachable = tuple(_unreachable_dns(conf)) if settings.dns is AUTO else ()
    conf, ambiguous = _unambiguous(conf, subject.public_key)
    named = [peer for peer in conf.peers if peer.endpoint and peer.endpoint.name]
    found = cluster.look_up({peer.endpoint.name for peer in named if peer.endpoint})
    loops = tuple(find_loops(conf, found))
    conf = without_loops(conf, loops)
    return Configuration(
        title=subject.title,
        conf=_aggregated(conf) if settings.aggregates else conf,
        remarks=(*dns_notices, *service_notices, *unreachable, *ambiguous, *_loops_left_out(loops)),
        unresolved=()
        if cluster.lookups_off
        else tuple(peer for peer in named if peer.endpoint and peer.endpoint.name not in found),
        left_out=left_out,
    )


def useless_keys(topology: Topology, subject: Subject) -> frozenset[wireguard.Key]:
    """Return the keys of the peers to which no tunnel is possible; a node has a tunnel to every peer."""
    return useless_peers(topology, subject.as_peer) if subject.kind == "peer" else frozenset()


def wg_quick_text(configuration: Configuration, private_key_path: str = "", *, splits_dns: bool = False) -> str:
    """Return a complete configuration in the format of wg-quick(8).

    If it `splits_dns`, systemd-resolved sends only names of the search domains through the tunnel, unless the
    tunnel carries all traffic.
    """
    conf = configuration.conf
    takes_all = any(not cidr.prefixlen for peer in conf.peers for cidr in peer.allowed_ips)
    return wg_quick_conf(conf, configuration.title, private_key_path, splits_dns=splits_dns and not takes_all)


def _addresses(subject: Subject, settings: WgQuickSettings) -> tuple[IPInterface, ...]:
    addresses = settings.addresses or subject.addresses
    if not addresses:
        raise NoAddressError(
            f"{subject} has no /32 or /128 allowed IP to use as the interface address",
            hint="add --address IP",
        )
    return addresses


def _dns(
    cluster: "Cluster", subject: Subject, settings: WgQuickSettings
) -> tuple[tuple[str, ...], tuple[Notice, ...]]:
    if settings.dns is AUTO:
        return cluster_dns(cluster)
    if settings.dns is None and subject.services is AUTO:
        return (), unset_dns(cluster)
    return settings.dns or (), ()


def _of_use(
    topology: Topology, conf: wireguard.Conf, subject: Subject, settings: WgQuickSettings
) -> tuple[wireguard.Conf, int]:
    """Return `conf` with the chosen peers to which a tunnel is possible, and the number of the others."""
    if settings.only:
        conf = wg_quick_changes.with_only(
            conf, [_peer_key(topology, conf, name, "--only") for name in settings.only]
        )
    if settings.all_peers:
        return conf, 0
    kept = wg_quick_changes.without_peers(conf, useless_keys(topology, subject))
    return kept, len(conf.peers) - len(kept.peers)


def left_out_note(count: int, *, of_several: bool) -> tuple[Notice, ...]:
    """Return a note if peers are left out; for several files, it is always the same, so it is printed once."""
    if not count:
        return ()
    if of_several:
        text = "note: each configuration leaves out the peers to which no tunnel is possible; to include them, add"
        return (note(f"{text} --all-peers"),)
    peers, them = ("1 peer", "it") if count == 1 else (f"{count} peers", "them")
    why = f"because no tunnel to {them} is possible"
    return (note(f"note: the configuration leaves out {peers}, {why}; to include {them}, add --all-peers"),)


def _routed(
    topology: Topology, conf: wireguard.Conf, settings: WgQuickSettings, services: tuple[IPInterface, ...]
) -> wireguard.Conf:
    """Return `conf` with the routes that the user chose."""
    carrier = topology.service_segment if services else None
    conf = wg_quick_changes.with_services(conf, services, carrier.leader.key if carrier else None)
    if settings.gateway is not None:
        conf = wg_quick_changes.with_gateway(conf, _peer_key(topology, conf, settings.gateway, "--gateway"))
    return conf


def _ipv4_only(conf: wireguard.Conf, subject: Subject) -> wireguard.Conf:
    """Return `conf` without IPv6; raise NoAddressError if its interface has no IPv4 address."""
    conf = wg_quick_changes.without_ipv6(conf)
    if conf.interface and not conf.interface.addresses:
        raise NoAddressError(
            f"--ipv4-only needs an IPv4 address of the interface of {subject}",
            hint="add an IPv4 address with --address, or leave out --ipv4-only",
        )
    return conf


def _unreachable_dns(conf: wireguard.Conf) -> Iterator[Notice]:
    """Yield a warning for each name server of the cluster that has no route."""
    for text in conf.interface.dns if conf.interface else ():
        ip = parse_ip(text)
        if ip and not any(host_cidr(ip).overlaps(cidr) for peer in conf.peers for cidr in peer.allowed_ips):
            yield warning(f"the configuration has no route to the cluster DNS {ip}", "add --services auto")


def _unambiguous(
    conf: wireguard.Conf, own_key: wireguard.Key | None
) -> tuple[wireguard.Conf, tuple[Finding, ...]]:
    """Return `conf` as WireGuard would keep it, and what that leaves out."""
    if is_unambiguous(conf, own_key):
        return conf, ()
    from kgctl_py.findings.rules.configurations import twofold  # most configurations are unambiguous
    from kgctl_py.wireguard.difference import effective_conf

    found = tuple(twofold(conf, own_key))
    return (effective_conf(conf, own_key) if found else conf), found


def _loops_left_out(loops: tuple[Loop, ...]) -> tuple[Finding, ...]:
    if not loops:
        return ()
    from kgctl_py.findings.rules.configurations import loops_left_out  # most configurations have no loops

    return tuple(loops_left_out(loops))


def _aggregated(conf: wireguard.Conf) -> wireguard.Conf:
    from kgctl_py.wireguard.aggregate import aggregated  # only QR codes need it

    return aggregated(conf)


def _peer_key(topology: Topology, conf: wireguard.Conf, name: str, option: str) -> wireguard.Key | None:
    """Return the public key of the location or node `name`; raise KgctlError unless `conf` has a peer for it."""
    segments = segments_by_name(topology)
    if name not in segments:
        from kgctl_py.mesh.find_by_name import not_found

        raise not_found("location or ready node", name, segments)
    key = segments[name].leader.key
    if key not in [peer.public_key for peer in conf.peers]:
        raise KgctlError(f'the configuration has no peer for {option} "{name}"')
    return key


def segments_by_name(topology: Topology) -> dict[str, Segment]:
    """Return the segments by all names that the user can pass: of locations, nodes, and segments."""
    segments = {segment.name: segment for segment in topology.segments}
    segments |= {node.name: segment for segment in topology.segments for node in segment.nodes}
    return segments | {segment.location: segment for segment in topology.segments if segment.location}

"""From the peers that the topology gives to a whole configuration; shared by showconf, qr and peer add."""

from kgctl_py import wireguard
from kgctl_py.cli import finding_lines
from kgctl_py.cli.options.wg_quick_options import AUTO, DEFAULT_MTU, NONE, QuickOptions, cidrs, words
from kgctl_py.cluster.interface import Cluster
from kgctl_py.errors import KgctlError
from kgctl_py.findings.rules import configuration as conf_findings
from kgctl_py.mesh import client_conf
from kgctl_py.mesh.address import IPInterface, host_cidr, masked
from kgctl_py.mesh.lookup import not_found
from kgctl_py.mesh.model import Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.config.wireguard_conf import wg_quick_conf
from kgctl_py.terminal import terminal
from kgctl_py.value import Value, replace
from kgctl_py.wireguard.endpoint import parse_ip


class Owner(Value, frozen=True, kw_only=True):
    """Whose configuration it is: its words for messages, what it has, and what its services default to."""

    title: str
    addresses: tuple[IPInterface, ...]
    private_key: wireguard.Key | None
    services: str = AUTO
    listen_port: int | None = None


def quick_conf(
    cluster: Cluster, topology: Topology, conf: wireguard.Conf, owner: Owner, options: QuickOptions
) -> wireguard.Conf:
    """Make the peers of `conf` a configuration that wg-quick can bring up, and tell what is odd about it."""
    interface = wireguard.Interface(
        private_key=owner.private_key,
        addresses=_addresses(owner, options),
        listen_port=options.listen_port or owner.listen_port,
        dns=_dns(cluster, options.dns, owner),
        mtu=options.mtu or DEFAULT_MTU,
        table=options.table or "",
    )
    conf = replace(conf, interface=interface)
    if options.only:
        conf = client_conf.with_only(conf, [_way(topology, conf, name) for name in words(options.only)])
    conf = client_conf.with_services(conf, services(cluster, options.services or [owner.services]))
    if options.gateway is not None:
        conf = client_conf.with_gateway(conf, _way(topology, conf, options.gateway))
    if words(options.dns) == [AUTO]:
        _warn_of_unreachable(conf)
    names = {peer.endpoint.name for peer in conf.peers if peer.endpoint and peer.endpoint.name}
    loops = tuple(client_conf.loops(conf, cluster.look_up(names)))
    finding_lines.warn(conf_findings.loops_left_out(loops))
    return client_conf.without(conf, loops)


def peer_quick_text(
    cluster: Cluster, topology: Topology, peer: Peer, key: wireguard.Key | None, quick: QuickOptions
) -> str:
    """Give the whole configuration of a peer, for wg-quick or for a phone."""
    owner = Owner(
        title=f'peer "{peer.name}"', addresses=client_conf.host_addresses(peer.allowed_ips), private_key=key
    )
    conf = quick_conf(cluster, topology, topology.peer_conf(peer.name), owner, quick)
    return wg_quick_conf(conf, f"peer {peer.name}")


def _addresses(owner: Owner, options: QuickOptions) -> tuple[IPInterface, ...]:
    own = cidrs("--address", options.address) or owner.addresses
    if not own:
        raise KgctlError(
            f"{owner.title} has no single address among its allowed IPs that its interface could have",
            hint="choose one with --address CIDR",
        )
    return own


def services(cluster: Cluster, texts: list[str]) -> tuple[IPInterface, ...]:
    """Give the Service CIDRs that --services means, and tell what is doubtful about them."""
    if words(texts) == [NONE]:
        return ()
    if words(texts) != [AUTO]:
        return tuple(masked(cidr) for cidr in cidrs("--services", texts))
    networks = cluster.networks()
    if networks.service_cidrs is None:
        for place in networks.unreadable:
            terminal.detail(place)
        why = "--verbose tells what could not be read\n" if networks.unreadable else ""
        terminal.warn("did not find the Service CIDR: Services are not routed", f"{why}--services CIDR, or none")
        return ()
    found = networks.service_cidrs
    shown = ", ".join(found.values)
    if found.guess:
        terminal.warn(f"the Service CIDR {shown} is a guess: {found.source}", "--services CIDR")
    terminal.detail(f"Service CIDR {shown}: {found.source}")
    return networks.services


def _dns(cluster: Cluster, texts: list[str], owner: Owner) -> tuple[str, ...]:
    given = words(texts)
    if given == [AUTO]:
        return cluster_dns(cluster)
    if not given and owner.services == AUTO:
        dns = cluster.networks().dns
        if dns:
            terminal.say(f"note: no DNS is set; the cluster's is {', '.join(dns.values)}: --dns auto uses it")
    if given in ([], [NONE]):
        return ()
    return tuple(given)


def _warn_of_unreachable(conf: wireguard.Conf) -> None:
    """Tell of name servers of the cluster that no route leads to."""
    for text in conf.interface.dns if conf.interface else ():
        ip = parse_ip(text)
        if ip and not any(host_cidr(ip).overlaps(cidr) for peer in conf.peers for cidr in peer.allowed_ips):
            terminal.warn(f"no route of the configuration leads to the cluster's DNS {ip}", "--services auto")


def cluster_dns(cluster: Cluster) -> tuple[str, ...]:
    """Give the cluster's name servers, and the domains that make Service names short."""
    networks = cluster.networks()
    if networks.dns is None:
        terminal.warn("did not find the cluster's DNS: none is set", "--dns IP")
        return ()
    domains = networks.domain.values if networks.domain else ()
    terminal.detail(f"DNS {', '.join(networks.dns.values)}: {networks.dns.source}")
    return (*networks.dns.values, *(f"svc.{domain}" for domain in domains), *domains)


def _way(topology: Topology, conf: wireguard.Conf, name: str) -> wireguard.Key | None:
    """Give the public key of the segment that is, or holds the node, `name`; it must be in `conf`."""
    ways = {seg.name: seg for seg in topology.segments}
    ways |= {node.name: seg for seg in topology.segments for node in seg.nodes}
    ways |= {seg.location: seg for seg in topology.segments if seg.location}
    if name not in ways:
        raise not_found("location or node", name, ways)
    key = ways[name].leader.key
    if key not in [peer.public_key for peer in conf.peers]:
        raise KgctlError(f'"{name}" is no way out: the configuration has no peer for it')
    return key

"""The network settings of a cluster: its Service CIDRs, its DNS, and Kilo's settings, each with its source."""

import contextlib
import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator

from kgctl_py import names
from kgctl_py.findings.cluster_facts import Setting
from kgctl_py.kilo import validators
from kgctl_py.kilo.network_sources import DNS_LABELS, SYSTEM, NetworkSources
from kgctl_py.kube.objects.reader import Objects
from kgctl_py.mesh.address import IPInterface, parse_cidr
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.value import Value, replace
from kgctl_py.wireguard.endpoint import parse_ip

K3S_DEFAULT = "10.43.0.0/16"
"""The Service CIDR of k3s and rke2 without `--service-cidr`."""
DEFAULT_DOMAIN = "cluster.local"

_SHOWN = 80
ZONE = re.compile(r"^[ \t]*kubernetes[ \t]+([^\s{]+)", re.MULTILINE)


class Networks(Value, frozen=True, kw_only=True):
    """The settings that were found; `unreadable` has a line for each source that could not be read."""

    service_cidrs: Setting | None = None
    dns: Setting | None = None
    domain: Setting | None = None
    topology_label: Setting | None = None
    port: Setting | None = None
    subnet: Setting | None = None
    granularity: Setting | None = None
    interface: Setting | None = None
    mtu: Setting | None = None
    unreadable: tuple[str, ...] = ()

    @property
    def services(self) -> tuple[IPInterface, ...]:
        """The known Service CIDRs."""
        return tuple(map(parse_cidr, self.service_cidrs.values)) if self.service_cidrs else ()

    @property
    def may_have_more_services(self) -> bool:
        """Whether only the Services that exist now are known to be in the Service CIDRs."""
        found = self.service_cidrs
        return found is not None and found.guess and found.values != (K3S_DEFAULT,)


def find_networks(objects: Objects, read_mesh: Callable[[], Mesh] = lambda: Mesh((), (), 0)) -> Networks:
    """Return each setting from its most reliable source; raise KgctlError if the cluster is unreachable.

    The mesh is read if a flag of kg must be compared with it.
    """
    sources = NetworkSources(objects)
    networks = Networks(
        service_cidrs=_first(sources, _service_cidrs(sources, read_mesh), validators.service_cidr),
        dns=_dns(sources),
        domain=_first(sources, _domains(sources), validators.domain),
        topology_label=_kilo(sources, "topology-label", names.TOPOLOGY_LABEL, validators.label),
        port=_kilo(sources, "port", "51820", validators.port),
        subnet=_kilo(sources, "subnet", "10.4.0.0/16", validators.cidr),
        granularity=_kilo(sources, "mesh-granularity", "location", validators.granularity),
        interface=_kilo(sources, "interface", "kilo0", validators.interface),
        mtu=_kilo(sources, "mtu", "auto", validators.mtu),
    )
    return replace(networks, unreadable=sources.unreadable)


def _first(
    sources: NetworkSources, candidates: Iterable[Setting], parse: Callable[[str], object]
) -> Setting | None:
    """Return the first candidate whose values are all valid; note the others as unreadable."""
    for setting in candidates:
        try:
            values = tuple(dict.fromkeys(str(parse(value)) for value in setting.values))
        except ValueError as error:
            sources.note(f'{setting.source}: "{",".join(setting.values)[:_SHOWN]}" {error}')
            continue
        if values:
            return replace(setting, values=values)
    return None


def _service_cidrs(sources: NetworkSources, read_mesh: Callable[[], Mesh]) -> Iterator[Setting]:
    service_cidrs = sources.service_cidrs
    listed = ", ".join(service_cidr.place for service_cidr in service_cidrs)
    yield Setting(
        values=tuple(cidr for service_cidr in service_cidrs for cidr in service_cidr.spec.cidrs),
        source=f"ServiceCIDR {listed}",
    )
    for kg in sources.kilo:
        setting = Setting(values=kg.all("service-cidr"), source=f"--service-cidr in {kg.source}")
        if not setting.values or not _holds_pods(sources, setting, read_mesh()):
            yield setting
    for server in sources.api_servers:
        flag = "service-cluster-ip-range"
        yield Setting(values=server.all(flag), source=f"--{flag} in {server.source}")
    yield Setting(values=_split(sources.kubeadm.service_subnet), source=f"ConfigMap {SYSTEM}/kubeadm-config")
    for server in sources.servers:
        yield Setting(values=server.all("service-cidr"), source=f"--service-cidr in {server.source}")
    if sources.servers and _holds_dns(sources, K3S_DEFAULT):
        yield Setting(values=(K3S_DEFAULT,), source=f"default of k3s, by {sources.servers[0].source}", guess=True)
    yield Setting(values=tuple(_blocks(sources)), source="smallest block that contains all Services", guess=True)


def _holds_pods(sources: NetworkSources, setting: Setting, mesh: Mesh) -> bool:
    """Return whether a Service CIDR contains a pod CIDR, and note it: some installations give kg the pod CIDR."""
    for text in setting.values:
        with contextlib.suppress(ValueError):  # `_first` notes invalid values
            network = parse_cidr(text)
            holders = (node for node in mesh.nodes if node.subnet and _is_within(node.subnet, network))
            if node := next(holders, None):
                sources.note(f'{setting.source}: "{text}" contains the pod CIDR of node "{node.name}"')
                return True
    return False


def _is_within(inner: IPInterface, outer: IPInterface) -> bool:
    return outer.overlaps(inner) and outer.network.prefixlen <= inner.network.prefixlen


def _holds_dns(sources: NetworkSources, cidr: str) -> bool:
    dns = _dns(sources)
    network = ipaddress.ip_network(cidr)
    return dns is None or any(ipaddress.ip_address(address) in network for address in dns.values)


def _blocks(sources: NetworkSources) -> Iterator[str]:
    """Yield the smallest CIDR around the cluster IPs of each IP version."""
    addresses = [parse_ip(text) for service in sources.services for text in service.addresses]
    for version in (4, 6):
        known = [address for address in addresses if address and address.version == version]
        if known:
            low, high = min(map(int, known)), max(map(int, known))
            prefix = known[0].max_prefixlen - (low ^ high).bit_length()
            yield f"{ipaddress.ip_address(min(known, key=int))}/{prefix}"


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)


def _dns(sources: NetworkSources) -> Setting | None:
    services = sources.system_services
    labelled = [service for service in services if DNS_LABELS.items() <= (service.metadata.labels or {}).items()]
    candidates = [service for service in services if service.metadata.name == "kube-dns"] + labelled
    return _first(
        sources,
        (Setting(values=service.addresses, source=f"Service {service.place}") for service in candidates),
        validators.ip,
    )


def _domains(sources: NetworkSources) -> Iterator[Setting]:
    yield Setting(values=_split(sources.kubeadm.dns_domain), source=f"ConfigMap {SYSTEM}/kubeadm-config")
    for source, corefile in sources.corefiles():
        yield Setting(values=tuple(ZONE.findall(corefile)[:1]), source=source)
    for server in sources.servers:
        yield Setting(values=server.all("cluster-domain")[-1:], source=f"--cluster-domain in {server.source}")
    yield Setting(values=(DEFAULT_DOMAIN,), source="default of Kubernetes", guess=True)


def _kilo(sources: NetworkSources, flag: str, default: str, parse: Callable[[str], object]) -> Setting | None:
    """Return the value of kg's `flag`: the last on its command line, or the default of kg."""
    stated = ((kg.all(flag)[-1:], kg.source) for kg in sources.kilo)
    candidates = (
        Setting(values=values, source=f"--{flag} in {source}")
        if values
        else Setting(values=(default,), source=f"default of kg in {source}")
        for values, source in stated
    )
    return _first(sources, candidates, parse)

"""What a cluster's networks are: its Services' CIDR, its DNS, and what Kilo was told, each with its place."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator

from kgctl_py import names
from kgctl_py.findings.cluster_facts import Setting
from kgctl_py.kilo import validators
from kgctl_py.kilo.network_sources import DNS_LABELS, SYSTEM, Places
from kgctl_py.kube.objects.reader import Objects
from kgctl_py.mesh.address import IPInterface, parse_cidr
from kgctl_py.value import Value, replace
from kgctl_py.wireguard.endpoint import parse_ip

K3S_DEFAULT = "10.43.0.0/16"
"""What k3s and rke2 use without `--service-cidr`."""
DEFAULT_DOMAIN = "cluster.local"

_SHOWN = 80
ZONE = re.compile(r"^[ \t]*kubernetes[ \t]+([^\s{]+)", re.MULTILINE)


class Networks(Value, frozen=True, kw_only=True):
    """What could be found; `unreadable` has a line for each place that was asked for it in vain."""

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
        """The Service CIDRs, as far as they are known."""
        return tuple(map(parse_cidr, self.service_cidrs.values)) if self.service_cidrs else ()


def find_networks(objects: Objects) -> Networks:
    """Look in each place, the surest first, until one tells; raise KgctlError when the cluster is not there."""
    places = Places(objects)
    found = Networks(
        service_cidrs=_first(places, _service_cidrs(places), validators.service_cidr),
        dns=_dns(places),
        domain=_first(places, _domains(places), validators.domain),
        topology_label=_kilo(places, "topology-label", names.TOPOLOGY_LABEL, validators.label),
        port=_kilo(places, "port", "51820", validators.port),
        subnet=_kilo(places, "subnet", "10.4.0.0/16", validators.cidr),
        granularity=_kilo(places, "mesh-granularity", "location", validators.granularity),
        interface=_kilo(places, "interface", "kilo0", validators.interface),
        mtu=_kilo(places, "mtu", "auto", validators.mtu),
    )
    return replace(found, unreadable=places.unreadable)


def _first(places: Places, candidates: Iterable[Setting], parse: Callable[[str], object]) -> Setting | None:
    """Give the first candidate that has values, all of them usable; note those that are not."""
    for found in candidates:
        try:
            values = tuple(dict.fromkeys(str(parse(value)) for value in found.values))
        except ValueError as error:
            places.note(f'{found.source}: "{",".join(found.values)[:_SHOWN]}" {error}')
            continue
        if values:
            return replace(found, values=values)
    return None


def _service_cidrs(places: Places) -> Iterator[Setting]:
    listed = places.service_cidrs
    names_listed = ", ".join(one.place for one in listed)
    yield Setting(
        values=tuple(cidr for one in listed for cidr in one.spec.cidrs), source=f"ServiceCIDR {names_listed}"
    )
    for kg in places.kilo:
        yield Setting(values=kg.all("service-cidr"), source=f"--service-cidr in {kg.source}")
    for server in places.api_servers:
        flag = "service-cluster-ip-range"
        yield Setting(values=server.all(flag), source=f"--{flag} in {server.source}")
    yield Setting(values=_split(places.kubeadm.service_subnet), source=f"ConfigMap {SYSTEM}/kubeadm-config")
    for server in places.servers:
        yield Setting(values=server.all("service-cidr"), source=f"--service-cidr in {server.source}")
    if places.servers and _holds_dns(places, K3S_DEFAULT):
        yield Setting(values=(K3S_DEFAULT,), source=f"default of k3s, by {places.servers[0].source}", guess=True)
    yield Setting(values=tuple(_blocks(places)), source="smallest block around all Services", guess=True)


def _holds_dns(places: Places, cidr: str) -> bool:
    dns = _dns(places)
    network = ipaddress.ip_network(cidr)
    return dns is None or any(ipaddress.ip_address(address) in network for address in dns.values)


def _blocks(places: Places) -> Iterator[str]:
    """Give the smallest CIDR around all cluster IPs of each family."""
    addresses = [parse_ip(text) for service in places.services for text in service.addresses]
    for version in (4, 6):
        known = [address for address in addresses if address and address.version == version]
        if known:
            low, high = min(map(int, known)), max(map(int, known))
            prefix = known[0].max_prefixlen - (low ^ high).bit_length()
            yield f"{ipaddress.ip_address(min(known, key=int))}/{prefix}"


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)


def _dns(places: Places) -> Setting | None:
    services = places.system_services
    labelled = [one for one in services if DNS_LABELS.items() <= (one.metadata.labels or {}).items()]
    candidates = [one for one in services if one.metadata.name == "kube-dns"] + labelled
    return _first(
        places, (Setting(values=one.addresses, source=f"Service {one.place}") for one in candidates), validators.ip
    )


def _domains(places: Places) -> Iterator[Setting]:
    yield Setting(values=_split(places.kubeadm.dns_domain), source=f"ConfigMap {SYSTEM}/kubeadm-config")
    for source, corefile in places.corefiles():
        yield Setting(values=tuple(ZONE.findall(corefile)[:1]), source=source)
    for server in places.servers:
        yield Setting(values=server.all("cluster-domain")[-1:], source=f"--cluster-domain in {server.source}")
    yield Setting(values=(DEFAULT_DOMAIN,), source="default of Kubernetes", guess=True)


def _kilo(places: Places, flag: str, default: str, parse: Callable[[str], object]) -> Setting | None:
    """Give what kg takes for `flag`: the last that its command line says, else kg's own default."""
    given = ((kg.all(flag)[-1:], kg.source) for kg in places.kilo)
    candidates = (
        Setting(values=values, source=f"--{flag} in {source}")
        if values
        else Setting(values=(default,), source=f"default of kg in {source}")
        for values, source in given
    )
    return _first(places, candidates, parse)

"""The facts of `kgctl info`: each network setting with its value and its source.

Values of most nodes take precedence over those of other objects, and defaults come last.
"""

from collections import Counter
from collections.abc import Iterator

from kgctl_py import names
from kgctl_py.cluster.interface import Cluster
from kgctl_py.cluster.open import Options
from kgctl_py.findings.cluster_facts import Setting
from kgctl_py.kilo.find_networks import Networks
from kgctl_py.kube.objects.reader import Origin
from kgctl_py.mesh.address import masked
from kgctl_py.mesh.build_with_agreed_settings import stated_granularities, stated_subnets
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.notice import Notice, detail, warning
from kgctl_py.render.cluster_info import Fact
from kgctl_py.value import Value

_DAEMON_SET = "DaemonSet of Kilo"
_NO_SERVICE_CIDR = "not found in any source"
_DNS_SERVICE = "Service kube-dns"


class NetworkInfo(Value, frozen=True, kw_only=True):
    """The facts, the sources that could not be read, and remarks about these."""

    facts: tuple[Fact, ...]
    unreadable: tuple[str, ...]
    notices: tuple[Notice, ...]


def network_info(cluster: Cluster, options: Options, mesh: Mesh) -> NetworkInfo:
    """Return the network settings of a cluster; raise KgctlError if the cluster is unreachable."""
    networks = cluster.networks()
    remark = warning if cluster.is_live else detail  # files usually do not contain everything
    return NetworkInfo(
        facts=tuple(_facts(cluster, options, mesh, networks)),
        unreadable=networks.unreadable,
        notices=tuple(map(remark, networks.unreadable)),
    )


def _facts(cluster: Cluster, options: Options, mesh: Mesh, networks: Networks) -> Iterator[Fact]:
    """Return each fact, known or not, in the order of the output."""
    no_daemon_set = _missing(_DAEMON_SET, cluster)
    yield from _origin(cluster.objects().origin())
    yield _granularity(options, mesh, networks, no_daemon_set)
    yield _topology_label(options, networks)
    yield _subnet(mesh, networks, no_daemon_set)
    yield _port(options, mesh, networks, no_daemon_set)
    yield _setting("interface", "Interface", networks.interface, no_daemon_set)
    yield _setting("mtu", "MTU", networks.mtu, no_daemon_set)
    cidrs = tuple(str(node.subnet) for node in mesh.nodes if node.subnet)
    source = f"spec.podCIDR of {len(cidrs)}/{len(mesh.nodes)} nodes"
    yield Fact(key="podCIDRs", title="Pod CIDRs", values=cidrs, source=source, several=True)
    yield _setting("serviceCIDR", "Service CIDR", networks.service_cidrs, _NO_SERVICE_CIDR, several=True)
    yield _setting("clusterDNS", "Cluster DNS", networks.dns, _missing(_DNS_SERVICE, cluster), several=True)
    yield _setting("clusterDomain", "Cluster domain", networks.domain, "")


def _origin(origin: Origin) -> Iterator[Fact]:
    for key, title, value, source in (
        ("context", "Context", origin.context, origin.source),
        ("server", "Server", origin.server, origin.source),
        ("serverVersion", "Server version", origin.version, "GET /version" if origin.server else origin.source),
    ):
        is_saved = not origin.server
        yield Fact(
            key=key,
            title=title,
            values=(value,) if value else (),
            source=f"not in {source}" if is_saved and not value else source,
        )


def _granularity(options: Options, mesh: Mesh, networks: Networks, no_daemon_set: str) -> Fact:
    key, title = "granularity", "Granularity"
    if options.granularity:
        return Fact(key=key, title=title, values=(options.granularity.value,), source="--mesh-granularity")
    stated = [node.granularity for node in mesh.ready_nodes if node.granularity]
    if stated:
        most = stated_granularities(mesh.ready_nodes)[0]
        source = f"annotation {names.GRANULARITY} of {_share(stated.count(most), mesh)}"
        return Fact(key=key, title=title, values=(most.value,), source=source)
    return _setting(key, title, networks.granularity, no_daemon_set)


def _topology_label(options: Options, networks: Networks) -> Fact:
    key, title = "topologyLabel", "Topology label"
    if options.topology_label != names.TOPOLOGY_LABEL:
        return Fact(key=key, title=title, values=(options.topology_label,), source="--topology-label")
    if networks.topology_label:
        return _setting(key, title, networks.topology_label, "")
    return Fact(key=key, title=title, values=(names.TOPOLOGY_LABEL,), source="default of kg", guess=True)


def _subnet(mesh: Mesh, networks: Networks, no_daemon_set: str) -> Fact:
    key, title = "kiloSubnet", "Kilo subnet"
    stated = stated_subnets(mesh)
    if not stated:
        return _setting(key, title, networks.subnet, no_daemon_set)
    in_subnet = [node for node in mesh.nodes if node.wireguard_ip and masked(node.wireguard_ip) == stated[0]]
    ready = [node for node in mesh.ready_nodes if node in in_subnet]
    share = _share(len(ready), mesh) if ready else f"{len(in_subnet)}/{len(mesh.nodes)} nodes, none of them ready"
    source = f"annotation {names.WIREGUARD_IP} of {share}"
    return Fact(key=key, title=title, values=(str(stated[0]),), source=source)


def _port(options: Options, mesh: Mesh, networks: Networks, no_daemon_set: str) -> Fact:
    key, title = "port", "Port"
    if options.port:
        return Fact(key=key, title=title, values=(options.port,), source="--port")
    if networks.port:
        return Fact(key=key, title=title, values=(int(networks.port.values[0]),), source=networks.port.source)
    ports = Counter(node.endpoint.port for node in mesh.ready_nodes if node.endpoint).most_common(1)
    source = f"endpoint of {_share(ports[0][1], mesh)}" if ports else no_daemon_set
    return Fact(key=key, title=title, values=tuple(port for port, _ in ports), source=source, guess=bool(ports))


def _missing(what: str, cluster: Cluster) -> str:
    """Return that an object was not found; a saved cluster seldom contains everything."""
    return f"no {what} found" if cluster.is_live else f"no {what} in the saved cluster"


def _share(count: int, mesh: Mesh) -> str:
    return f"{count}/{len(mesh.ready_nodes)} ready nodes"


def _setting(key: str, title: str, setting: Setting | None, reason: str, *, several: bool = False) -> Fact:
    if setting is None:
        return Fact(key=key, title=title, values=(), source=reason, several=several)
    source, guess = setting.source, setting.guess
    return Fact(key=key, title=title, values=setting.values, source=source, guess=guess, several=several)

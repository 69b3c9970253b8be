"""Settings that `auto` reads from the cluster: Service CIDRs and DNS."""

from typing import TYPE_CHECKING

from kgctl_py.config import AUTO, ServiceCIDRs
from kgctl_py.mesh.address import IPInterface
from kgctl_py.notice import Notice, detail, note, warning

if TYPE_CHECKING:
    from kgctl_py.cluster.interface import Cluster

NO_SERVICES = note(
    "note: the Service CIDR is unknown, so Services are not routed; to route them, add --services CIDR"
)
NO_DNS = warning(
    "the cluster DNS is unknown, so kgctl sets no DNS server", "use --dns IP,DOMAIN instead of --dns auto"
)


def service_cidrs(cluster: "Cluster", setting: ServiceCIDRs) -> tuple[tuple[IPInterface, ...], tuple[Notice, ...]]:
    """Return the Service CIDRs for `setting`, and remarks about them."""
    if setting is not AUTO:
        return setting, ()
    networks = cluster.networks()
    found = networks.service_cidrs
    if found is None:
        return (), (*map(detail, networks.unreadable), NO_SERVICES)
    shown = ", ".join(found.values)
    text = f"note: the Service CIDR {shown} is a guess ({found.source}); to set it, add --services CIDR"
    guess = note(text)
    source = detail(f"Service CIDR {shown}: {found.source}")
    return networks.services, (guess, source) if found.guess else (source,)


def cluster_dns(cluster: "Cluster") -> tuple[tuple[str, ...], tuple[Notice, ...]]:
    """Return the cluster's name servers, and the search domains for Services."""
    networks = cluster.networks()
    if networks.dns is None:
        return (), (NO_DNS,)
    domains = networks.domain.values if networks.domain else ()
    dns = (*networks.dns.values, *(f"svc.{domain}" for domain in domains), *domains)
    return dns, (detail(f"DNS {', '.join(networks.dns.values)}: {networks.dns.source}"),)


def unset_dns(cluster: "Cluster") -> tuple[Notice, ...]:
    """Return the note that a configuration does not use the name servers of the cluster."""
    dns = cluster.networks().dns
    if dns is None:
        return ()
    return (
        note(
            f"note: the configuration sets no DNS; to use the cluster DNS {', '.join(dns.values)}, add --dns auto"
        ),
    )

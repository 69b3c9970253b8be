"""`kgctl peering dns`: resolve names of one cluster in another."""

from typing import Annotated

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.peering.sides import check_two, open_sides
from kgctl_py.cli.peering.sources import HELP, METAVAR
from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.kilo.find_networks import DEFAULT_DOMAIN
from kgctl_py.notice import note
from kgctl_py.peering.dns_block import DnsBlock
from kgctl_py.peering.members.read_members import named
from kgctl_py.wireguard.endpoint import ends_in_number, is_dns_name


def dns(
    context: typer.Context,
    clusters: Annotated[list[str], typer.Argument(metavar=f"{METAVAR} {METAVAR}", help=HELP)] = [],  # noqa: B006 # typer copies it
    zone: Annotated[
        str | None,
        typer.Option(
            metavar="ZONE",
            help="Domain for the names of the second cluster (default NAME.local, where NAME is its name)",
        ),
    ] = None,
) -> None:
    """Print a CoreDNS configuration that resolves the names of another cluster.

    Add the block to the Corefile of the first cluster. Its pods then reach the Service "web" in the namespace
    "shop" of the second cluster as web.shop.svc.ZONE.

    Examples:
      kgctl peering dns aws edge --zone edge.local
    """
    run: Invocation = context.obj
    check_two(clusters, "dns")
    own, other = open_sides(run, clusters)
    zone = zone or f"{other.name}.local"
    if not is_dns_name(zone) or ends_in_number(zone):
        raise UsageError(
            f'--zone "{zone}" is not a domain name in lower case',
            hint=f"for example: --zone {other.name}.local",
        )
    try:
        networks = other.cluster.networks()
    except KgctlError as error:
        raise named(other, error) from None
    domain = networks.domain.values[0] if networks.domain else DEFAULT_DOMAIN
    if zone == domain:
        raise UsageError(
            f'--zone "{zone}" is the domain of cluster "{other.name}"',
            hint=f"for example: --zone {other.name}.internal",
        )
    if networks.dns is None:
        raise KgctlError(
            f'cluster "{other.name}": the address of its DNS server is unknown',
            hint="check that kube-system has the Service kube-dns, and that you are allowed to list Services there"
            if other.cluster.is_live
            else "save the file again with the Service kube-dns of the namespace kube-system",
        )
    typer.echo(DnsBlock(zone=zone, domain=domain, servers=networks.dns.values).text(), nl=False)
    terminal.tell_notice(
        note(
            f'add this block to the Corefile in the ConfigMap kube-system/coredns of "{own.name}"',
            f'for k3s, add it as the key "{other.name}.server" of the ConfigMap kube-system/coredns-custom',
        )
    )

"""`kgctl whois`: who in the mesh has an address or a public key."""

import contextlib
from collections.abc import Iterator
from typing import Annotated

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.output_formats import Format, FormatOption, formatted
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.kube.objects.kinds import SERVICE
from kgctl_py.kube.objects.reader import UnreadableError
from kgctl_py.kube.pods import pods_at
from kgctl_py.mesh.address import IPAddress, host_cidr
from kgctl_py.mesh.topology import Topology
from kgctl_py.mesh.whois import Claim, Kind, Place, Role, holders_of_key, whois
from kgctl_py.render.whois import claims_data, claims_text, keys_data, keys_text
from kgctl_py.terminal import terminal
from kgctl_py.wireguard.endpoint import parse_ip

_SHORTEST = 4


def whois_(
    context: typer.Context,
    subject: Annotated[
        str, typer.Argument(metavar="IP|KEY", help="An address, or a public key or the start of one.")
    ],
    output: FormatOption = Format.TEXT,
) -> None:
    """Tell who has an address or a public key, and why traffic does not go there when it does not.

    For example: kgctl whois 10.42.2.17
    """
    ip = parse_ip(subject)
    if ip is None and len(subject) < _SHORTEST:
        raise UsageError(
            f'"{subject}" is neither an address nor the start of a key', hint="kgctl whois 10.42.2.17"
        )
    run: Invocation = context.obj
    mesh = run.mesh()
    topology = run.topology_if_any(mesh)
    standing = dict(_standing(topology))
    if ip is None:
        holders = holders_of_key(subject, mesh)
        if not holders:
            raise KgctlError("no node and no peer has a public key that starts so", hint="kgctl get peers -o wide")
        shown = formatted(output, keys_data(subject, holders), lambda: keys_text(holders, standing))
    else:
        claims = whois(ip, mesh, topology) or tuple(_services(run, ip))
        if any(claim.role is Role.POD_CIDR for claim in claims):
            claims += tuple(_pods(run, ip))
        if not claims:
            raise KgctlError(f"nobody in the mesh has {ip}, and no Service that is known")
        shown = formatted(output, claims_data(subject, claims), lambda: claims_text(subject, claims, standing))
    typer.echo(shown, nl=False)


def _standing(topology: Topology | None) -> Iterator[tuple[Place, str]]:
    """Tell of each ready node which segment it is in, and whether it leads there."""
    for segment in topology.segments if topology else ():
        for node in segment.nodes:
            leader = "which it leads" if node is segment.leader else f"leader {segment.leader.name}"
            yield Place(Kind.NODE, node.name), f" in {segment.name} ({leader})"


def _pods(run: Invocation, ip: IPAddress) -> Iterator[Claim]:
    """Give the pod that has an address, if pods may be looked at."""
    try:
        for pod in pods_at(run.cluster.objects(), str(ip)):
            yield Claim(role=Role.POD_IP, cidr=host_cidr(ip), place=Place(Kind.POD, pod))
    except KgctlError as error:  # what the mesh itself says is told in any case
        terminal.detail(error.message)


def _services(run: Invocation, ip: IPAddress) -> Iterator[Claim]:
    """Give the Service that has an address, or at least the Service CIDR that holds it."""
    with contextlib.suppress(UnreadableError):
        for service in run.cluster.objects().of(SERVICE):
            if str(ip) in service.addresses:
                place = Place(Kind.SERVICE, service.place)
                yield Claim(role=Role.CLUSTER_IP, cidr=host_cidr(ip), place=place)
    for cidr in run.cluster.networks().services:
        if cidr.overlaps(host_cidr(ip)):
            yield Claim(role=Role.SERVICE_CIDR, cidr=cidr, place=None)

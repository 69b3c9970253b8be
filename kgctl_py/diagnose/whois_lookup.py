"""Look up the owner of an address for `kgctl whois`: in the mesh, Services, pods, and the Service CIDR."""

import contextlib
from collections.abc import Iterator

from kgctl_py.cluster.interface import Cluster
from kgctl_py.errors import KgctlError
from kgctl_py.kube.objects.kinds import SERVICE
from kgctl_py.kube.objects.reader import UnreadableError
from kgctl_py.kube.pods import pods_at
from kgctl_py.mesh.address import IPAddress, IPInterface, host_cidr
from kgctl_py.mesh.claims import Claim, Kind, Place, Role
from kgctl_py.mesh.claims.all_claims import holders_of_key
from kgctl_py.mesh.claims.whois import owners_within, whois
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.notice import Notice, detail
from kgctl_py.wireguard import Key

_LONG = 20
"""The length from which a word may be a key, which is not shown because it may be a private one."""


def look_up_address(
    ip: IPAddress, cluster: Cluster, mesh: Mesh, topology: Topology | None
) -> tuple[tuple[Claim, ...], tuple[Notice, ...]]:
    """Return the owners of `ip`, and why pods could not be read; raise KgctlError if it has no owner.

    Services are read only if the mesh does not have the address, and pods only if it is in a pod CIDR.
    """
    claims = whois(ip, mesh, topology) or tuple(services_at(cluster, ip))
    notices: tuple[Notice, ...] = ()
    if any(claim.role in (Role.POD_CIDR, Role.OTHER_POD_CIDR) for claim in claims):
        try:
            claims += tuple(_pods(cluster, ip))
        except KgctlError as error:  # the owners in the mesh are useful in any case
            notices = (detail(error.message),)
    if not claims:
        raise KgctlError(f'no node, peer, or known Service has "{ip}"')
    return claims, notices


def look_up_network(cidr: IPInterface, mesh: Mesh, topology: Topology | None) -> tuple[Claim, ...]:
    """Return the owners of addresses in a network; raise KgctlError if there are none."""
    owners = owners_within(cidr, mesh, topology)
    if not owners:
        raise KgctlError(f'no node or peer has an address in "{cidr}"')
    return owners


def look_up_key(start: str, mesh: Mesh) -> tuple[tuple[Place, Key], ...]:
    """Return the owners of public keys that start with `start`; raise KgctlError if there are none."""
    holders = holders_of_key(start, mesh)
    if not holders:
        shown = "" if len(start) >= _LONG else f' "{start}"'  # a long word may be a private key
        message = f"node, peer, or public key{shown} not found in the cluster"
        raise KgctlError(message, hint="to list names and keys: kgctl get nodes,peers -o wide")
    return holders


def services_at(cluster: Cluster, ip: IPAddress) -> Iterator[Claim]:
    """Return the Service with an address, and the Service CIDR that contains it."""
    with contextlib.suppress(UnreadableError):
        for service in cluster.objects().of(SERVICE):
            if str(ip) in service.addresses:
                place = Place(Kind.SERVICE, service.place)
                yield Claim(role=Role.CLUSTER_IP, cidr=host_cidr(ip), place=place)
    for cidr in cluster.networks().services:
        if cidr.overlaps(host_cidr(ip)):
            yield Claim(role=Role.SERVICE_CIDR, cidr=cidr, place=None)


def _pods(cluster: Cluster, ip: IPAddress) -> Iterator[Claim]:
    for pod in pods_at(cluster.objects(), str(ip)):
        yield Claim(role=Role.POD_IP, cidr=host_cidr(ip), place=Place(Kind.POD, pod))

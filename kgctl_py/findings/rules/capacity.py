"""The Kilo subnet must have an address for every segment (kilo pkg/mesh/ip.go)."""

from collections.abc import Iterator

from kgctl_py.findings.catalog import Code
from kgctl_py.findings.finding import Finding, Kind, Subject
from kgctl_py.mesh import agreed_values, segment
from kgctl_py.mesh.model import Granularity, Mesh

NEARLY = 0.8
"""The share of its addresses at which a subnet is nearly exhausted."""


def of_mesh(mesh: Mesh, chosen: Granularity | None = None) -> Iterator[Finding]:
    """Yield a finding if the subnet is exhausted, or nearly."""
    granularity = chosen or next(iter(agreed_values.granularities(mesh.ready_nodes)), None)
    if granularity is None:
        return
    segments, subnet = len(segment.group(mesh.ready_nodes, granularity)), agreed_values.subnet(mesh)
    addresses = subnet.network.num_addresses - 1
    share = f"{segments} segments need one address each, but the Kilo subnet {subnet} has {addresses}"
    if segments > addresses:
        yield Finding(code=Code.SUBNET_EXHAUSTED, subject=Subject(Kind.NODES), message=share)
    elif segments >= NEARLY * addresses:
        yield Finding(code=Code.SUBNET_FULL, subject=Subject(Kind.NODES), message=share)

"""Whether the Kilo subnet has an address for every segment (kilo pkg/mesh/ip.go)."""

from collections.abc import Iterator

from kgctl_py.findings.code import Code
from kgctl_py.findings.finding import Finding, Kind, Subject
from kgctl_py.mesh.address import IPInterface

NEARLY = 0.8
"""The part of the addresses from which on a subnet is nearly exhausted."""


def capacity(subnet: IPInterface, segments: int) -> Iterator[Finding]:
    """Find that the subnet is exhausted by so many segments, or nearly."""
    addresses = subnet.network.num_addresses - 1
    share = f"{segments} segments need an address each, and {subnet} has {max(addresses, 0)}"
    if segments > addresses:
        yield Finding(code=Code.SUBNET_EXHAUSTED, subject=Subject(Kind.CLUSTER), message=share)
    elif segments >= NEARLY * addresses:
        yield Finding(code=Code.SUBNET_FULL, subject=Subject(Kind.CLUSTER), message=share)

"""A Service as kube-proxy sees it: its address, and its ready endpoints."""

from kgctl_py.mesh.address import IPAddress, IPInterface
from kgctl_py.mesh.whois import Kind, Place
from kgctl_py.value import Value


class Backend(Value, frozen=True, kw_only=True):
    """A ready endpoint of a Service: its address, and the node that it is on, if known."""

    address: IPAddress
    node: str = ""

    def __str__(self) -> str:
        return f"{self.address} on {Place(Kind.NODE, self.node)}" if self.node else str(self.address)


class Service(Value, frozen=True, kw_only=True):
    """What is known of the Service with an address; without a name, only the Service CIDR has it."""

    address: IPAddress
    networks: tuple[IPInterface, ...]
    """The address alone, and the Service CIDRs that contain it."""
    name: str = ""
    backends: tuple[Backend, ...] | None = None
    """Its ready endpoints; None if they are not known."""
    is_local: bool = False
    """Whether each node sends packets only to its own pods."""

    def __str__(self) -> str:
        return f"Service {self.name}" if self.name else "Service"

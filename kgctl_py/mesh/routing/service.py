"""A Service as kube-proxy sees it: its address, and its endpoints."""

from kgctl_py.mesh.address import IPAddress, IPInterface
from kgctl_py.mesh.claims import Kind, Place
from kgctl_py.value import Value


class Backend(Value, frozen=True, kw_only=True):
    """An endpoint of a Service: its address, and the node that it is on, if known.

    Without `is_ready`, it terminates, but still serves. The hints are the nodes and zones that it is for, if any.
    """

    address: IPAddress
    node: str = ""
    is_ready: bool = True
    ports: tuple[str, ...] = ("",)
    """The names of the ports of the Service that it serves."""
    for_nodes: tuple[str, ...] = ()
    for_zones: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.address} on {Place(Kind.NODE, self.node)}" if self.node else str(self.address)


class Service(Value, frozen=True, kw_only=True):
    """The Service with an address; the name is empty if kgctl knows only that the Service CIDR contains it."""

    address: IPAddress
    networks: tuple[IPInterface, ...]
    """The networks that peers route for it: the address alone, and the Service CIDRs that contain it."""
    name: str = ""
    backends: tuple[Backend, ...] | None = None
    """The endpoints that are ready, or terminate and still serve; None if they are not known."""
    ports: tuple[str, ...] = ("",)
    """The names of its ports."""
    is_local: bool = False
    """Whether each node sends packets for this address only to its own pods."""
    is_external: bool = False
    """Whether the address is an external IP or the address of a load balancer."""
    sources: tuple[IPInterface, ...] = ()
    """The networks from which the address of a load balancer accepts packets; empty for all."""
    others: tuple[str, ...] = ()
    """The other Services with this address; the port decides between them."""

    @property
    def policy(self) -> str:
        """The name of the field that can restrict each node to its own pods."""
        return "externalTrafficPolicy" if self.is_external else "internalTrafficPolicy"

    def __str__(self) -> str:
        return f"Service {self.name}" if self.name else "Service"

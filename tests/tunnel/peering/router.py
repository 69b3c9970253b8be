"""What is between the clusters: a router that joins their networks, and the router of a home."""

from tests.tunnel.host import Host
from tests.tunnel.lab import Lab

LAST = 254
"""The number of a router in each of its networks."""


class Router:
    """A router without NAT, which every network that it knows has as its way out."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._host = lab.host("router")
        self._host.forward()

    def joins(self, network: str, addresses: str) -> None:
        """Add a network; `addresses` is the form of its addresses, with `{}` for the number."""
        self._lab.network(network)
        self._lab.join(self._host, network, f"{addresses.format(LAST)}/24")


def home(lab: Lab, network: str, addresses: str, outside: str, outside_address: str) -> Host:
    """Add a network behind NAT, and give its router, which refuses what nobody inside has asked for."""
    lab.network(network)
    router = lab.host(f"router-{network}")
    lab.join(router, network, f"{addresses.format(LAST)}/24")
    device = lab.join(router, outside, f"{outside_address.format(LAST - 1)}/24")
    router.route("default", via=outside_address.format(LAST))
    router.forward()
    router.masquerade(device)
    router.refuse_from(device)
    return router

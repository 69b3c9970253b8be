"""All claims of a mesh by prefix, for lookups of many addresses."""

from kgctl_py.mesh.address import IPAddress, host_cidr
from kgctl_py.mesh.claims import Claim
from kgctl_py.mesh.claims.all_claims import claims
from kgctl_py.mesh.claims.whois import by_precedence
from kgctl_py.mesh.network_owners import NetworkOwners
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.topology import Topology


class ClaimIndex:
    """Finds the same claims as `whois`, without comparing each address with each claim."""

    def __init__(self, mesh: Mesh, topology: Topology) -> None:
        self._claims = tuple(claims(mesh, topology))
        self._numbers: NetworkOwners[int] = NetworkOwners()
        for number, claim in enumerate(self._claims):
            self._numbers.add(claim.cidr, number)

    def of(self, ip: IPAddress) -> tuple[Claim, ...]:
        """Return every claim whose network contains `ip`: first the one that gets the traffic."""
        numbers = sorted(self._numbers.holders(host_cidr(ip)))
        return by_precedence(self._claims[number] for number in numbers)

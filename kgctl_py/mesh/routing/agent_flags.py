"""The flags of kg that decide how packets travel within a location (kilo cmd/kg/main.go)."""

import enum

from kgctl_py.mesh.address import IPAddress, IPInterface, host_cidr
from kgctl_py.value import Value


class Encapsulate(enum.StrEnum):
    """Which packets kg sends through a tunnel within a location (kilo pkg/encapsulation/encapsulation.go)."""

    ALWAYS = "always"
    CROSS_SUBNET = "crosssubnet"
    NEVER = "never"


class AgentFlags(Value, frozen=True, kw_only=True):
    """The flags in which all agents agree; None for those that are unknown or differ."""

    encapsulate: Encapsulate | None = None
    compatibility: str | None = None
    """The CNI plugin whose tunnel kg uses; empty if kg creates its own tunnel."""
    local: bool | None = None
    """Whether kg sets the routes within a location; otherwise, the CNI plugin does."""
    cni: bool | None = None
    """Whether kg masquerades packets of pods, besides changing the CNI configuration."""

    def encapsulates(self, own: IPInterface, gateway: IPAddress) -> bool | None:
        """Return whether a node with the internal IP `own` sends through the tunnel to a gateway; None if unknown.

        kilo pkg/mesh/routes.go, encapsulateRoute; with a CNI plugin, kg uses other gateways than internal IPs.
        """
        match self.encapsulate:
            case Encapsulate.ALWAYS:
                return True
            case Encapsulate.NEVER:
                return False
            case Encapsulate.CROSS_SUBNET if self.compatibility == "":
                return not own.overlaps(host_cidr(gateway))
            case _:
                return None

    def known_in(self, other: "AgentFlags") -> "AgentFlags":
        """Return only the flags that `other` also knows, so that a comparison does not depend on what is known."""
        return AgentFlags(
            encapsulate=None if other.encapsulate is None else self.encapsulate,
            compatibility=None if other.compatibility is None else self.compatibility,
            local=None if other.local is None else self.local,
            cni=None if other.cni is None else self.cni,
        )


UNKNOWN = AgentFlags()

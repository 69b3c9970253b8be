"""The settings of a peering: the addresses to route, the side that connects, and the Peers to take over."""

import enum
from collections.abc import Mapping

from kgctl_py.mesh.address import IPInterface
from kgctl_py.value import Value, field
from kgctl_py.wireguard import Endpoint

GRACE = 600
"""Seconds for which a segment without ready nodes keeps its Peer: a restart of an agent breaks no tunnel."""


class InternalIPs(enum.StrEnum):
    """Whether the internal IPs of nodes are routed; AUTO leaves out those that the other cluster also has."""

    AUTO = "auto"
    ALL = "all"
    NONE = "none"


class PeeringSettings(Value, frozen=True, kw_only=True):
    """The settings of a peering; clusters and segments are given by name."""

    services: frozenset[str] | None = None
    """The clusters whose Services are routed; None for all of them."""
    services_via: Mapping[str, str] = field(default_factory=dict)
    internal_ips: InternalIPs = InternalIPs.AUTO
    location_ips: tuple[IPInterface, ...] | None = ()
    """The networks whose allowed location IPs are routed; None for all that Kilo routes."""
    endpoints: Mapping[tuple[str, str], Endpoint | None] = field(default_factory=dict)
    """Endpoints by the names of the cluster and the segment; None for a segment that opens the tunnel."""
    keepalive: int | None = None
    annotates: bool = False
    prunes: bool = True
    adopts: bool = False
    replaces: bool = False
    """Whether the Peers for a different cluster that had the same name are replaced."""
    grace: int = GRACE
    texts: Mapping[frozenset[str], str] | None = None
    """The options to store in the Peers of each pair of clusters; None to keep the stored ones."""

    is_kept: bool = False
    """Whether the settings were stored in Peers, and can name segments that no longer exist."""

    def routes_services_of(self, cluster: str) -> bool:
        """Return whether the Services of a cluster are routed to the others."""
        return self.services is None or cluster in self.services

    def text_for(self, *pair: str) -> str | None:
        """Return the options that the Peers of a pair store; None to keep the stored ones."""
        return None if self.texts is None else self.texts.get(frozenset(pair), "")

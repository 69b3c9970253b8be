"""A world as it is drawn: its clusters with their locations, nodes, and peers."""

import dataclasses

from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.mesh.routing.agent_flags import Encapsulate


@dataclasses.dataclass(frozen=True, kw_only=True)
class NodePlan:
    """A node; without an internal IP it is a segment by itself.

    Its second pod CIDR has the other IP version, as in a dual-stack cluster.
    """

    leader: bool = False
    keepalive: int = 0
    has_internal_ip: bool = True
    second_pod_cidr: bool = False
    apart: bool = False
    """Whether its internal IP is in another subnet than those of the other nodes of its location, on one link."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class LocationPlan:
    """A location, behind NAT or on the internet; `lan` is a network beside it, which its first node declares.

    With `only_public`, the internal IPs of its nodes are those that they have on the internet.
    """

    nodes: tuple[NodePlan, ...]
    nat: bool = False
    only_public: bool = False
    lan: bool = False
    twin: bool = False
    """Whether it has the same addresses as the first location of its cluster."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PeerPlan:
    """A peer, behind NAT or on the internet; `address` numbers its allowed IP, which others may have.

    With `dual`, it also has one of the other IP version; with `services`, its configuration has the Service CIDR.
    """

    address: int
    nat: bool = False
    listens: bool = False
    keepalive: int = 0
    psk: bool = False
    network: bool = False
    dual: bool = False
    services: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class ServicePlan:
    """A Service; `pods` numbers the nodes that its ready endpoints are on."""

    pods: tuple[int, ...]
    local: bool = False
    """Whether each node sends packets only to its own pods."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClusterPlan:
    """A cluster. With `ipv6`, all addresses of its mesh are IPv6 ones; its tunnels go through IPv4."""

    granularity: Granularity
    locations: tuple[LocationPlan, ...]
    peers: tuple[PeerPlan, ...] = ()
    ipv6: bool = False
    services: tuple[ServicePlan, ...] = ()
    declares_services: bool = False
    """Whether its first node has the Service CIDR in its allowed location IPs."""
    replaces_sources: bool = False
    """Whether kube-proxy knows which network pods are in, and replaces other sources."""
    encapsulate: Encapsulate | None = None
    """The flag of kg; None for one that does not encapsulate and that kgctl does not know."""
    masquerades: bool = True
    """Whether kg has `--cni=true`; without it, nobody masquerades what pods send."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class WorldPlan:
    """One cluster, or two that are joined.

    With `hears`, agents tell where they hear others, and all is computed anew.
    """

    clusters: tuple[ClusterPlan, ...]
    hears: bool = False

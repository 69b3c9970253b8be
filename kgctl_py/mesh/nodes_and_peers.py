"""Nodes and Peers as Kilo interprets them: ready or stale, expired or disabled; and the Mesh that contains them.

A disabled Peer has no allowed IPs: Kilo accepts such a Peer and leaves it out at once (kilo
pkg/k8s/apis/kilo/v1alpha1/types.go, Validate; pkg/mesh/backend.go, Ready). If the Peer became invalid instead,
Kilo would not read it, and keep the old one.
"""

import contextlib
import datetime
import enum
import functools
import operator
from collections.abc import Iterable, Mapping

from kgctl_py import names
from kgctl_py.mesh.address import IPInterface, parse_cidr
from kgctl_py.value import Value, field, replace
from kgctl_py.wireguard.endpoint import Endpoint
from kgctl_py.wireguard.key import Key

READY_SECONDS = 60
"""The age of `last-seen` at which a node is stale: twice the check-in period in kilo pkg/mesh/backend.go."""


class Granularity(enum.StrEnum):
    """What forms a segment of the mesh: all nodes of a location, or each node.

    CROSS is a patch of Kilo that Cozystack ships (squat/kilo#328): segments as with FULL, but no tunnels between
    the nodes of one location, which reach each other through the network that they share.
    """

    LOCATION = "location"
    FULL = "full"
    CROSS = "cross"


class IgnoredReason(enum.Enum):
    """The reason why Kilo ignores a value."""

    UNREADABLE = enum.auto()
    NO_DENIAL = enum.auto()
    """A leader annotation with a negative value: Kilo only checks whether the annotation exists."""
    FORCED_ENDPOINT = enum.auto()
    PRESHARED_KEY = enum.auto()
    SECOND_ENDPOINT = enum.auto()
    """An IP address beside a DNS name, which takes precedence."""
    NUMBER_AS_NAME = enum.auto()
    """A DNS name of a Peer that ends in a number: a mistyped address."""
    MISTYPED_ADDRESS = enum.auto()
    """The same in an endpoint of a node."""
    UNREAD_ANNOTATION = enum.auto()
    """An annotation with Kilo's prefix that Kilo does not read."""
    UNKNOWN_GRANULARITY = enum.auto()
    """A granularity that this kgctl does not know."""


class IgnoredValue(Value, frozen=True, kw_only=True):
    """A value that Kilo ignores: its `field`, its `text` unless secret, and the reason."""

    field: str
    text: str
    why: str
    reason: IgnoredReason = IgnoredReason.UNREADABLE
    hint: str = ""
    """What to write instead, if known."""

    def __str__(self) -> str:
        shown = f' "{self.text}"' if self.text else ""
        return f"{self.field}{shown} {self.why}"


class Condition(enum.Enum):
    """The conditions for a ready node (kilo pkg/mesh/backend.go); the value is the text for an unmet condition."""

    ENDPOINT = "no endpoint"
    KEY = "no key"
    SUBNET = "no pod CIDR"
    SEEN = "never seen"
    FRESH = "last seen {} ago"


class Node(Value, frozen=True, kw_only=True):
    """A Node as Kilo sees it; times are in Unix seconds, and the keepalive is in seconds, as written."""

    name: str
    location: str = ""
    endpoint: Endpoint | None = None
    internal_ip: IPInterface | None = None
    key: Key | None = None
    subnet: IPInterface | None = None
    unread_subnets: tuple[str, ...] = ()
    """Other pod CIDRs than the one that Kilo reads."""
    last_seen: int = 0
    leader: bool = False
    persistent_keepalive: int = 0
    wireguard_ip: IPInterface | None = None
    discovered_endpoints: Mapping[str, Endpoint] = field(default_factory=dict)
    allowed_location_ips: tuple[IPInterface, ...] = ()
    granularity: Granularity | None = None
    clustermesh_endpoint: Endpoint | None = None
    """Where other clusters reach the node; Kilo does not read it."""
    labels: Mapping[str, str] = field(default_factory=dict)
    ignored_values: tuple[IgnoredValue, ...] = ()

    def unmet(self, now: float) -> tuple[Condition, ...]:
        """Return the conditions that this node does not meet at the Unix time `now`; empty if it is ready."""
        age = int(now) - self.last_seen
        terms = {
            Condition.ENDPOINT: self.endpoint is not None,
            Condition.KEY: self.key is not None,
            Condition.SUBNET: self.subnet is not None,
            Condition.SEEN: self.last_seen != 0,
            Condition.FRESH: self.last_seen == 0 or age < READY_SECONDS,
        }
        return tuple(term for term, met in terms.items() if not met)

    def is_ready(self, now: float) -> bool:
        """Return whether this node meets all conditions at the Unix time `now`."""
        is_complete = self.endpoint is not None and self.key is not None and self.subnet is not None
        return is_complete and self.last_seen != 0 and int(now) - self.last_seen < READY_SECONDS

    @property
    def ip_versions(self) -> frozenset[int]:
        """The IP versions that the node has, by its endpoint and internal IP; empty with a DNS endpoint."""
        if self.endpoint and self.endpoint.name:
            return frozenset()
        addresses = (self.endpoint and self.endpoint.ip, self.internal_ip)
        return frozenset(ip.version for ip in addresses if ip)

    def ageless(self) -> "Node":
        """Return the node without its last-seen time, which only decides whether it is ready."""
        return replace(self, last_seen=0)

    def why_not_ready(self, now: float) -> tuple[str, ...]:
        """Return each reason why Kilo leaves this node out at the Unix time `now`, as text."""
        from kgctl_py.duration_text import elapsed  # most nodes are ready

        return tuple(term.value.format(elapsed(int(now) - self.last_seen)) for term in self.unmet(now))


class Peer(Value, frozen=True, kw_only=True):
    """A Peer as Kilo sees it; `faults` are the reasons why Kilo skips it, in the order of its checks.

    `annotations` are for people; Kilo does not read them.
    """

    name: str
    allowed_ips: tuple[IPInterface, ...] = ()
    endpoint: Endpoint | None = None
    public_key: Key | None = None
    preshared_key: Key | None = None
    persistent_keepalive: int = 0
    faults: tuple[IgnoredValue, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    ignored_values: tuple[IgnoredValue, ...] = ()
    created: str = ""
    """The time at which the API server stored the Peer; empty in a file."""

    @property
    def ip_versions(self) -> frozenset[int]:
        """The IP version that the peer has, by its endpoint; empty if it is not known."""
        ip = self.endpoint and not self.endpoint.name and self.endpoint.ip
        return frozenset((ip.version,)) if ip else frozenset()

    def with_allowed_ips(self, cidrs: Iterable[IPInterface]) -> "Peer":
        """Return the same peer with other allowed IPs."""
        return replace(self, allowed_ips=tuple(cidrs))

    def why_not_ready(self) -> str:
        """Return the reason why Kilo skips this peer; empty if Kilo uses it."""
        if self.faults:
            return str(self.faults[0])
        if not self.allowed_ips:
            return "it is disabled" if self.is_disabled else "it has no allowedIPs"
        return "" if self.public_key else "its publicKey is all zeros"

    @property
    def is_disabled(self) -> bool:
        """Whether `kgctl peer disable` has taken the peer out of the mesh."""
        return not self.allowed_ips and names.DISABLED_IPS in self.annotations

    @property
    def disabled_ips(self) -> tuple[IPInterface, ...]:
        """The allowed IPs that a disabled peer gets back; none for any other peer."""
        text = self.annotations[names.DISABLED_IPS] if self.is_disabled else ""
        with contextlib.suppress(ValueError):
            return tuple(parse_cidr(part.strip()) for part in text.split(",") if part.strip())
        return ()

    @property
    def expires(self) -> float | None:
        """The Unix time at which the peer expires; None if it does not, or if its annotation is not a time."""
        text = self.annotations.get(names.EXPIRES, "")
        with contextlib.suppress(ValueError, OverflowError):
            time = datetime.datetime.fromisoformat(text)
            return time.replace(tzinfo=time.tzinfo or datetime.UTC).timestamp()
        return None

    def is_expired(self, now: float) -> bool:
        """Return whether the peer has expired at the Unix time `now`."""
        time = self.expires
        return time is not None and time <= now


class Mesh(Value, frozen=True, dict=True):
    """All Nodes and Peers of a cluster, ready or not, by name, and the Unix time at which readiness is checked."""

    nodes: tuple[Node, ...]
    peers: tuple[Peer, ...]
    now: float
    clock_skew: float = 0.0
    """The seconds by which the clock of this machine is ahead of the API server's; 0 if they agree."""

    @classmethod
    def of(cls, nodes: Iterable[Node], peers: Iterable[Peer], now: float, clock_skew: float = 0.0) -> "Mesh":
        """Return the mesh of Nodes and Peers in any order."""
        by_name = operator.attrgetter("name")
        return cls(tuple(sorted(nodes, key=by_name)), tuple(sorted(peers, key=by_name)), now, clock_skew)

    @functools.cached_property
    def ready_nodes(self) -> tuple[Node, ...]:
        """The ready nodes, by name."""
        return tuple(node for node in self.nodes if node.is_ready(self.now))

    @functools.cached_property
    def ready_peers(self) -> tuple[Peer, ...]:
        """The ready peers, by name."""
        return tuple(p for p in self.peers if not p.why_not_ready())

    def without_peer(self, name: str) -> "Mesh":
        """Return the same mesh without the peer `name`, which need not exist."""
        return replace(self, peers=tuple(p for p in self.peers if p.name != name))

    def with_peer(self, peer: Peer) -> "Mesh":
        """Return the same mesh with `peer`, which replaces one with the same name."""
        peers = sorted((*self.without_peer(peer.name).peers, peer), key=lambda p: p.name)
        return replace(self, peers=tuple(peers))

"""The current mesh of a cluster, which watches keep up to date."""

import math
import threading
from collections.abc import Callable

from kgctl_py import names
from kgctl_py.kilo import resources
from kgctl_py.kilo.node_translator import NodeTranslator
from kgctl_py.kilo.peers import translate_peer
from kgctl_py.kilo.resources import NODE_LIST, PEER_LIST
from kgctl_py.kube.client import Client
from kgctl_py.kube.listwatch.connectivity import Connectivity, ConnectivityTracker
from kgctl_py.kube.listwatch.reflector import Reflector, exponential_backoff
from kgctl_py.kube.listwatch.store import EachTranslated, Store
from kgctl_py.kube.server_clock import ServerClock
from kgctl_py.mesh.nodes_and_peers import READY_SECONDS, Mesh, Node, Peer


class MeshInformer:
    """The latest Nodes and Peers from the server; `changed` is set when they or the connectivity change.

    The time of the mesh is that of the last response about Nodes, so nodes do not become stale during an outage.
    Its threads run until it is closed.
    """

    def __init__(
        self,
        client: Client,
        *,
        topology_label: str = names.TOPOLOGY_LABEL,
        backoff: Callable[[int], float] = exponential_backoff,
        clock: Callable[[float], ServerClock] = ServerClock,
    ) -> None:
        client.connect()
        self.changed = threading.Event()
        self._tracker = ConnectivityTracker(self.changed)
        self._nodes: Store[resources.Node, Node] = Store(
            NodeTranslator(topology_label), _is_news, self._tracker, self.changed, clock=clock
        )
        self._peers: Store[resources.Peer, Peer] = Store(
            EachTranslated(translate_peer), lambda old, new, _: old != new, self._tracker, self.changed
        )
        self._reflectors = (
            Reflector(client, NODE_LIST, self._nodes, backoff),
            Reflector(client, PEER_LIST, self._peers, backoff),
        )
        self._expiry = 0.0
        self._doubted: ServerClock | None = None
        for reflector in self._reflectors:
            reflector.start()

    @property
    def connectivity(self) -> Connectivity:
        """Whether the server is reachable."""
        return self._tracker.connectivity

    @property
    def is_answered(self) -> bool:
        """Whether `mesh` returns or raises at once."""
        return self._nodes.is_answered and self._peers.is_answered

    def mesh(self) -> Mesh:
        """Return the current mesh; raise KgctlError if it was never read completely."""
        nodes, peers = self._nodes.state(), self._peers.state()
        self._expiry = 0.0
        return Mesh.of(nodes.values, peers.values, nodes.as_of, nodes.clock.skew)

    def mind_the_time(self) -> None:
        """Read again when a node becomes stale by time alone, or when the local clock is not reliable.

        Only a response shows whether the node or the connection to the server is silent.
        """
        nodes = self._nodes.state()
        now = nodes.clock.now()
        if self.connectivity.error or self._doubted is nodes.clock:
            return
        if now >= self._expiry:
            self._expiry = _expiry(nodes.values, nodes.as_of)
        if now >= self._expiry or nodes.clock.is_doubtful:
            self._doubted = nodes.clock
            self.refresh()

    def refresh(self) -> None:
        """Read both lists again."""
        for reflector in self._reflectors:
            reflector.refresh()

    def close(self) -> None:
        """End the watches and their threads."""
        for reflector in self._reflectors:
            reflector.close()


def _expiry(nodes: tuple[Node, ...], now: float) -> float:
    """Return the Unix time at which the first of the nodes that are ready `now` becomes stale."""
    return min((node.last_seen + READY_SECONDS for node in nodes if node.is_ready(now)), default=math.inf)


def _is_news(old: Node | None, new: Node | None, now: float) -> bool:
    """Return whether anything changed except the last-seen time of a ready node."""
    return old is None or new is None or not old.is_ready(now) or old.ageless() != new.ageless()

"""The mesh of a cluster, read from its API server."""

import time
from collections.abc import Iterable
from typing import TypeVar

from kgctl_py.k8s import names, wire
from kgctl_py.k8s.api_error import ApiError
from kgctl_py.k8s.background import Background
from kgctl_py.k8s.client import Client, Response
from kgctl_py.k8s.nodes import translate_node
from kgctl_py.k8s.paging import pages
from kgctl_py.k8s.peers import translate_peer
from kgctl_py.mesh.model import Mesh, Node, Peer

CLOCK_TOLERANCE = 5
"""Seconds by which two clocks may differ without it mattering; `Date` itself is a whole second."""

_GONE = 410

L = TypeVar("L", wire.NodeList, wire.PeerList)
V = TypeVar("V", Node, Peer)


class ApiServer:
    """A Backend that asks the API server for all Nodes and all Peers, both at once."""

    def __init__(self, client: Client, *, topology_label: str = names.TOPOLOGY_LABEL) -> None:
        self._client = client
        self._topology_label = topology_label

    def mesh(self) -> Mesh:
        """Read all Nodes and Peers; raise KgctlError when they cannot be had whole."""
        self._client.connect()
        node_pages = Background(lambda: self._pages(names.NODES_PATH, wire.NodeList))
        peer_pages = Background(lambda: self._pages(names.PEERS_PATH, wire.PeerList))
        nodes, peers = node_pages.result(), peer_pages.result()
        skew = _clock_skew(nodes[-1][1])
        return Mesh(
            nodes=_by_name(
                translate_node(raw, self._topology_label) for page, _ in nodes for raw in page.items or ()
            ),
            peers=_by_name(translate_peer(raw) for page, _ in peers for raw in page.items or ()),
            now=time.time() - skew,
            clock_skew=skew,
        )

    def _pages(self, path: str, kind: type[L]) -> list[tuple[L, Response]]:
        try:
            return list(pages(self._client, path, kind, {}))
        except ApiError as error:
            if error.status != _GONE:
                raise
            # it took so long that the server has forgotten the rest of the list
            return list(pages(self._client, path, kind, {}))


def _clock_skew(response: Response) -> float:
    """Give the seconds by which the local clock is ahead of the server's, 0 when they agree."""
    if response.date is None:
        return 0.0
    skew = response.received - response.date
    return skew if abs(skew) > CLOCK_TOLERANCE else 0.0


def _by_name(values: Iterable[V]) -> tuple[V, ...]:
    return tuple(sorted(values, key=lambda value: value.name))

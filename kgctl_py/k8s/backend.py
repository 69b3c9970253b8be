"""The mesh of a cluster, read from its API server."""

import time
from collections.abc import Iterable
from typing import TypeVar

from kgctl_py.k8s import names, wire
from kgctl_py.k8s.background import Background
from kgctl_py.k8s.client import Client
from kgctl_py.k8s.nodes import translate_node
from kgctl_py.k8s.paging import whole_list
from kgctl_py.k8s.peers import translate_peer
from kgctl_py.k8s.server_clock import clock_skew
from kgctl_py.mesh.model import Mesh, Node, Peer

V = TypeVar("V", Node, Peer)


class ApiServer:
    """A Backend that asks the API server for all Nodes and all Peers, both at once."""

    def __init__(self, client: Client, *, topology_label: str = names.TOPOLOGY_LABEL) -> None:
        self._client = client
        self._topology_label = topology_label

    def mesh(self) -> Mesh:
        """Read all Nodes and Peers; raise KgctlError when they cannot be had whole."""
        self._client.connect()
        node_pages = Background(lambda: whole_list(self._client, names.NODES_PATH, wire.NodeList))
        peer_pages = Background(lambda: whole_list(self._client, names.PEERS_PATH, wire.PeerList))
        nodes, peers = node_pages.result(), peer_pages.result()
        skew = clock_skew(nodes[-1][1])
        return Mesh(
            nodes=by_name(
                translate_node(raw, self._topology_label) for page, _ in nodes for raw in page.items or ()
            ),
            peers=by_name(translate_peer(raw) for page, _ in peers for raw in page.items or ()),
            now=time.time() - skew,
            clock_skew=skew,
        )


def by_name(values: Iterable[V]) -> tuple[V, ...]:
    """Give Nodes or Peers in the order of a mesh."""
    return tuple(sorted(values, key=lambda value: value.name))

"""The mesh of a cluster, read from its API server."""

import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from kgctl_py import names
from kgctl_py.kilo import resources
from kgctl_py.kilo.nodes import translate_node
from kgctl_py.kilo.peers import translate_peer
from kgctl_py.kube.client import Client, ResponseTime
from kgctl_py.kube.paging import L, list_pages, retry_expired
from kgctl_py.kube.server_clock import clock_skew
from kgctl_py.kube.transport.background import Background
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
        peers = Background(lambda: self._list(resources.PEERS_PATH, resources.PeerList, translate_peer))
        nodes, response_time = self._list(
            resources.NODES_PATH, resources.NodeList, lambda raw: translate_node(raw, self._topology_label)
        )
        skew = clock_skew(response_time)
        return Mesh(
            nodes=by_name(nodes), peers=by_name(peers.result()[0]), now=time.time() - skew, clock_skew=skew
        )

    def _list(self, path: str, kind: type[L], translate: Callable[[Any], V]) -> tuple[list[V], ResponseTime]:
        return retry_expired(lambda: self._translated(path, kind, translate))

    def _translated(
        self, path: str, kind: type[Any], translate: Callable[[Any], V]
    ) -> tuple[list[V], ResponseTime]:
        """Translate each page while the server makes the next; give all, and the response time of the last."""
        values: list[V] = []
        response_time = ResponseTime(None, 0)
        for page, response_time in list_pages(self._client, path, kind, {}):  # noqa: B007 # the last one counts
            values.extend(map(translate, page.items or ()))
        return values, response_time


def by_name(values: Iterable[V]) -> tuple[V, ...]:
    """Give Nodes or Peers in the order of a mesh."""
    return tuple(sorted(values, key=lambda value: value.name))

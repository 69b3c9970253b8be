"""All Nodes and Peers as the API server gives them, for those who pass them on."""

import time
from typing import Any

from kgctl_py.cluster.api import by_name
from kgctl_py.kilo import resources
from kgctl_py.kilo.nodes import translate_node
from kgctl_py.kilo.peers import translate_peer
from kgctl_py.kube.client import Client, ResponseTime
from kgctl_py.kube.paging import L, list_pages, retry_expired
from kgctl_py.kube.server_clock import clock_skew
from kgctl_py.mesh.model import Mesh
from kgctl_py.value import Value


class Lists(Value, frozen=True, kw_only=True):
    """Both lists, and when they were read, in Unix seconds by the server's clock."""

    nodes: tuple[resources.Node, ...]
    peers: tuple[resources.Peer, ...]
    now: float
    clock_skew: float

    def mesh(self, topology_label: str) -> Mesh:
        """Give the mesh that they make."""
        return Mesh(
            nodes=by_name(translate_node(raw, topology_label) for raw in self.nodes),
            peers=by_name(map(translate_peer, self.peers)),
            now=self.now,
            clock_skew=self.clock_skew,
        )


def read_lists(client: Client) -> Lists:
    """Read all Nodes and Peers; raise KgctlError when they cannot be had whole."""
    peers, _ = retry_expired(lambda: _read(client, resources.PEERS_PATH, resources.PeerList))
    nodes, response_time = retry_expired(lambda: _read(client, resources.NODES_PATH, resources.NodeList))
    skew = clock_skew(response_time)
    return Lists(nodes=tuple(nodes), peers=tuple(peers), now=time.time() - skew, clock_skew=skew)


def _read(client: Client, path: str, kind: type[L]) -> tuple[list[Any], ResponseTime]:
    items: list[Any] = []
    response_time = ResponseTime(None, 0)
    for page, response_time in list_pages(client, path, kind, {}):  # noqa: B007 # the last one counts
        items.extend(getattr(page, "items", None) or ())
    return items, response_time

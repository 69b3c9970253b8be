"""What the agents of a mesh do: they remember Nodes by name and Peers by public key, and apply each change.

kilo pkg/mesh/mesh.go: an update forgets the key that the Peer had before, a deletion the key that it had, whoever
else has it; only the resync of the informer, after up to five minutes, reads all Peers again. Here the resync
comes when it is called for. All agents of a mesh see the same events in the same order: one memory does for all.
"""

import time

from kgctl_py.kilo import resources
from kgctl_py.mesh.topology import Topology
from kgctl_py.names import PREFIX
from tests import in_memory
from tests.tunnel.cluster import Manifest, Node
from tests.tunnel.peering.interface import Interface
from tests.tunnel.peering.mesh import Mesh
from tests.tunnel.peering.watch import Event, Watch


class Agents:
    """The agents of the nodes of one mesh; they act when `catch_up` or `resync` is called."""

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh
        self._interfaces = {name: Interface(node, mesh.lan_device(node)) for name, node in mesh.nodes.items()}
        self._nodes: dict[str, Manifest] = {}
        self._peers: dict[str, Manifest] = {}
        self._node_watch = Watch(mesh.server, resources.NODES_PATH)
        self._peer_watch = Watch(mesh.server, resources.PEERS_PATH)
        self.forgotten: list[str] = []
        """The name of each Peer whose key the agents did not know after some event, though it was there."""

    def close(self) -> None:
        """End the watches."""
        self._node_watch.close()
        self._peer_watch.close()

    def catch_up(self) -> None:
        """Apply all that happened, event by event, and tell what was heard; twice, to apply what was told."""
        for _ in range(2):
            self._mesh.put(*self._told())
            for event in self._node_watch.events():
                self._see_node(event)
            for event in self._peer_watch.events():
                self._see_peer(event)
            self._apply()

    def begin_anew(self) -> None:
        """Return up all sessions, and what was forgotten; the next call of `catch_up` brings new ones."""
        for interface in self._interfaces.values():
            interface.begin_anew()
        self.forgotten.clear()

    def resync(self) -> None:
        """Read each Peer anew, as every agent does after five minutes."""
        for peer in list(self._peer_watch.objects.values()):
            self._see_peer(Event("MODIFIED", peer, peer))

    def keys(self, node: Node) -> set[str]:
        """Return the key of each peer that the interface of a node has."""
        return self._interfaces[node.name].keys()

    def _see_node(self, event: Event) -> None:
        name = event.new["metadata"]["name"]
        before = self._nodes.pop(name, None)
        if event.kind != "DELETED":
            self._nodes[name] = event.new
        if _compared(before) != _compared(self._nodes.get(name)):
            self._apply()

    def _see_peer(self, event: Event) -> None:
        """Do as syncPeers does."""
        key, before = event.new["spec"]["publicKey"], dict(self._peers)
        if event.kind == "DELETED":
            self._peers.pop(key, None)
        else:
            if event.old:
                self._forget_old(event.old["spec"]["publicKey"], key)
            self._peers[key] = event.new
        self.forgotten += [
            name for name, peer in self._peer_watch.objects.items() if peer["spec"]["publicKey"] not in self._peers
        ]
        if {k: p["spec"] for k, p in before.items()} != {k: p["spec"] for k, p in self._peers.items()}:
            self._apply()

    def _forget_old(self, old: str, new: str) -> None:
        if old != new:
            self._peers.pop(old, None)

    def _apply(self) -> None:
        cluster = in_memory.Cluster(list(self._nodes.values()), list(self._peers.values()), now=time.time())
        topology = cluster.topology(self._mesh.granularity)
        for segment in topology.segments:
            leader, *followers = sorted(
                (self._mesh.nodes[node.name] for node in segment.nodes),
                key=lambda node: node.name != segment.leader.name,
            )
            leaders = (other.leader.name for other in topology.segments if other is not segment)
            beside = (self._mesh.nodes[name] for name in leaders if topology.are_neighbours(segment, name))
            self._lead(leader, [*followers, *beside], cluster, topology)
            for follower in followers:
                follower.wireguard_ip = ""
                interface = self._interfaces[leader.name]
                others = (other.pod_cidr for other in followers if other is not follower)
                self._interfaces[follower.name].follow(leader, (*interface.cidrs(), *others))

    def _lead(self, leader: Node, neighbours: list[Node], cluster: in_memory.Cluster, topology: Topology) -> None:
        leader.wireguard_ip = str(topology.interface_address(leader.name))
        granularity = ("--mesh-granularity", self._mesh.granularity)  # each agent takes its own for that of all
        result = cluster.kgctl("showconf", "node", leader.name, *granularity)
        assert result.exit_code == 0, result.stderr
        interface = self._interfaces[leader.name]
        interface.lead(result.stdout, leader.wireguard_ip, peers=self._peers, neighbours=neighbours)

    def _told(self) -> list[Manifest]:
        """Return the Nodes with what each agent has heard: of peers, and of nodes that roam."""
        roaming = {node.key.public for node in self._mesh.nodes.values() if node.keepalive}
        for node in self._mesh.nodes.values():
            heard = self._interfaces[node.name].handshakes() if node.alive else {}
            node.discovered = {k: _endpoint(at) for k, at in heard.items() if k in roaming or k in self._peers}
        return list(self._mesh.manifests())


def _compared(node: Manifest | None) -> object:
    """Return what nodesAreEqual compares: not when the node was last seen, nor the WireGuard IP it was given."""
    passing = {f"{PREFIX}last-seen", f"{PREFIX}wireguard-ip"}
    return node and {k: v for k, v in node["metadata"]["annotations"].items() if k not in passing}


def _endpoint(text: str) -> Manifest:
    ip, _, port = text.rpartition(":")
    return {"IP": ip, "Port": int(port), "Zone": ""}

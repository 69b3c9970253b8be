"""A cluster with Kilo: three nodes in two locations, and the API server that has their Nodes."""

import dataclasses
from collections.abc import Collection, Iterator

from kgctl_py.kilo import resources
from kgctl_py.mesh.nodes_and_peers import Granularity
from tests.api.server import ApiServerProcess
from tests.tunnel.cluster import KeyPair, Manifest, Node, OnApiServer, peer
from tests.tunnel.host import until
from tests.tunnel.lab import Lab
from tests.tunnel.peering.router import LAST, Router, home
from tests.tunnel.plan import KEEPALIVE, PORT

_CUT_OFF = "table inet cut { chain everything { type filter hook output priority -300; policy drop; }; }"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The addresses of a mesh, which has the number `number`."""

    name: str
    number: int
    public: str
    locations: tuple[str, str]
    behind_nat: bool = False
    """Whether the second location is behind NAT."""

    def lan(self, location: int) -> str:
        """Return the form of a location's addresses."""
        return f"10.{self.number}{location}.0.{{}}"

    def pods(self, node: int) -> str:
        """Return the form of the addresses of a node's pods."""
        return f"10.{40 + self.number}.{node}.{{}}"

    @property
    def services(self) -> str:
        """The Service CIDR."""
        return f"10.{90 + self.number}.0.0/16"

    @property
    def dns(self) -> str:
        """The address of the cluster's DNS."""
        return f"10.{90 + self.number}.0.10"

    @property
    def web(self) -> str:
        """The address of a Service."""
        return f"10.{90 + self.number}.0.80"

    @property
    def subnet(self) -> str:
        """The Kilo subnet, by its first address."""
        return f"10.{70 + self.number}.0.1/16"


AWS = Plan(name="aws", number=1, public="203.0.113.{}", locations=("east", "west"))
EDGE = Plan(name="edge", number=2, public="198.51.100.{}", locations=("berlin", "home"), behind_nat=True)
LAKE = Plan(name="lake", number=3, public="192.0.2.{}", locations=("north", "south"))


class Mesh:
    """The nodes NAME-1 and NAME-2 of the first location, of which the first leads, and NAME-3 of the second."""

    def __init__(self, lab: Lab, router: Router, server: ApiServerProcess, plan: Plan) -> None:
        self.lab = lab
        self.server = server
        self.plan = plan
        self.granularity = Granularity.LOCATION
        router.joins(plan.name, plan.public)
        if plan.behind_nat:
            home(lab, plan.locations[1], plan.lan(2), plan.name, plan.public)
        self._first_nodes = tuple(map(self._node, (1, 2, 3)))
        self.nodes = {node.name: dataclasses.replace(node) for node in self._first_nodes}
        self._cluster = OnApiServer(server, dns=plan.dns, services=plan.services)
        self.put(*self.manifests())

    def manifests(self) -> Iterator[Manifest]:
        """Return the Nodes as they are now."""
        for node in self.nodes.values():
            node.granularity = self.granularity
            yield node.manifest()

    def node(self, number: int) -> Node:
        """Return the node of that number."""
        return self.nodes[f"{self.plan.name}-{number}"]

    def lan_device(self, node: Node) -> str:
        """Return the interface of a node to its location."""
        behind_nat = self._is_behind_nat(int(node.name.rpartition("-")[2]))
        return f"{self.plan.locations[1] if behind_nat else self.plan.name}0"

    @property
    def living(self) -> list[Node]:
        """The nodes that are not lost."""
        return [node for node in self.nodes.values() if node.alive]

    def peers(self) -> dict[str, Manifest]:
        """Return the Peers of the API server by name."""
        return {m["metadata"]["name"]: m for m in self.server.request("GET", resources.PEERS_PATH)["items"]}

    def put(self, *manifests: Manifest) -> None:
        """Create or replace these objects on the API server."""
        self._cluster.put(manifests)

    def delete(self, peer: str) -> None:
        """Delete a Peer."""
        self.server.request("DELETE", f"{resources.PEERS_PATH}/{peer}")

    def peer_by_hand(self, number: int, name: str = "") -> Manifest:
        """Return the Peer by which another mesh knows the location that the node leads, named as the node is."""
        leader = self.node(number)
        nodes = (node for node in self.nodes.values() if node.location == leader.location)
        cidrs = [cidr for node in nodes for cidr in (node.pod_cidr, f"{_ip(node.internal_ip)}/32")]
        endpoint = {"dnsOrIP": {"ip": _ip(leader.endpoint)}, "port": PORT}
        spec = {} if self._is_behind_nat(number) else {"endpoint": endpoint}
        return peer(name or leader.name, leader.key.public, *cidrs, f"{_ip(leader.wireguard_ip)}/32", **spec)

    def lose(self, number: int) -> None:
        """Cut a node off from everything, and let it have been silent for minutes."""
        node = self.node(number)
        node.alive = False
        node.host.run("nft", _CUT_OFF)

    def find(self, number: int) -> None:
        """Have a lost node back."""
        node = self.node(number)
        node.alive = True
        node.host.run("nft", "delete table inet cut")

    def restore(self, granularity: Granularity) -> None:
        """Have the nodes as they were at first, but for what they heard, and no Peers."""
        for number in (1, 2, 3):
            if not self.node(number).alive:
                self.find(number)
        for first in self._first_nodes:
            node = self.nodes[first.name]
            heard = node.discovered
            for field in dataclasses.fields(first):
                setattr(node, field.name, getattr(first, field.name))
            node.discovered = heard
        self.granularity = granularity
        self.server.request("DELETE", resources.PEERS_PATH)
        self.put(*self.manifests())

    def _is_behind_nat(self, number: int) -> bool:
        return self.plan.behind_nat and number == 3

    def _node(self, number: int) -> Node:
        plan, location = self.plan, 1 + number // 3
        name, behind_nat = f"{plan.name}-{number}", self._is_behind_nat(number)
        host = self.lab.host(name)
        internal = f"{plan.lan(location).format(number)}/24"
        network = plan.locations[1] if behind_nat else plan.name
        addresses = (internal,) if behind_nat else (f"{plan.public.format(number)}/24", internal)
        self.lab.join(host, network, *addresses)
        host.route("default", via=(plan.lan(2) if behind_nat else plan.public).format(LAST))
        pod = plan.pods(number).format(2)
        host.address(f"{pod}/32", f"{plan.web}/32")
        host.forward()
        host.serve_tcp(plan.web, 80)
        return Node(
            name=name,
            location=plan.locations[location - 1],
            host=host,
            key=KeyPair.make(self.lab.folder / f"{name}.key"),
            endpoint=f"{(plan.lan(2) if behind_nat else plan.public).format(number)}:{PORT}",
            internal_ip=internal,
            pod=pod,
            pod_cidr=plan.pods(number).format(0) + "/24",
            leader=number == 1,
            keepalive=KEEPALIVE,
            wireguard_ip=plan.subnet if number == 1 else "",
        )


def unreachable(sources: Collection[Node], targets: Collection[Node], within: float = 45) -> list[str]:
    """Return each pair of pods of different nodes for which no ping gets an answer in time."""
    missing: list[str] = []

    def all_answer() -> bool:
        missing[:] = [pair for node in sources for pair in _unanswered(node, targets)]
        return not missing

    until(all_answer, within)
    return missing


def _unanswered(node: Node, targets: Collection[Node]) -> list[str]:
    pods = " ".join(target.pod for target in targets if target is not node)
    ask = f"for pod in {pods}; do ping -nqc1 -W1 -I {node.pod} $pod >/dev/null || echo $pod & done; wait"
    return [f"{node.name} {node.pod} -> {pod}" for pod in node.host.run("sh", "-c", ask).split()]


def _ip(text: str) -> str:
    return text.partition("/")[0].partition(":")[0]

"""The WireGuard interface and the routes of one node, brought in line with a configuration as kg does it."""

from collections.abc import Container, Iterable

from kgctl_py import wireguard
from kgctl_py.mesh.address import IPInterface
from kgctl_py.wireguard.parse import parse_conf
from tests.tunnel.cluster import Node
from tests.tunnel.host import until
from tests.tunnel.plan import INTERFACE

_ROUTES = "17"
"""The protocol of all routes that are made here."""


class Interface:
    """The interface of a node, which only a leader has, and its routes."""

    def __init__(self, node: Node, lan_device: str) -> None:
        self._node = node
        self._lan_device = lan_device
        self._address = ""
        self._routes: dict[str, str] = {}
        self._begins_anew = False

    @property
    def is_up(self) -> bool:
        """Whether the node has led since it followed."""
        return bool(self._address)

    def lead(self, conf: str, address: str, *, peers: Container[str], neighbours: Iterable[Node]) -> None:
        """Have the interface that `conf` says; if it differs, all peers are replaced (kilo pkg/wireguard/conf.go).

        `peers` are the keys of Peers; the pods of `neighbours` are reached without a tunnel.
        """
        whole = conf.replace("[Interface]\n", f"[Interface]\nPrivateKey = {self._node.key.file.read_text()}", 1)
        wanted = parse_conf(whole).conf
        self._set_address(address)
        tunnel = f"dev {INTERFACE} src {_ip(self._node.internal_ip)}"
        routes = {str(cidr): tunnel for peer in wanted.peers for cidr in _routed(peer, peers)}
        # First the routes: else a handshake may be quicker, and wireguard-go remembers by which interface it came.
        self._set_routes({**routes, **{other.pod_cidr: self._via(other) for other in neighbours}})
        if self._begins_anew or not _equal(wanted, self._all()):
            self._begins_anew = False
            file = self._node.key.file.with_suffix(".conf")
            file.write_text(whole)
            self._node.host.wg("setconf", INTERFACE, file)

    def begin_anew(self) -> None:
        """Return up all sessions when a configuration comes next."""
        self._begins_anew = True

    def follow(self, leader: Node, cidrs: Iterable[str]) -> None:
        """Send what is for `cidrs` to the leader."""
        if self.is_up:
            self._node.host.run("ip", "link", "delete", INTERFACE)
            assert until(lambda: INTERFACE not in self._node.host.wg("show", "interfaces"))
            self._address = ""
            self._routes = self._routes_outside()
        self._set_routes(dict.fromkeys((*cidrs, leader.pod_cidr), self._via(leader)))

    def handshakes(self) -> dict[str, str]:
        """Return the endpoint of each key with which there was a handshake."""
        return {fields[0]: fields[2] for fields in self._dump() if fields[4] != "0"}

    def keys(self) -> set[str]:
        """Return the key of each peer that the interface has."""
        return {fields[0] for fields in self._dump()}

    def cidrs(self) -> list[str]:
        """Return what is sent into the tunnel."""
        return [cidr for cidr, target in self._routes.items() if INTERFACE in target]

    def _set_address(self, address: str) -> None:
        host = self._node.host
        if not self.is_up:
            host.start_wireguard(INTERFACE)
            host.run("ip", "link", "set", "dev", INTERFACE, "mtu", "1420", "up")
        if address != self._address:
            host.run("ip", "address", "flush", "dev", INTERFACE)  # with the last address all routes go
            self._routes = self._routes_outside()
            host.address(address, device=INTERFACE)
            self._address = address

    def _set_routes(self, routes: dict[str, str]) -> None:
        changes = [f"delete {cidr}" for cidr in self._routes.keys() - routes.keys()]
        changes += [f"replace {cidr} {to}" for cidr, to in routes.items() if self._routes.get(cidr) != to]
        if changes:
            self._node.host.run("sh", "-ec", "\n".join(f"ip route {one} protocol {_ROUTES}" for one in changes))
        self._routes = routes

    def _via(self, neighbour: Node) -> str:
        return f"via {_ip(neighbour.internal_ip)} dev {self._lan_device} onlink"

    def _routes_outside(self) -> dict[str, str]:
        return {cidr: to for cidr, to in self._routes.items() if INTERFACE not in to}

    def _dump(self) -> list[list[str]]:
        return self._all()[1:]

    def _all(self) -> list[list[str]]:
        if not self.is_up:
            return []
        return [line.split("\t") for line in self._node.host.wg("show", INTERFACE, "dump").splitlines()]


def _equal(conf: wireguard.Conf, dump: list[list[str]]) -> bool:
    """Return whether the interface has what the configuration says, learned endpoints included."""
    (private_key, _, port, _), *peers = dump
    there = {f[0]: (f[1], f[2], frozenset(f[3].split(",")), f[7]) for f in peers}
    interface = conf.interface
    assert interface is not None
    own = (str(interface.private_key), str(interface.listen_port))
    return own == (private_key, port) and there == {str(peer.public_key): _fields(peer) for peer in conf.peers}


def _fields(peer: wireguard.Peer) -> tuple[str, str, frozenset[str], str]:
    psk, endpoint = (str(value) if value else "(none)" for value in (peer.preshared_key, peer.endpoint))
    allowed_ips = frozenset(map(str, peer.allowed_ips)) or frozenset({"(none)"})
    return psk, endpoint, allowed_ips, str(peer.persistent_keepalive or "off")


def _routed(peer: wireguard.Peer, peers: Container[str]) -> Iterable[IPInterface]:
    """Return what is routed into the tunnel: of a segment all but its endpoint (kilo pkg/mesh/routes.go)."""
    endpoint = None if str(peer.public_key) in peers else peer.endpoint
    return (cidr for cidr in peer.allowed_ips if endpoint is None or cidr.ip != endpoint.ip)


def _ip(cidr: str) -> str:
    return cidr.partition("/")[0]

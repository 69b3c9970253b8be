"""A world built: hosts in namespaces, bridges, NAT, and the WireGuard and routes that kg would set."""

import concurrent.futures
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.mesh.routing.agent_flags import Encapsulate
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.wireguard_conf import wireguard_conf
from kgctl_py.value import replace
from kgctl_py.wireguard.parse import parse_conf
from tests.cli.kgctl import kgctl
from tests.tunnel.host import Host, kernel_has_wireguard
from tests.worlds import kilo_rules, proxy_rules
from tests.worlds.addressed import Addressed, AddressedCluster
from tests.worlds.kilo_rules import WIREGUARD
from tests.worlds.sites import APART, PORT, ROUTER, LocationSite, NodeSite, PeerSite, subnet_of

INTERNET, INSIDE = "net0", "lan0"
"""The devices of a host on the internet, and in the network of its location or its home."""
_PROBE = Path(__file__).with_name("probe.py")
_PYTHON = (sys.executable, "-I", "-S")


class World:
    """The hosts of a world, gone at the end of the `with` block."""

    def __init__(self, addressed: Addressed) -> None:
        self.addressed = addressed
        self._stack = contextlib.ExitStack()
        self._pool = concurrent.futures.ThreadPoolExecutor(6)
        self._cables: list[str] = []
        self._scripts: dict[str, list[str]] = {}
        self._is_up: set[str] = set()
        self.hosts: dict[str, Host] = {}

    def __enter__(self) -> "World":
        self._stack.enter_context(self._pool)
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="kgctl-world-")))
        try:
            self._wire()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _wire(self) -> None:
        """Start all hosts, plug them in, and give them their addresses."""
        names = ["switch", *self._names()]
        for name, host in zip(names, self._pool.map(Host, names), strict=True):
            self._stack.callback(host.stop)
            self.hosts[name] = host
        self._bridge("internet")
        for location in self.addressed.locations:
            self._locate(location)
        for node in self.addressed.nodes:
            self._node(node)
        for peer in self.addressed.peers:
            self._peer(peer)
        self._plug_in()
        self._run(self._scripts)
        for name in self._names():
            self.hosts[name].background(*_PYTHON, _PROBE, "serve", name)

    def _names(self) -> Iterator[str]:
        for location in self.addressed.locations:
            yield from (f"router-{location.index}",) if location.plan.nat else ()
            yield from (f"lan-{location.index}",) if location.plan.lan else ()
        yield from (node.name for node in self.addressed.nodes)
        for peer in self.addressed.peers:
            yield from (peer.name, f"home-{peer.name}") if peer.plan.nat else (peer.name,)

    def _bridge(self, network: str) -> None:
        self._cables.append(f"link add name {network} type bridge mcast_snooping 0")
        self._cables.append(f"link set dev {network} up")

    def _join(self, name: str, network: str, device: str, *addresses: str) -> None:
        port = f"port{len(self._cables)}"
        self._cables.append(f"link add name {port} type veth peer name {device} netns {self.hosts[name].pid}")
        self._cables.append(f"link set dev {port} master {network} up")
        self._say(name, f"ip link set dev {device} up")
        self._say(name, *(f"ip address add {one} dev {device}" for one in dict.fromkeys(addresses)))

    def _say(self, name: str, *lines: str) -> None:
        self._scripts.setdefault(name, []).extend(lines)

    def _router(self, name: str, network: str, inside: str, outside: str, listener: str = "") -> None:
        """Put a router with NAT before a network: unasked, only packets for a WireGuard listener get in."""
        self._join(name, network, INSIDE, f"{inside}/24")
        self._join(name, "internet", INTERNET, f"{outside}/24")
        nat = f"chain out {{ type nat hook postrouting priority srcnat; oifname {INTERNET} masquerade; }}"
        refused = f"ct status dnat accept; iifname {INTERNET} ct state new drop"
        to_listener = f"iifname {INTERNET} udp dport {PORT} dnat to {listener}" if listener else ""
        pre = f"chain pre {{ type nat hook prerouting priority dstnat; {to_listener}; }};" if listener else ""
        shut = f"chain in {{ type filter hook forward priority filter; {refused}; }}"
        own = f"chain own {{ type filter hook input priority filter; {refused}; }}"
        self._say(
            name, "sysctl -qw net.ipv4.ip_forward=1", f"nft 'table ip home {{ {nat}; {pre} {shut}; {own}; }}'"
        )

    def _locate(self, location: LocationSite) -> None:
        network, index = f"loc{location.index}", location.index
        self._bridge(network)
        if location.plan.nat:
            self._router(f"router-{index}", network, location.gateway, f"203.0.113.{200 + index}")
            self._say(f"router-{index}", *_routes_on_link(location, location.lan, (False,)))
        if location.plan.lan:
            self._join(f"lan-{index}", network, INSIDE, f"{location.host}/{_bits(location.ipv6)}")

    def _node(self, node: NodeSite) -> None:
        lan_ips = f"{node.lan_ip}/{_bits(node.ipv6)}", f"{node.lan_ipv4}/24"
        self._join(node.name, f"loc{node.location.index}", INSIDE, *lan_ips)
        self._say(node.name, *_routes_on_link(node.location, node.lan, (node.ipv6, False)))
        if node.internet_ip:
            self._join(node.name, "internet", INTERNET, f"{node.internet_ip}/24")
        else:
            self._say(node.name, f"ip route add default via {node.location.gateway}")
        pods = [node.pod, *([node.second_pod] if node.plan.second_pod_cidr else [])]
        self._say(node.name, *(f"ip address add {pod} dev lo" for pod in pods))
        off = "for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 >$f; done"
        self._say(node.name, "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1", off)

    def _peer(self, peer: PeerSite) -> None:
        if peer.plan.nat:
            home = f"home{peer.number}"
            self._bridge(home)
            own = f"192.168.{100 + peer.number}.1"
            gateway, listener = f"192.168.{100 + peer.number}.{ROUTER}", own if peer.plan.listens else ""
            self._router(f"home-{peer.name}", home, gateway, peer.internet_ip, listener)
            self._join(peer.name, home, INSIDE, f"{own}/24")
            self._say(peer.name, f"ip route add default via 192.168.{100 + peer.number}.{ROUTER}")
        else:
            self._join(peer.name, "internet", INTERNET, f"{peer.internet_ip}/24")
        if peer.plan.network:
            self._say(peer.name, f"ip address add {peer.network_host} dev lo")

    def _plug_in(self) -> None:
        batch = self.folder / "cables"
        batch.write_text("\n".join(self._cables) + "\n")
        switch = self.hosts["switch"]  # in the machine's process namespace, where the hosts' numbers are known
        subprocess.run(("nsenter", f"--target={switch.pid}", "--net", "ip", "-batch", str(batch)), check=True)

    def _run(self, scripts: Mapping[str, Iterable[str]]) -> None:
        """Run a script on each host, on all at once."""

        def run(one: tuple[str, Iterable[str]]) -> None:
            self.hosts[one[0]].run("sh", "-ec", "\n".join(one[1]), timeout=180)

        for _ in self._pool.map(run, scripts.items()):
            pass

    def configure(self, cluster: AddressedCluster, topology: Topology) -> None:
        """Do on each node of a cluster what its agent does, and on each of its peers what wg-quick does."""
        (self.folder / f"{cluster.number}.json").write_text(cluster.cluster().as_list())
        scripts = {node.name: [*self._of_node(topology, node)] for node in cluster.nodes}
        scripts |= {
            peer.name: [*self._interface(topology, peer.name, peer.cluster, "peer")] for peer in cluster.peers
        }
        sites = {node.name: node for node in cluster.nodes}
        declared = {site.network: site.index for site in self.addressed.locations if site.plan.lan}
        for segment in topology.segments:
            lans = (cidr for cidr in segment.allowed_location_ips if str(cidr) in declared)
            for cidr in lans:
                leader = sites[segment.leader.name]
                gateway = f"via {leader.lan_ip} dev {INSIDE} onlink"
                scripts[f"lan-{declared[str(cidr)]}"] = [
                    f"ip {'-6' if leader.ipv6 else '-4'} route replace default {gateway}"
                ]
                for one in segment.nodes:
                    scripts[one.name].append(f"ip route replace {cidr.masked()} dev {INSIDE}")
        self._run(scripts)

    def _of_node(self, topology: Topology, node: NodeSite) -> Iterator[str]:
        if topology.segment_of(node.name).leader.name == node.name:
            yield from self._interface(topology, node.name, node.location.cluster, "node")
        device = INTERNET if node.only_public else INSIDE
        plan = self.addressed.clusters[node.location.cluster].plan
        if plan.encapsulate is Encapsulate.ALWAYS and topology.granularity is not Granularity.CROSS:
            yield from kilo_rules.tunnel(topology, node)
            device = kilo_rules.TUNNEL
        yield from kilo_rules.commands(topology, node, device)
        yield from kilo_rules.local_routes(topology, node, device)
        for version, family in kilo_rules.FAMILIES.items():
            yield f"nft delete table {family} kilo 2>/dev/null || true"
            yield f"nft '{kilo_rules.nat(topology, node, version, masquerades=plan.masquerades)}'"
        direct = INTERNET if node.only_public else INSIDE
        yield from proxy_rules.commands(self.addressed.clusters[node.location.cluster], node.name, direct)

    def _interface(self, topology: Topology, name: str, cluster: int, kind: str) -> Iterator[str]:
        """Set an interface to what `showconf` prints: of a peer as wg-quick does, with the routes; kg has its own.

        Of a node that is the plain configuration: kg also sets the allowed IPs that wg-quick could not route.
        """
        key = self.folder / f"{name}.key"
        key.write_text(f"{self.addressed.private[name]}\n")
        key.chmod(0o600)
        whole: tuple[str, ...] = ()
        if kind == "peer":
            has = any(peer.name == name and peer.plan.services for peer in self.addressed.peers)
            services = self.addressed.clusters[cluster].service_cidr if has else "none"
            whole = ("-o", "wg-quick", "--private-key", str(key), "--services", services)
        command = ("--from-file", str(self.folder / f"{cluster}.json"), "showconf", kind, name, *whole)
        done = kgctl(*command)
        assert done.exit_code == 0, done.stderr
        conf = parse_conf(done.stdout).conf
        interface = conf.interface
        assert interface
        if kind == "node":
            address = topology.interface_address(name)
            interface = replace(interface, private_key=self.addressed.private[name], addresses=(address,))
        elif any(peer.name == name and peer.plan.listens for peer in self.addressed.peers):
            interface = replace(interface, listen_port=PORT)
        plain = replace(conf, interface=replace(interface, addresses=(), dns=(), mtu=None, table=""))
        file = self.folder / f"{name}.conf"
        file.write_text(wireguard_conf(plain))
        if name in self._is_up:
            yield f"wg syncconf {WIREGUARD} {file}"
        else:
            self._is_up.add(name)
            created = (
                f"ip link add {WIREGUARD} type wireguard"
                if kernel_has_wireguard()
                else f"wireguard-go {WIREGUARD}"
            )
            yield f"{created} >/dev/null 2>&1"
            yield from (f"ip address add {address} dev {WIREGUARD}" for address in interface.addresses)
            yield f"wg setconf {WIREGUARD} {file}"
            yield f"ip link set dev {WIREGUARD} mtu 1420 up"
        if kind == "peer":
            cidrs = {cidr.masked() for peer in conf.peers for cidr in peer.allowed_ips}
            yield from (f"ip route replace {cidr} dev {WIREGUARD}" for cidr in sorted(cidrs))

    def heard(self, cluster: AddressedCluster) -> dict[str, dict[str, Any]]:
        """Give where leaders hear others that have a keepalive (kilo pkg/mesh/mesh.go, discoverNATEndpoints)."""
        keys = cluster.callable_keys()
        found: dict[str, dict[str, Any]] = {}
        for node in cluster.nodes:
            if node.name in self._is_up:
                lines = self.hosts[node.name].wg("show", WIREGUARD, "dump").splitlines()[1:]
                rows = [line.split("\t") for line in lines]
                heard = {row[0]: row[2].rpartition(":") for row in rows if row[4] != "0" and row[0] in keys}
                found[node.name] = {
                    key: {"IP": ip, "Port": int(port), "Zone": ""} for key, (ip, _, port) in heard.items()
                }
        return found

    def probes(self, wanted: Mapping[str, list[tuple[str, ...]]]) -> dict[str, list[str]]:
        """Send packets from hosts, each from an address to another; give the name of who answered, or `-`."""

        def asked(one: tuple[str, list[tuple[str, ...]]]) -> list[str]:
            name, lines = one
            file = self.folder / f"{name}.probes"
            file.write_text("".join(" ".join(line) + "\n" for line in lines))
            return self.hosts[name].run(*_PYTHON, _PROBE, "probe", file, timeout=180).split()

        with concurrent.futures.ThreadPoolExecutor(max(1, len(wanted))) as pool:
            return dict(zip(wanted, pool.map(asked, wanted.items()), strict=True))


def _routes_on_link(location: LocationSite, own: int, families: Iterable[bool]) -> Iterator[str]:
    """Give the routes to the other subnet of a location, which is on the same link."""
    other = location.lan if own != location.lan else location.lan + APART
    for ipv6 in dict.fromkeys(families):
        yield f"ip route add {subnet_of(ipv6, 1, other)} dev {INSIDE}"


def _bits(ipv6: bool) -> int:
    """Return the length of the prefix of a network."""
    return 64 if ipv6 else 24

"""Problems of this machine's tunnel, compared with the mesh."""

from collections.abc import Iterable, Iterator, Mapping

from kgctl_py import wireguard
from kgctl_py.duration_text import elapsed
from kgctl_py.findings import Finding, Kind, Subject
from kgctl_py.findings.codes_and_fixes import Code
from kgctl_py.mesh.address import IPInterface, host_addresses
from kgctl_py.mesh.member_configurations import peer_conf
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import Value, field
from kgctl_py.wireguard.conf import find_loops, without_loops
from kgctl_py.wireguard.device import REJECT_AFTER_SECONDS, DevicePeer

_ABOUT_MESH = {Code.LOCAL_KEY, Code.LOCAL_ADDRESS, Code.LOCAL_PEERS, Code.LOCAL_HANDSHAKE, Code.LOCAL_QUIET}
_ABOUT_TRAFFIC = {Code.LOCAL_HANDSHAKE, Code.LOCAL_QUIET, Code.LOCAL_ROUTE, Code.LOCAL_DNS}
_ABOUT_STATE = {Code.LOCAL_NONE, Code.LOCAL_DOWN}
_ABOUT_INTERFACE = {Code.LOCAL_ROUTE, Code.LOCAL_SERVICES, Code.LOCAL_DNS}


class Local(Value, frozen=True, kw_only=True):
    """The tunnel of this machine: its interface, and the results of tests at the Unix time `now`."""

    interface: str = ""
    missing: str = ""
    """Why the interface could not be read; all other fields are empty then."""
    missing_hint: str = ""
    """How to find the interface, or to get permission to read it."""
    is_file: bool = False
    """Whether it is only a configuration in a file, which was not tested; `interface` is its name."""
    up: bool = True
    public_key: wireguard.Key | None = None
    addresses: tuple[IPInterface, ...] = ()
    peers: tuple[DevicePeer, ...] = ()
    now: float = 0.0
    astray: Mapping[IPInterface, str] = field(default_factory=dict)
    """The allowed IPs that are not routed through the interface, and their actual routes."""
    tried: frozenset[wireguard.Key] = frozenset()
    """The keys of the peers to which kgctl sent a packet."""
    services: tuple[IPInterface, ...] = ()
    dns: Mapping[str, str] = field(default_factory=dict)
    """The tested name servers of the cluster, and why each did not answer; empty if it did."""

    @property
    def subject(self) -> Subject:
        """The interface, or the machine if there is no interface, as the subject of findings."""
        if self.is_file:
            return Subject(Kind.FILE, self.interface)
        return Subject(Kind.INTERFACE, self.interface) if self.interface else Subject(Kind.MACHINE)


def about_local(local: Local, mesh: Mesh | None, topology: Topology | None) -> tuple[Finding, ...]:
    """Return the findings about the interface; without a mesh, only those that do not need one."""
    if local.missing:
        return (_finding(local, Code.LOCAL_NONE, local.missing, local.missing_hint),)
    findings = [*_down(local), *_astray(local), *_services(local), *_dns(local)]
    if mesh and topology:
        findings += _identity(local, mesh, topology)
        findings += _differing(local, mesh, topology)
        findings += () if local.is_file else _handshakes(local, topology)
    return tuple(findings)


def unjudged_locally(local: Local, mesh: Mesh | None, topology: Topology | None) -> Mapping[Code, str]:
    """Return the codes that could not be checked, and why."""
    if local.missing:
        return dict.fromkeys(_ABOUT_INTERFACE | _ABOUT_MESH, "no interface to check")
    unjudged: dict[Code, str] = {}
    if mesh is None or topology is None:
        unjudged |= dict.fromkeys(_ABOUT_MESH, "the mesh is unknown")
    elif _used_peer(local, mesh, topology) is None:
        unjudged[Code.LOCAL_PEERS] = "no Peer that Kilo uses has its public key"
    if not local.services:
        unjudged[Code.LOCAL_SERVICES] = "the Service CIDR is unknown"
    if not local.dns:
        unjudged[Code.LOCAL_DNS] = "the cluster DNS is unknown, or no tunnel leads to it"
    if local.is_file:
        unjudged |= dict.fromkeys(_ABOUT_STATE | _ABOUT_TRAFFIC, "it is a file, not an interface")
    if not local.up:
        unjudged |= dict.fromkeys((Code.LOCAL_ROUTE, Code.LOCAL_DNS), "the interface is down")
    return unjudged


def peer_of(local: Local, mesh: Mesh) -> Peer | None:
    """Return the Peer of this machine."""
    return next((peer for peer in mesh.peers if peer.public_key and peer.public_key == local.public_key), None)


def _used_peer(local: Local, mesh: Mesh, topology: Topology) -> Peer | None:
    peer = peer_of(local, mesh)
    return peer if peer and peer.name in topology.given_peers else None


def _down(local: Local) -> Iterator[Finding]:
    if not local.up:
        yield _finding(local, Code.LOCAL_DOWN, "it is down")


def _identity(local: Local, mesh: Mesh, topology: Topology) -> Iterator[Finding]:
    peer = peer_of(local, mesh)
    if peer is None and not _leads(local, topology):
        what = f"no Peer has its public key {local.public_key}" if local.public_key else "it has no key"
        yield _finding(local, Code.LOCAL_KEY, what)
    if peer is None:
        return
    if peer.why_not_ready():
        message = f'Kilo skips its Peer "{peer.name}": {peer.why_not_ready()}'
        command = "kgctl check --section peers --verbose"
        yield _finding(local, Code.LOCAL_KEY, message, "to see what is wrong with the Peer", command)
    wanted = host_addresses(peer.allowed_ips)
    if wanted and not {cidr.ip for cidr in wanted} & {cidr.ip for cidr in local.addresses}:
        listed = ", ".join(str(cidr.ip) for cidr in wanted)
        message = f'it has none of the addresses of Peer "{peer.name}": {listed}'
        yield _finding(local, Code.LOCAL_ADDRESS, message)


def _differing(local: Local, mesh: Mesh, topology: Topology) -> Iterator[Finding]:
    """Compare the interface's peers with the leaders, without endpoints, which WireGuard learns."""
    own_peer = _used_peer(local, mesh, topology)
    if own_peer is None:
        return
    known = {peer.public_key: peer.allowed_ips for peer in local.peers}
    conf = peer_conf(topology, own_peer.name)
    for leader in without_loops(conf, find_loops(conf)).peers[: len(topology.segments)]:
        routed = known.get(leader.public_key) if leader.public_key else None
        if routed is None:
            message = f'it has no peer "{leader.comment}"'
            yield _finding(local, Code.LOCAL_PEERS, message)
            continue
        missing = [str(cidr) for cidr in leader.allowed_ips if not _holds(routed, cidr)]
        if missing:
            message = f'it does not route {", ".join(missing)} to "{leader.comment}"'
            yield _finding(local, Code.LOCAL_PEERS, message)


def _astray(local: Local) -> Iterator[Finding]:
    for cidr, instead in local.astray.items():
        message = f"packets to its allowed IP {cidr} {instead}"
        command = f"ip route get {cidr.ip}"
        yield _finding(local, Code.LOCAL_ROUTE, message, "to see the route of these packets", command)


def _handshakes(local: Local, topology: Topology) -> Iterator[Finding]:
    """Check the age of the last handshakes: nothing else in WireGuard shows whether UDP gets through."""
    leaders = {seg.leader.key: seg for seg in topology.segments}
    for peer in local.peers:
        seg = leaders.get(peer.public_key)
        age = round(local.now - peer.latest_handshake)
        if seg is None or (peer.latest_handshake and age < REJECT_AFTER_SECONDS):
            continue
        last = (
            f"the last handshake was {elapsed(age)} ago" if peer.latest_handshake else "there was no handshake yet"
        )
        who = f'leader "{seg.leader.name}" of "{seg.name}"'
        if peer.endpoint is None:
            hint = "create the configuration of the Peer again with kgctl showconf, and apply it with kgctl sync"
            yield _finding(local, Code.LOCAL_HANDSHAKE, f"it has no endpoint for {who}; {last}", hint)
        elif peer.public_key in local.tried:
            message = f"{who} does not answer at {peer.endpoint}: {last}"
            yield _finding(local, Code.LOCAL_HANDSHAKE, message, _udp_hint(peer.endpoint))
        else:
            message = f"kgctl could not test the tunnel to {who}; {last}"
            yield _finding(local, Code.LOCAL_QUIET, message)


def _services(local: Local) -> Iterator[Finding]:
    routed = [cidr for peer in local.peers for cidr in peer.allowed_ips]
    for cidr in local.services:
        if not _holds(routed, cidr):
            yield _finding(local, Code.LOCAL_SERVICES, f"none of its allowed IPs covers the Service CIDR {cidr}")


def _dns(local: Local) -> Iterator[Finding]:
    for server, why in local.dns.items():
        if why:
            yield _finding(local, Code.LOCAL_DNS, f"the cluster DNS {server} does not answer: {why}")


def _leads(local: Local, topology: Topology) -> bool:
    return any(seg.leader.key == local.public_key for seg in topology.segments)


def _holds(networks: Iterable[IPInterface], cidr: IPInterface) -> bool:
    return any(network.prefixlen <= cidr.prefixlen and network.overlaps(cidr) for network in networks)


def _udp_hint(endpoint: wireguard.Endpoint) -> str:
    return (
        f"check that UDP to {endpoint} is open, that the node is running, and that the cluster has a Peer with "
        "the key of this machine"
    )


def _finding(local: Local, code: Code, message: str, hint: str = "", command: str = "") -> Finding:
    return Finding(code=code, subject=local.subject, message=message, hint=hint, command=command)

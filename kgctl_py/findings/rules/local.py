"""What is odd about this machine's tunnel, beside what the mesh would have it be."""

from collections.abc import Iterable, Iterator, Mapping

from kgctl_py import wireguard
from kgctl_py.findings.code import Code
from kgctl_py.findings.finding import Finding, Kind, Subject, typed
from kgctl_py.mesh import client_conf
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.model import Mesh, Peer, ago
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import Value, field
from kgctl_py.wireguard.device import REJECT_AFTER_SECONDS, DevicePeer

_ABOUT_MESH = {Code.LOCAL_KEY, Code.LOCAL_ADDRESS, Code.LOCAL_PEERS, Code.LOCAL_HANDSHAKE, Code.LOCAL_QUIET}
_ABOUT_INTERFACE = {Code.LOCAL_ROUTE, Code.LOCAL_SERVICES, Code.LOCAL_DNS}


class Local(Value, frozen=True, kw_only=True):
    """The tunnel of this machine: the interface, and what was seen when it was tried at the Unix time `now`."""

    interface: str = ""
    missing: str = ""
    """Why nothing is known of the interface; all else is empty then."""
    up: bool = True
    public_key: wireguard.Key | None = None
    addresses: tuple[IPInterface, ...] = ()
    peers: tuple[DevicePeer, ...] = ()
    now: float = 0.0
    astray: Mapping[IPInterface, str] = field(default_factory=dict)
    """The allowed IPs to which packets do not go by the interface, and where they go instead."""
    tried: frozenset[wireguard.Key] = frozenset()
    """The keys of the peers to which something was sent."""
    services: tuple[IPInterface, ...] = ()
    dns: Mapping[str, str] = field(default_factory=dict)
    """The name servers of the cluster that were asked, and why one gave no answer, empty if it did."""

    @property
    def subject(self) -> Subject:
        """The interface, or when there is none the machine, as what findings are about."""
        return Subject(Kind.INTERFACE, self.interface) if self.interface else Subject(Kind.MACHINE)


def about_local(local: Local, mesh: Mesh | None, topology: Topology | None) -> tuple[Finding, ...]:
    """Find all that is odd about the interface; without a mesh, what can be told without it."""
    if local.missing:
        return (_finding(local, Code.LOCAL_NONE, local.missing),)
    found = [*_down(local), *_astray(local), *_services(local), *_dns(local)]
    if mesh and topology:
        found += _identity(local, mesh, topology)
        found += _differing(local, mesh, topology)
        found += _handshakes(local, topology)
    return tuple(found)


def unjudged_locally(local: Local, topology: Topology | None) -> Mapping[Code, str]:
    """Give what could not be judged, and why."""
    if local.missing:
        return dict.fromkeys(_ABOUT_INTERFACE | _ABOUT_MESH, "there is no interface to look at")
    unjudged: dict[Code, str] = {}
    if topology is None:
        unjudged |= dict.fromkeys(_ABOUT_MESH, "the mesh is not known")
    if not local.services:
        unjudged[Code.LOCAL_SERVICES] = "the Service CIDR is not known"
    if not local.dns:
        unjudged[Code.LOCAL_DNS] = "the cluster's DNS is not known, or no tunnel leads to it"
    if not local.up:
        unjudged |= dict.fromkeys((Code.LOCAL_ROUTE, Code.LOCAL_DNS), "the interface is down")
    return unjudged


def peer_of(local: Local, mesh: Mesh) -> Peer | None:
    """Give the Peer that this machine is."""
    return next((peer for peer in mesh.peers if peer.public_key and peer.public_key == local.public_key), None)


def _down(local: Local) -> Iterator[Finding]:
    if not local.up:
        yield _finding(local, Code.LOCAL_DOWN, "it is down", f"ip link set dev {local.interface} up")


def _identity(local: Local, mesh: Mesh, topology: Topology) -> Iterator[Finding]:
    peer = peer_of(local, mesh)
    if peer is None and not _leads(local, topology):
        what = f"its public key {local.public_key} is that of no Peer" if local.public_key else "it has no key"
        yield _finding(local, Code.LOCAL_KEY, what)
    if peer is None:
        return
    if peer.why_not_ready():
        yield _finding(local, Code.LOCAL_KEY, f'its Peer "{peer.name}" is skipped by Kilo: {peer.why_not_ready()}')
    wanted = client_conf.host_addresses(peer.allowed_ips)
    if wanted and not {cidr.ip for cidr in wanted} & {cidr.ip for cidr in local.addresses}:
        listed = ", ".join(str(cidr.ip) for cidr in wanted)
        message = f'it has none of the addresses of Peer "{peer.name}": {listed}'
        yield _finding(local, Code.LOCAL_ADDRESS, message, _anew(peer))


def _differing(local: Local, mesh: Mesh, topology: Topology) -> Iterator[Finding]:
    """Compare the locations the interface knows with those there are; endpoints WireGuard may learn by itself."""
    peer, known = peer_of(local, mesh), {one.public_key: one for one in local.peers}
    if peer is None or peer.name not in topology.given_peers:
        return
    conf = topology.peer_conf(peer.name)
    for wanted in client_conf.without(conf, client_conf.loops(conf)).peers[: len(topology.segments)]:
        one = known.get(wanted.public_key) if wanted.public_key else None
        if one is None:
            message = f'it does not know "{wanted.comment}"'
            yield _finding(local, Code.LOCAL_PEERS, message, _anew(peer))
            continue
        lacking = [str(cidr) for cidr in wanted.allowed_ips if not _holds(one.allowed_ips, cidr)]
        if lacking:
            message = f'it does not route {", ".join(lacking)} to "{wanted.comment}"'
            yield _finding(local, Code.LOCAL_PEERS, message, _anew(peer))


def _astray(local: Local) -> Iterator[Finding]:
    for cidr, instead in local.astray.items():
        message = f"packets to its allowed IP {cidr} {instead}"
        yield _finding(local, Code.LOCAL_ROUTE, message, f"ip route get {cidr.ip}")


def _handshakes(local: Local, topology: Topology) -> Iterator[Finding]:
    """Judge by the age of the last handshake: all that WireGuard tells of whether UDP gets through."""
    leaders = {seg.leader.key: seg for seg in topology.segments}
    for peer in local.peers:
        seg = leaders.get(peer.public_key)
        age = round(local.now - peer.latest_handshake)
        if seg is None or (peer.latest_handshake and age < REJECT_AFTER_SECONDS):
            continue
        last = f"the last handshake was {ago(age)} ago" if peer.latest_handshake else "there never was a handshake"
        who = f'leader "{seg.leader.name}" of "{seg.name}"'
        if peer.endpoint is None:
            yield _finding(local, Code.LOCAL_HANDSHAKE, f"it has no endpoint for {who}, and {last}")
        elif peer.public_key in local.tried:
            message = f"{who} does not answer at {peer.endpoint}: {last}"
            yield _finding(local, Code.LOCAL_HANDSHAKE, message, _udp(peer.endpoint))
        else:
            message = f"nothing was sent to {who}: {last}"
            yield _finding(local, Code.LOCAL_QUIET, message, f"ping {seg.wireguard_ip}")


def _services(local: Local) -> Iterator[Finding]:
    routed = [cidr for peer in local.peers for cidr in peer.allowed_ips]
    for cidr in local.services:
        if not _holds(routed, cidr):
            yield _finding(local, Code.LOCAL_SERVICES, f"the Service CIDR {cidr} is in none of its allowed IPs")


def _dns(local: Local) -> Iterator[Finding]:
    for server, why in local.dns.items():
        if why:
            yield _finding(local, Code.LOCAL_DNS, f"the cluster's DNS {server} does not answer: {why}")


def _leads(local: Local, topology: Topology) -> bool:
    return any(seg.leader.key == local.public_key for seg in topology.segments)


def _holds(networks: Iterable[IPInterface], cidr: IPInterface) -> bool:
    return any(one.prefixlen <= cidr.prefixlen and one.overlaps(cidr) for one in networks)


def _anew(peer: Peer) -> str:
    return f"kgctl showconf peer {typed(peer.name)} -o wg-quick --private-key FILE"


def _udp(endpoint: wireguard.Endpoint) -> str:
    return (
        f"is UDP to {endpoint} open, is the node alive, and does it have this Peer? WireGuard does not say which"
    )


def _finding(local: Local, code: Code, message: str, hint: str = "") -> Finding:
    return Finding(code=code, subject=local.subject, message=message, hint=hint)

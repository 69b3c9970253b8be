"""The controller of connect: turns each mesh into a desired interface, reconciles it, and reports."""

import time
from collections.abc import Iterable

from kgctl_py.cluster.interface import Cluster
from kgctl_py.cluster.open import Options
from kgctl_py.connect.endpoint_addresses import EndpointAddresses
from kgctl_py.connect.event_queue import ConnectivityChange, Event, Tick
from kgctl_py.connect.grace_period import GracePeriod
from kgctl_py.connect.healing.healer import LOOK_SECONDS, Healer
from kgctl_py.connect.interface.desired_interface import desired_interface, endpoint_names
from kgctl_py.connect.interface.tunnel import Tunnel
from kgctl_py.connect.pace import SECONDS, Pace
from kgctl_py.connect.status_reporter import StatusReporter
from kgctl_py.errors import KgctlError
from kgctl_py.findings.findings_for_output import about_output
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.live.successive_topologies import SuccessiveTopologies
from kgctl_py.mesh.member_configurations import peer_conf
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.value import Value
from kgctl_py.wireguard import Key


class Membership(Value, frozen=True, kw_only=True):
    """The name and the public key of this machine's peer, and its settings; the MTU is in bytes."""

    peer: str
    key: Key
    mtu: int
    extra_networks: tuple[IPInterface, ...] = ()
    all_peers: bool = False


class Controller:
    """Keeps the interface of `tunnel` up to date with the mesh, event by event."""

    def __init__(
        self,
        cluster: Cluster,
        options: Options,
        tunnel: Tunnel,
        membership: Membership,
        reporter: StatusReporter,
        healer: Healer,
        addresses: EndpointAddresses,
        pace: Pace,
    ) -> None:
        self._cluster, self._options = cluster, options
        self._tunnel, self._membership, self._reporter = tunnel, membership, reporter
        self._healer, self._addresses, self._pace = healer, addresses, pace
        self._grace = GracePeriod()
        self._mesh: Mesh | None = None
        """The last mesh, with the time for deciding which nodes are ready; None if it has no topology."""
        self._topologies = SuccessiveTopologies(granularity=options.granularity, look_up=cluster.look_up)

    def run(self, events: Iterable[Event]) -> None:
        """Handle all events; raise KgctlError if the Peer of this machine or its interface was removed."""
        for event in events:
            match event:
                case Mesh():
                    self._mesh = self._grace.judged(event, time.time())
                    self._reconcile(self._mesh)
                case ConnectivityChange(now, before):
                    self._grace.on_connectivity(now, before)
                    self._reporter.on_connectivity(now, before)
                case Tick():
                    pass
            self._look(is_quiet=isinstance(event, Tick))
            if self._mesh and self._tunnel.is_resync_due:
                self._reconcile(self._mesh)

    def _look(self, *, is_quiet: bool) -> None:
        """If a read of the interface is due, report its status and restart broken sessions."""
        if self._pace.is_due(is_quiet=is_quiet):
            with self._pace.measured():
                device = self._tunnel.read()
            self._tunnel.check_peers(device)
            self._reporter.on_status(device)
            self._healer.on_device(device)
        self._pace.wanted = LOOK_SECONDS if self._healer.is_watching else SECONDS

    def _reconcile(self, mesh: Mesh) -> None:
        peer = self._own_peer(mesh)
        try:
            topology = self._topologies.topology(mesh)
        except KgctlError as error:  # temporary, for example if no node is ready
            self._mesh = None
            self._reporter.on_no_topology(error)
            return
        moved = self._tunnel.move_endpoints(peer_conf(topology, peer.name))  # the rest takes long in a large mesh
        self._reporter.on_moved(moved)
        desired = desired_interface(
            topology,
            peer.name,
            mtu=self._membership.mtu,
            extra_networks=self._membership.extra_networks,
            addresses=self._addresses.look_up(endpoint_names(topology, peer.name)),
            all_peers=self._membership.all_peers,
        )
        applied = self._tunnel.apply(desired)
        findings = about_output(
            mesh,
            topology,
            stated_granularity=self._options.granularity is not None,
            resolved=not self._cluster.lookups_off,
            peer=peer,
        )
        self._reporter.on_applied(topology, desired, applied, findings)
        self._healer.on_topology(topology)

    def _own_peer(self, mesh: Mesh) -> Peer:
        """Return the Peer of this machine; raise KgctlError if it was removed, invalid, or has another key."""
        name = self._membership.peer
        peer = next((peer for peer in mesh.peers if peer.name == name), None)
        if peer is None:
            raise KgctlError(f'peer "{name}" was removed from the cluster')
        if peer.why_not_ready():
            raise KgctlError(f'peer "{name}" is invalid: {peer.why_not_ready()}')
        if peer.public_key != self._membership.key:
            raise KgctlError(f'the key of peer "{name}" was changed in the cluster')
        return peer

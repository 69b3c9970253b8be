"""Heal the sessions of an interface that another program manages."""

from kgctl_py.cluster.interface import Cluster
from kgctl_py.cluster.open import Options
from kgctl_py.connect.end_on_signal import SignalHandler
from kgctl_py.connect.event_log import EventLog
from kgctl_py.connect.event_queue import ConnectivityChange, Events, Tick
from kgctl_py.connect.healing.healer import LOOK_SECONDS, Healer
from kgctl_py.connect.pace import SECONDS, Pace
from kgctl_py.connect.status_reporter import log_connectivity
from kgctl_py.errors import KgctlError
from kgctl_py.mesh.build_with_agreed_settings import build_topology
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.net.host_interfaces import Device
from kgctl_py.net.read_device import read_device
from kgctl_py.net.restart_session import restart_session
from kgctl_py.wireguard import Key

_RESYNC_SECONDS = 30.0


def check_interface_exists(name: str) -> None:
    """Raise KgctlError unless `name` is a WireGuard interface."""
    if read_device(name) is None:
        raise KgctlError(f'interface "{name}" not found', hint="to list the interfaces: ip link")


def heal_interface(
    cluster: Cluster, options: Options, name: str, event_log: EventLog, signals: SignalHandler
) -> None:
    """Follow the mesh until a signal, and restart sessions of the interface that a change in the mesh ends.

    Raise KgctlError if the interface is removed.
    """
    pace = Pace()
    events = Events(cluster, _RESYNC_SECONDS, pace.seconds)
    interface = _Interface(cluster, options, name, event_log)
    with signals.on_signal(events.end):
        for event in events:
            match event:
                case Mesh():
                    interface.on_mesh(event)
                case ConnectivityChange(now, before):
                    log_connectivity(event_log, now, before, "until it answers, kgctl does not restart sessions")
                case Tick():
                    pass
            if pace.is_due(is_quiet=isinstance(event, Tick)):
                with pace.measured():
                    device = interface.read()
                interface.healer.on_device(device)
            pace.wanted = LOOK_SECONDS if interface.healer.is_watching else SECONDS
    event_log.info("end", "stopping")


class _Interface:
    """The interface, and the healer of its sessions."""

    def __init__(self, cluster: Cluster, options: Options, name: str, event_log: EventLog) -> None:
        self._cluster, self._options, self._name, self._log = cluster, options, name, event_log
        self._begun = False
        self.healer = Healer(event_log, self._restart)

    def read(self) -> Device:
        """Return the current state of the interface; raise KgctlError if it was removed."""
        device = read_device(self._name)
        if device is None:
            raise KgctlError(f'another program removed the interface "{self._name}"')
        return device

    def on_mesh(self, mesh: Mesh) -> None:
        """Watch the sessions that the change to `mesh` may end; ignore a mesh without a topology."""
        try:
            topology = build_topology(mesh, granularity=self._options.granularity, look_up=self._cluster.look_up)
        except KgctlError as error:
            self._log.debug("mesh", error.message)
            return
        self.healer.on_topology(topology)
        if not self._begun:
            self._begun = True
            self._tell_begin(topology)

    def _tell_begin(self, topology: Topology) -> None:
        """Log with how many leaders the interface has sessions."""
        keys = {peer.public_key for peer in self.read().peers}
        count = sum(segment.leader.key in keys for segment in topology.segments)
        if count:
            sessions = "1 leader" if count == 1 else f"{count} leaders"
            self._log.info("watching", f'watching the sessions of interface "{self._name}" with {sessions}')
        else:
            self._log.warn("watching", f'interface "{self._name}" has no peer that is a leader of this mesh')

    def _restart(self, key: Key) -> bool:
        return restart_session(self.read().implementation, self._name, key)

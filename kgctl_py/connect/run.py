"""The way from the cluster to the interface: mesh, topology, what is wanted, what differs, what is told."""

import time
from collections.abc import Iterable, Mapping

from kgctl_py import wireguard
from kgctl_py.cluster.interface import Cluster
from kgctl_py.connect.desired import endpoint_names, wanted
from kgctl_py.connect.events import ContactChange, Event, Tick
from kgctl_py.connect.grace import Grace
from kgctl_py.connect.status_report import Report
from kgctl_py.connect.tunnel import Tunnel
from kgctl_py.errors import KgctlError
from kgctl_py.findings.output import about_output
from kgctl_py.mesh.address import IPAddress, IPInterface
from kgctl_py.mesh.build import LookUp, build_topology
from kgctl_py.mesh.model import Mesh, Peer
from kgctl_py.options import Options
from kgctl_py.value import Value


class Joining(Value, frozen=True, kw_only=True):
    """Who joins, with which public key, and what the command line says of the interface; the MTU is in bytes."""

    peer: str
    key: wireguard.Key
    mtu: int
    through_first: tuple[IPInterface, ...]


class Run:
    """The interface of `tunnel` kept as the mesh wants it, event by event."""

    def __init__(
        self,
        cluster: Cluster,
        options: Options,
        tunnel: Tunnel,
        joining: Joining,
        report: Report,
        names: "Names",
    ) -> None:
        self._cluster, self._options = cluster, options
        self._tunnel, self._joining, self._report = tunnel, joining, report
        self._names = names
        self._grace = Grace()

    def until_ended(self, events: Iterable[Event]) -> None:
        """Deal with every event; raise KgctlError when this host is no peer any more, or its interface is gone."""
        for event in events:
            match event:
                case Mesh():
                    self._follow(self._grace.judged(event, time.time()))
                case ContactChange(now, before):
                    self._grace.connectivity(now, before)
                    self._report.connectivity(now, before)
                case Tick():
                    pass
            self._report.seen(self._tunnel.read())

    def _follow(self, mesh: Mesh) -> None:
        own = self._own(mesh)
        try:
            topology = build_topology(mesh, granularity=self._options.granularity, look_up=self._cluster.look_up)
        except KgctlError as error:  # no node is ready, for one; that may pass
            self._report.no_topology(error)
            return
        wish = wanted(
            topology,
            own.name,
            mtu=self._joining.mtu,
            through_first=self._joining.through_first,
            found=self._names.found(endpoint_names(topology, own.name)),
        )
        applied = self._tunnel.apply(wish)
        findings = about_output(
            mesh,
            topology,
            stated_granularity=self._options.granularity is not None,
            resolved=not self._cluster.lookups_off,
            peer=own,
        )
        self._report.applied(topology, wish, applied, findings)

    def _own(self, mesh: Mesh) -> Peer:
        """Give the Peer of this host; raise KgctlError when the cluster no longer takes this host for it."""
        name = self._joining.peer
        own = next((peer for peer in mesh.peers if peer.name == name), None)
        if own is None:
            raise KgctlError(f'peer "{name}" was removed from the cluster')
        if own.why_not_ready():
            raise KgctlError(f'peer "{name}" is invalid: {own.why_not_ready()}')
        if own.public_key != self._joining.key:
            raise KgctlError(f'peer "{name}" was given another key')
        return own


class Names:
    """The addresses of DNS endpoints, looked up when new and again after `seconds`; what fails stays as it was."""

    def __init__(self, seconds: float, look_up: LookUp) -> None:
        self._seconds = seconds
        self._look_up = look_up
        self._found: dict[str, IPAddress] = {}
        self._asked: dict[str, float] = {}

    def found(self, names: set[str]) -> Mapping[str, IPAddress]:
        """Give the addresses of `names`, as many as are known."""
        now = time.monotonic()
        due = {name for name in names if now - self._asked.get(name, -self._seconds) >= self._seconds}
        if due:
            self._found.update(self._look_up(due))
            self._asked.update(dict.fromkeys(due, now))
        return self._found

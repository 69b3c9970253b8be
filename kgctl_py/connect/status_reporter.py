"""Report the status of connect: changes in the log, and the state on the screen."""

import time
from collections.abc import Iterable, Iterator

from kgctl_py.connect.event_log import EventLog
from kgctl_py.connect.interface.desired_interface import DesiredInterface
from kgctl_py.connect.interface.reconciler import Applied
from kgctl_py.connect.tunnel_state import tunnel_state
from kgctl_py.duration_text import elapsed
from kgctl_py.errors import KgctlError
from kgctl_py.escape_text import hint_lines
from kgctl_py.findings import Finding
from kgctl_py.kube.listwatch.connectivity import Connectivity
from kgctl_py.mesh.topology import Topology
from kgctl_py.net.wg_interface import Reconciled
from kgctl_py.render.live.screen import Row, Screen, Status
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.device import WireGuardDevice
from kgctl_py.wireguard.difference import Change, Difference

_REASONS_SHOWN = 5
_LEADER = ", leader "
"""The text between a location and its leader in a configuration."""


class StatusReporter:
    """Logs changes, and shows the state under `title` on the screen, if any."""

    def __init__(self, title: str, log: EventLog, screen: Screen | None) -> None:
        self._title, self._log, self._screen = title, log, screen
        self._topology: Topology | None = None
        self._conf_names: dict[Key, str] = {}
        self._logged: set[object] = set()
        self._warnings: tuple[str, ...] = ()
        self._left_out = 0
        self._since: dict[Key, float] = {}
        self._handshakes: set[Key] = set()
        self._last_change = ""
        self._changed_at = 0.0
        self._connectivity: Connectivity | None = None

    def on_moved(self, endpoints: int) -> None:
        """Log that kgctl set changed endpoints, before it applies the rest of the change."""
        if endpoints:
            self._log.debug("moved", f"{'1 endpoint is' if endpoints == 1 else f'{endpoints} endpoints are'} set")

    def on_applied(
        self, topology: Topology, desired: DesiredInterface, applied: Applied, findings: Iterable[Finding]
    ) -> None:
        """Log the changes to a mesh."""
        before, self._topology = self._conf_names, topology
        self._conf_names = {peer.public_key: peer.comment for peer in desired.conf.peers if peer.public_key}
        self._since = {key: self._since.get(key, time.time()) for key in self._conf_names}
        self._log.debug("mesh", f"locations: {len(topology.segments)}, peers: {len(topology.peers)}")
        for event, message, facts in _changes(applied.difference, before | self._conf_names):
            self._log.info(event, message, **facts)
            self._last_change, self._changed_at = message, time.time()
        if desired.left_out != self._left_out:
            self._left_out = desired.left_out
            self._log.info("peers", f"{_count(desired.left_out)} left out: no tunnel to them is possible")
        self._warn((*desired.warnings, *_missing(applied.reconciled)))
        for finding in (*desired.findings, *findings):
            self._log_once(finding)

    def on_no_topology(self, error: KgctlError) -> None:
        """Log why the mesh has no topology at the moment."""
        self._warn((f"{error.message}; the interface does not change", *hint_lines(error.hint)[:_REASONS_SHOWN]))

    def on_connectivity(self, now: Connectivity, before: Connectivity) -> None:
        """Log that the API server stops or starts responding."""
        self._connectivity = now
        log_connectivity(self._log, now, before, "the interface does not change")

    def on_status(self, device: WireGuardDevice) -> None:
        """Log new handshakes, and show the status."""
        for peer in device.peers:
            if peer.latest_handshake and peer.public_key not in self._handshakes:
                self._handshakes.add(peer.public_key)
                name = self._conf_names.get(peer.public_key, "")
                self._log.info("handshake", f"handshake with {name}", peer=name)
        if self._screen:
            self._screen.show(self._status(device, time.time()))

    def _warn(self, warnings: tuple[str, ...]) -> None:
        """Log new warnings, and keep the current ones for the screen."""
        for text in warnings:
            if text not in self._warnings:
                self._log.warn("warning", text)
        self._warnings = warnings

    def _log_once(self, finding: Finding) -> None:
        identity = (finding.code, finding.subject, finding.field)
        if identity not in self._logged:
            self._logged.add(identity)
            self._log.warn("finding", str(finding))

    def _status(self, device: WireGuardDevice, now: float) -> Status:
        mesh = f" · mesh {self._topology.subnet.network}" if self._topology else ""
        locations = (peer for peer in device.peers if _LEADER in self._conf_names.get(peer.public_key, ""))
        return Status(
            state=tunnel_state(locations, self._since, now),
            title=f"{self._title}{mesh}",
            rows=tuple(self._rows(device, now)),
            notes=tuple(self._notes(now)),
            warnings=self._warnings,
        )

    def _rows(self, device: WireGuardDevice, now: float) -> Iterator[Row]:
        peers = {peer.public_key: peer for peer in device.peers}
        for key, name in self._conf_names.items():
            if key in peers:
                place, _, leader = name.partition(_LEADER)
                peer = peers[key]
                yield Row(
                    name=place,
                    leader=leader,
                    endpoint=str(peer.endpoint or ""),
                    handshake=int(now - peer.latest_handshake) if peer.latest_handshake else None,
                    received=peer.received,
                    sent=peer.sent,
                )

    def _notes(self, now: float) -> Iterator[str]:
        if self._last_change:
            yield f"last change {elapsed(int(now - self._changed_at))} ago: {self._last_change}"
        if self._connectivity and self._connectivity.error:
            since = elapsed(int(now - self._connectivity.since))
            yield f"{self._connectivity.error.message} (for {since})"
        yield "press Ctrl-C to disconnect"


def log_connectivity(event_log: EventLog, now: Connectivity, before: Connectivity, consequence: str) -> None:
    """Log that the API server stopped responding, with the consequence, or that it responds again."""
    if now.error:
        event_log.warn("contact", f"{now.error.message}; {consequence}")
    else:
        event_log.info("contact", f"the API server answers again, after {elapsed(int(now.since - before.since))}")


def _missing(reconciled: Reconciled) -> Iterator[str]:
    for cidr in reconciled.taken:
        yield f"the route to {cidr} is not added: another interface already has one"
    if reconciled.without_ipv6:
        yield "IPv6 is disabled on this machine: the interface has no IPv6 addresses or routes"


def _changes(difference: Difference, names: dict[Key, str]) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Return what changed: the kind of event, the message, and the facts for programs."""
    for peer in difference.removed:
        name = _name(peer.public_key, names)
        yield "left", f"left: {name}", {"peer": name}
    for peer in difference.added:
        name = _name(peer.public_key, names)
        yield "joined", f"joined: {name}", {"peer": name}
    for change in difference.changed:
        name = _name(change.new.public_key, names)
        facts = {each.field.value: {"gone": each.removed, "come": each.added} for each in change.changes}
        words = ", ".join(map(_words, change.changes))
        yield "changed", f"changed: {name}: {words}", {"peer": name, "changes": facts}


def _count(peers: int) -> str:
    return "1 peer is" if peers == 1 else f"{peers} peers are"


def _words(change: Change) -> str:
    return " ".join(
        (change.field, *(f"-{value}" for value in change.removed), *(f"+{value}" for value in change.added))
    )


def _name(key: Key | None, names: dict[Key, str]) -> str:
    return (names.get(key, "") if key else "") or "a peer that another program added"

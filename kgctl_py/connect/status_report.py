"""What is told of a run: what changed, in lines, and how it stands, for a screen to show."""

import time
from collections.abc import Iterable, Iterator

from kgctl_py.connect.desired import Wanted
from kgctl_py.connect.event_log import Journal
from kgctl_py.connect.tunnel import Applied
from kgctl_py.errors import KgctlError
from kgctl_py.findings import Finding
from kgctl_py.kube.listwatch.connectivity import Connectivity
from kgctl_py.mesh.model import ago
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.live.screen import Row, Screen, Status
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.device import WireGuardDevice
from kgctl_py.wireguard.difference import Change, Difference

_REASONS_SHOWN = 5


class Report:
    """Tells a journal what happens, and a screen, if there is one, how it stands, under `title`."""

    def __init__(self, title: str, journal: Journal, screen: Screen | None) -> None:
        self._title, self._journal, self._screen = title, journal, screen
        self._topology: Topology | None = None
        self._conf_names: dict[Key, str] = {}
        self._told: set[object] = set()
        self._warnings: tuple[str, ...] = ()
        self._handshakes: set[Key] = set()
        self._last_change = ""
        self._changed_at = 0.0
        self._connectivity: Connectivity | None = None

    def applied(self, topology: Topology, wanted: Wanted, applied: Applied, findings: Iterable[Finding]) -> None:
        """Tell what a mesh has changed."""
        before, self._topology = self._conf_names, topology
        self._conf_names = {peer.public_key: peer.comment for peer in wanted.conf.peers if peer.public_key}
        self._journal.debug("mesh", f"{len(topology.segments)} locations, {len(topology.peers)} peers")
        for event, message, facts in _changes(applied.difference, before | self._conf_names):
            self._journal.info(event, message, **facts)
            self._last_change, self._changed_at = message, time.time()
        taken = (f"{cidr} is not routed: another interface has it" for cidr in applied.not_routed)
        self._warn((*wanted.warnings, *taken))
        for finding in findings:
            self._once((finding.code, finding.subject, finding.field), str(finding))

    def no_topology(self, error: KgctlError) -> None:
        """Tell why there is nothing to follow at the moment."""
        self._warn((f"{error.message}: the interface stays as it is", *error.hint.splitlines()[:_REASONS_SHOWN]))

    def connectivity(self, now: Connectivity, before: Connectivity) -> None:
        """Tell that the API server is gone, or back."""
        self._connectivity = now
        if now.error:
            self._journal.warn("contact", f"{now.error.message}: the interface stays as it is")
        else:
            self._journal.info(
                "contact", f"the API server answers again, after {ago(int(now.since - before.since))}"
            )

    def seen(self, seen: WireGuardDevice) -> None:
        """Tell what WireGuard says now."""
        for peer in seen.peers:
            if peer.latest_handshake and peer.public_key not in self._handshakes:
                self._handshakes.add(peer.public_key)
                name = self._conf_names.get(peer.public_key, "")
                self._journal.info("handshake", f"handshake with {name}", peer=name)
        if self._screen:
            self._screen.show(self._status(seen, time.time()))

    def _warn(self, warnings: tuple[str, ...]) -> None:
        """Tell the warnings that are new, and keep those that hold for the screen."""
        for text in warnings:
            if text not in self._warnings:
                self._journal.warn("warning", text)
        self._warnings = warnings

    def _once(self, what: object, text: str) -> None:
        if what not in self._told:
            self._told.add(what)
            self._journal.warn("finding", text)

    def _status(self, seen: WireGuardDevice, now: float) -> Status:
        mesh = f" · mesh {self._topology.subnet.network}" if self._topology else ""
        return Status(
            title=f"{self._title}{mesh}",
            rows=tuple(self._rows(seen, now)),
            notes=tuple(self._notes(now)),
            warnings=self._warnings,
        )

    def _rows(self, seen: WireGuardDevice, now: float) -> Iterator[Row]:
        peers = {peer.public_key: peer for peer in seen.peers}
        for key, name in self._conf_names.items():
            if key in peers:
                place, _, leader = name.partition(", leader ")
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
            yield f"last change {ago(int(now - self._changed_at))} ago: {self._last_change}"
        if self._connectivity and self._connectivity.error:
            since = ago(int(now - self._connectivity.since))
            yield f"{self._connectivity.error.message}, for {since}"
        yield "Ctrl-C disconnects"


def _changes(difference: Difference, names: dict[Key, str]) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Tell what changed: the kind of event, the words, and the facts for programs."""
    for peer in difference.removed:
        name = _name(peer.public_key, names)
        yield "left", f"left: {name}", {"peer": name}
    for peer in difference.added:
        name = _name(peer.public_key, names)
        yield "joined", f"joined: {name}", {"peer": name}
    for change in difference.changed:
        name = _name(change.new.public_key, names)
        facts = {one.field.value: {"gone": one.removed, "come": one.added} for one in change.changes}
        words = ", ".join(map(_words, change.changes))
        yield "changed", f"changed: {name}: {words}", {"peer": name, "changes": facts}


def _words(change: Change) -> str:
    return " ".join((change.field, *(f"-{one}" for one in change.removed), *(f"+{one}" for one in change.added)))


def _name(key: Key | None, names: dict[Key, str]) -> str:
    return (names.get(key, "") if key else "") or "a peer that somebody else added"

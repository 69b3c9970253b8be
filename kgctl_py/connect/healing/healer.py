"""The healer: restarts sessions that an agent broke when it rewrote its configuration."""

import time
from collections.abc import Callable

from kgctl_py.connect.event_log import EventLog
from kgctl_py.connect.healing.session_watch import SILENT_SECONDS, SessionWatch
from kgctl_py.mesh.live.rewrites import rewriting_leaders
from kgctl_py.mesh.topology import Topology
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.device import WireGuardDevice

LOOK_SECONDS = SILENT_SECONDS / 4
"""The time between two reads of the device while a session is watched."""


class Healer:
    """Watches the sessions with the leaders whose agents may have rewritten their configuration."""

    def __init__(
        self, log: EventLog, restart: Callable[[Key], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._log, self._restart, self._clock = log, restart, clock
        self._topology: Topology | None = None
        self._names: dict[Key, str] = {}
        self._watch = SessionWatch()

    @property
    def is_watching(self) -> bool:
        """Whether to read the device every `LOOK_SECONDS`."""
        return self._watch.is_watching

    def on_topology(self, topology: Topology) -> None:
        """Watch the sessions that the change to `topology` may end."""
        before, self._topology = self._topology, topology
        leaders = ((segment.leader.key, segment) for segment in topology.segments)
        self._names = {key: f"{segment.name}, leader {segment.leader.name}" for key, segment in leaders if key}
        if before is not None:
            keys = rewriting_leaders(before, topology)
            self._watch.watch(keys, self._clock())
            self._log.debug("rewrite", f"{len(keys)} agents may set all their peers again")

    def on_device(self, device: WireGuardDevice) -> None:
        """Restart the sessions that have ended, and log which ones work again."""
        look = self._watch.look(device, self._clock())
        for key in look.ended:
            if self._restart(key):
                self._watch.on_restart(key, self._clock())
            else:
                self._watch.forget(key)
        for key in look.restored:
            name = self._name(key)
            self._log.info("healed", f"session restarted: {name}", peer=name)
        for key in look.unanswered:
            name = self._name(key)
            self._log.warn("silent", f"session restarted, but no handshake followed: {name}", peer=name)

    def _name(self, key: Key) -> str:
        return self._names.get(key, "a node that left the mesh")

"""The sessions that the other side may have broken, each watched for some time after a change."""

from collections.abc import Iterable

from kgctl_py.value import Value
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.device import DevicePeer, WireGuardDevice

WATCHED_SECONDS = 40.0
"""How long a session is watched after a change: an agent that missed it looks again after 30 seconds."""
SILENT_SECONDS = 0.8
"""How long packets go unanswered before the session counts as ended: the answer takes a round trip."""
HANDSHAKE_SECONDS = 5.0
"""How long a handshake may take; WireGuard itself tries again then (Rekey-Timeout in its paper)."""

_KEEPALIVE_BYTES = 32
"""The size of a keepalive, which nobody answers; a packet of data that has 48 bytes or more takes 96."""


class Look(Value, frozen=True, kw_only=True):
    """What a look at the device has shown: sessions that have ended, and restarted ones that work or do not."""

    ended: tuple[Key, ...] = ()
    restored: tuple[Key, ...] = ()
    unanswered: tuple[Key, ...] = ()


class _Session:
    """A session that is watched: what it has carried, and since when nothing comes back.

    One that was restarted must have received data before it can count as ended again: it could be that nothing
    is sent back, as in a stream of log messages.
    """

    def __init__(self, peer: DevicePeer, until: float, *, has_answered: bool = True) -> None:
        self.until = until
        self.restarted: float | None = None
        self.reported = False
        self.has_answered = has_answered
        self._received, self._sent = peer.received, peer.sent
        self._looked: float | None = None
        self._unanswered: float | None = None

    def has_ended(self, peer: DevicePeer, now: float) -> bool:
        """Note what the session has carried since the last look; return whether it has ended."""
        if peer.received != self._received:
            self._unanswered = None
            self.has_answered |= peer.received - self._received > _KEEPALIVE_BYTES
        elif peer.sent - self._sent > self._keepalives(peer, now) and self._unanswered is None:
            self._unanswered = now
        self._received, self._sent, self._looked = peer.received, peer.sent, now
        if self._unanswered is None or not self.has_answered:
            return False
        return now - self._unanswered >= SILENT_SECONDS

    def _keepalives(self, peer: DevicePeer, now: float) -> int:
        """Return how many bytes of keepalives may have been sent since the last look.

        One answers data after 10 seconds (Keepalive-Timeout in its paper), beside those of the interval.
        """
        count = 1
        if peer.persistent_keepalive:
            elapsed = now - self._looked if self._looked is not None else 0
            count += 1 + int(elapsed / peer.persistent_keepalive)
        return count * _KEEPALIVE_BYTES


class SessionWatch:
    """The sessions that are watched; the caller looks at the device often, and restarts those that ended.

    A session counts as ended when data was sent and nothing was received; an idle one is left alone.
    """

    def __init__(self) -> None:
        self._sessions: dict[Key, _Session] = {}
        self._new: dict[Key, float] = {}

    @property
    def is_watching(self) -> bool:
        """Whether a session is watched."""
        return bool(self._sessions or self._new)

    def watch(self, keys: Iterable[Key], now: float) -> None:
        """Watch the sessions with `keys` from the next look at the device on; `now` is a monotonic time."""
        for key in keys:
            if key in self._sessions:
                self._sessions[key].until = now + WATCHED_SECONDS
                self._sessions[key].has_answered = True
            else:
                self._new[key] = now + WATCHED_SECONDS

    def look(self, device: WireGuardDevice, now: float) -> Look:
        """Return what has become of the sessions at the monotonic time `now`."""
        peers = {peer.public_key: peer for peer in device.peers}
        self._sessions |= {key: _Session(peers[key], until) for key, until in self._new.items() if key in peers}
        self._new.clear()
        ended, restored, unanswered = [], [], []
        for key, session in list(self._sessions.items()):
            peer = peers.get(key)
            if peer is None or now >= session.until:
                del self._sessions[key]
            elif session.restarted is None:
                ended += [key] if session.has_ended(peer, now) else []
            elif peer.latest_handshake:  # the restart has forgotten the earlier one
                self._sessions[key] = _Session(peer, session.until, has_answered=False)
                restored.append(key)
            elif now - session.restarted >= HANDSHAKE_SECONDS and not session.reported:
                session.reported = True
                unanswered.append(key)
        return Look(ended=tuple(ended), restored=tuple(restored), unanswered=tuple(unanswered))

    def on_restart(self, key: Key, now: float) -> None:
        """Note that the session was restarted: its handshake is waited for."""
        self._sessions[key].restarted = now

    def forget(self, key: Key) -> None:
        """Watch the session no longer."""
        del self._sessions[key]

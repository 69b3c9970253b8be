"""The sessions that the other side may have broken, each watched for some time after a change."""

from collections.abc import Iterable

from kgctl_py.value import Value
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.device import DevicePeer, WireGuardDevice

WATCHED_SECONDS = 40.0
"""Seconds to watch a session after a change: an agent that missed the change checks again after 30 seconds."""
SILENT_SECONDS = 0.8
"""Seconds without a reply after which a session counts as ended: longer than a round trip."""
HANDSHAKE_SECONDS = 5.0
"""Seconds to wait for a handshake; then WireGuard itself tries again (Rekey-Timeout in its paper)."""

_KEEPALIVE_BYTES = 32
"""The bytes of a keepalive, which gets no reply; a packet of data that has 48 bytes or more takes 96."""


class Look(Value, frozen=True, kw_only=True):
    """The result of a read of the device: ended sessions, and restarted ones with and without a handshake."""

    ended: tuple[Key, ...] = ()
    restored: tuple[Key, ...] = ()
    unanswered: tuple[Key, ...] = ()


class _Session:
    """A watched session: its traffic, and the time since when the other side does not reply.

    A restarted session must receive data before it can count as ended again, because some traffic never gets a
    reply, such as a stream of log messages.
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
        """Record the traffic since the last read; return whether the session ended."""
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
        """Return how many bytes of keepalives this side may have sent since the last read.

        WireGuard sends one 10 seconds after data without a reply (Keepalive-Timeout in its paper), in addition to
        those of the interval.
        """
        count = 1
        if peer.persistent_keepalive:
            elapsed = now - self._looked if self._looked is not None else 0
            count += 1 + int(elapsed / peer.persistent_keepalive)
        return count * _KEEPALIVE_BYTES


class SessionWatch:
    """The watched sessions; the caller reads the device often, and restarts the sessions that ended.

    A session counts as ended if it sent data and received nothing; an idle session does not.
    """

    def __init__(self) -> None:
        self._sessions: dict[Key, _Session] = {}
        self._new: dict[Key, float] = {}

    @property
    def is_watching(self) -> bool:
        """Whether a session is watched."""
        return bool(self._sessions or self._new)

    def watch(self, keys: Iterable[Key], now: float) -> None:
        """Watch the sessions with `keys` from the next read of the device on; `now` is a monotonic time."""
        for key in keys:
            if key in self._sessions:
                self._sessions[key].until = now + WATCHED_SECONDS
                self._sessions[key].has_answered = True
            else:
                self._new[key] = now + WATCHED_SECONDS

    def look(self, device: WireGuardDevice, now: float) -> Look:
        """Return which sessions ended or work again at the monotonic time `now`."""
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
            elif peer.latest_handshake:  # of the new session: the restart removed the earlier one
                self._sessions[key] = _Session(peer, session.until, has_answered=False)
                restored.append(key)
            elif now - session.restarted >= HANDSHAKE_SECONDS and not session.reported:
                session.reported = True
                unanswered.append(key)
        return Look(ended=tuple(ended), restored=tuple(restored), unanswered=tuple(unanswered))

    def on_restart(self, key: Key, now: float) -> None:
        """Record that the session was restarted, and wait for its handshake."""
        self._sessions[key].restarted = now

    def forget(self, key: Key) -> None:
        """Stop watching the session."""
        del self._sessions[key]

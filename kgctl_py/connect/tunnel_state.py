"""The state of a tunnel in one word, from the number of locations that respond."""

from collections.abc import Iterable, Mapping

from kgctl_py.render.live.screen import Health, State
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.device import DevicePeer

_GRACE = 20.0
"""Seconds to wait for the first handshake; WireGuard gives up an attempt after 90."""


def tunnel_state(locations: Iterable[DevicePeer], since: Mapping[Key, float], now: float) -> State:
    """Return the state of the tunnels to `locations`, which are peers of the interface `since` a Unix time."""
    peers = tuple(locations)
    silent = [peer for peer in peers if not _answers(peer, now)]
    waits = any(_may_still_answer(peer, since, now) for peer in silent)
    answering = f"{len(peers) - len(silent)} of {len(peers)} locations"
    if not silent:
        return State(text="connected", health=Health.GOOD) if peers else State(text="connecting")
    if len(silent) < len(peers):
        return State(text=f"{'connecting' if waits else 'degraded'}: {answering}", health=Health.DOUBTFUL)
    if waits:
        return State(text="connecting")
    ports = {peer.endpoint.port for peer in silent if peer.endpoint}
    port = f"UDP {ports.pop()}" if len(ports) == 1 else "UDP"
    return State(text=f"not connected: no handshake in {_GRACE:.0f} s; is {port} open?", health=Health.BAD)


def _answers(peer: DevicePeer, now: float) -> bool:
    """Return whether a peer responds; without keepalives, an idle peer sends nothing."""
    return peer.has_session(now) or (peer.latest_handshake > 0 and not peer.persistent_keepalive)


def _may_still_answer(peer: DevicePeer, since: Mapping[Key, float], now: float) -> bool:
    return not peer.latest_handshake and now - since.get(peer.public_key, now) < _GRACE

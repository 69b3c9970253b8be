"""A WireGuard device as in `wg show`, without private and preshared keys."""

from kgctl_py.value import Value
from kgctl_py.wireguard.cidr import IPInterface
from kgctl_py.wireguard.endpoint import Endpoint
from kgctl_py.wireguard.key import Key

REJECT_AFTER_SECONDS = 180
"""The age of the last handshake up to which a session carries packets (Reject-After-Time in its paper)."""


class DevicePeer(Value, frozen=True, kw_only=True):
    """A peer of a device; times in Unix seconds, 0 for never; traffic in bytes; the keepalive in seconds."""

    public_key: Key
    endpoint: Endpoint | None = None
    allowed_ips: tuple[IPInterface, ...] = ()
    latest_handshake: int = 0
    received: int = 0
    sent: int = 0
    persistent_keepalive: int = 0
    has_preshared_key: bool = False

    def has_session(self, now: float) -> bool:
        """Return whether the session is still valid at the Unix time `now`, without a new handshake."""
        return now - self.latest_handshake < REJECT_AFTER_SECONDS


class WireGuardDevice(Value, frozen=True, kw_only=True):
    """The public key of a device, the UDP port it listens on, and its peers."""

    public_key: Key | None = None
    listen_port: int = 0
    peers: tuple[DevicePeer, ...] = ()

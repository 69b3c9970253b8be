"""Restart a WireGuard session: the next packet starts a handshake."""

from kgctl_py.net import kernel_wireguard, userspace_wireguard
from kgctl_py.net.device_updates import DeviceUpdate, PeerUpdate
from kgctl_py.net.host_interfaces import Implementation
from kgctl_py.wireguard import Key


def restart_session(implementation: Implementation, name: str, key: Key) -> bool:
    """Forget the session with a peer; return False when the interface has no such peer.

    WireGuard has no command for that: the peer is removed and added again as it was, at the endpoint that was
    learned last. Packets that are sent from then on wait for the handshake.
    """
    wireguard = kernel_wireguard if implementation is Implementation.KERNEL else userspace_wireguard
    peer = wireguard.peer_update(name, key)
    if peer is None:
        return False
    wireguard.configure_device(name, DeviceUpdate(peers=(PeerUpdate(public_key=key, remove=True), peer)))
    return True

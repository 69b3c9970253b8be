"""Restart a WireGuard session: the next packet starts a handshake."""

from kgctl_py.net import kernel_wireguard, userspace_wireguard
from kgctl_py.net.device_updates import DeviceUpdate, PeerUpdate
from kgctl_py.net.host_interfaces import Implementation
from kgctl_py.wireguard import Key


def restart_session(implementation: Implementation, name: str, key: Key) -> bool:
    """Restart the session with a peer; return False if the interface has no such peer.

    WireGuard has no command for that, so this removes the peer and adds it again, with the endpoint that
    WireGuard learned last. Later packets wait for the handshake.
    """
    wireguard = kernel_wireguard if implementation is Implementation.KERNEL else userspace_wireguard
    peer = wireguard.peer_update(name, key)
    if peer is None:
        return False
    wireguard.configure_device(name, DeviceUpdate(peers=(PeerUpdate(public_key=key, remove=True), peer)))
    return True

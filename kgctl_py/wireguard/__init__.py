"""What a WireGuard configuration is, whatever network it is for."""

from kgctl_py.wireguard.conf import Conf, Interface, Peer
from kgctl_py.wireguard.endpoint import Endpoint
from kgctl_py.wireguard.key import Key

__all__ = ["Conf", "Endpoint", "Interface", "Key", "Peer"]

"""What a WireGuard configuration is, whatever network it is for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kgctl_py.wireguard.conf import Conf, Interface, Peer
    from kgctl_py.wireguard.endpoint import Endpoint
    from kgctl_py.wireguard.key import Key

__all__ = ["Conf", "Endpoint", "Interface", "Key", "Peer"]

_MODULES = {"Conf": "conf", "Endpoint": "endpoint", "Interface": "conf", "Key": "key", "Peer": "conf"}


def __getattr__(name: str) -> Any:
    """Load what is asked for, since a key is made without all else (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value  # it is not asked for again
    return value

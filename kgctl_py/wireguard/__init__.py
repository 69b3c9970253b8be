"""WireGuard configurations, devices, and keys, independent of Kilo."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kgctl_py.wireguard.conf import Conf, Interface, Peer
    from kgctl_py.wireguard.endpoint import Endpoint
    from kgctl_py.wireguard.key import Key

__all__ = ["Conf", "Endpoint", "Interface", "Key", "Peer"]

_MODULES = {"Conf": "conf", "Endpoint": "endpoint", "Interface": "conf", "Key": "key", "Peer": "conf"}


def __getattr__(name: str) -> Any:
    """Import a name when it is used, because generating a key needs few of them (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value  # it is looked up once
    return value

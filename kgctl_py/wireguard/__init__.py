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
    """Import a name when it is used (PEP 562), because most commands need only a few of them."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value  # so that Python does not call this function again for the name
    return value

"""A configuration of a WireGuard interface, as values."""

import re

from kgctl_py.value import Value
from kgctl_py.wireguard.cidr import IPInterface
from kgctl_py.wireguard.endpoint import Endpoint
from kgctl_py.wireguard.key import Key

MAX_KEEPALIVE = 65535

MAX_INTERFACE_NAME = 15
_INTERFACE_NAME = re.compile(rf"[a-zA-Z0-9_=+.-]{{1,{MAX_INTERFACE_NAME}}}")


class Interface(Value, frozen=True, kw_only=True):
    """The `[Interface]` section: first the fields of wg(8), then those of wg-quick(8)."""

    private_key: Key | None = None
    listen_port: int | None = None
    addresses: tuple[IPInterface, ...] = ()
    dns: tuple[str, ...] = ()
    mtu: int | None = None
    table: str = ""


class Peer(Value, frozen=True, kw_only=True):
    """A `[Peer]` section; `persistent_keepalive` in seconds, 0 for off."""

    public_key: Key | None
    allowed_ips: tuple[IPInterface, ...] = ()
    endpoint: Endpoint | None = None
    persistent_keepalive: int = 0
    preshared_key: Key | None = None
    comment: str = ""


class Conf(Value, frozen=True, kw_only=True):
    """A configuration; without `interface`, it contains only peers for an existing interface."""

    interface: Interface | None = None
    peers: tuple[Peer, ...] = ()


def is_interface_name(name: str) -> bool:
    """Return whether wg-quick(8) accepts `name` as an interface name."""
    return _INTERFACE_NAME.fullmatch(name) is not None


def clamped(keepalive: int) -> int:
    """Return a keepalive in seconds that `wg` accepts; 0, off, if it is outside the range."""
    return keepalive if 0 <= keepalive <= MAX_KEEPALIVE else 0

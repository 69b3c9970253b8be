"""What an interface of this host is, as values; of private and preshared keys none is kept."""

import enum

from kgctl_py.value import Value
from kgctl_py.wireguard import Endpoint, Key
from kgctl_py.wireguard.cidr import IPInterface


class Kind(enum.StrEnum):
    """Who does the WireGuard of a device: the kernel, or a program such as wireguard-go."""

    KERNEL = "kernel"
    USERSPACE = "userspace"


class Link(Value, frozen=True, kw_only=True):
    """An interface of any kind; `kind` is the kernel's own word, as `wireguard` or `tun`, the MTU is in bytes."""

    index: int
    name: str
    kind: str = ""
    up: bool = False
    mtu: int = 0
    alias: str = ""


class Route(Value, frozen=True, kw_only=True):
    """A route of the main table by one interface, and the gateway if it has one."""

    destination: IPInterface
    gateway: str = ""


class DevicePeer(Value, frozen=True, kw_only=True):
    """A peer as WireGuard has it; times in Unix seconds, 0 for never; traffic in bytes, keepalive in seconds."""

    public_key: Key
    endpoint: Endpoint | None = None
    allowed_ips: tuple[IPInterface, ...] = ()
    latest_handshake: int = 0
    received: int = 0
    sent: int = 0
    persistent_keepalive: int = 0
    has_preshared_key: bool = False


class Tunnel(Value, frozen=True, kw_only=True):
    """What WireGuard itself knows of a device: its key, the UDP port it listens on, its peers."""

    public_key: Key | None = None
    listen_port: int = 0
    peers: tuple[DevicePeer, ...] = ()


class Device(Tunnel, frozen=True, kw_only=True):
    """A WireGuard interface whole: the link, its addresses, and its tunnel; the MTU is in bytes."""

    name: str
    kind: Kind
    up: bool
    mtu: int
    alias: str
    addresses: tuple[IPInterface, ...]

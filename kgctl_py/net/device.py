"""What an interface of this host is, as values; of private and preshared keys none is kept."""

import dataclasses
import enum

from kgctl_py.wireguard import Endpoint, Key
from kgctl_py.wireguard.cidr import IPInterface


class Kind(enum.StrEnum):
    """Who does the WireGuard of a device: the kernel, or a program such as wireguard-go."""

    KERNEL = "kernel"
    USERSPACE = "userspace"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An interface of any kind; `kind` is the kernel's own word, as `wireguard` or `tun`, the MTU is in bytes."""

    index: int
    name: str
    kind: str = ""
    up: bool = False
    mtu: int = 0
    alias: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route of the main table by one interface, and the gateway if it has one."""

    destination: IPInterface
    gateway: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DevicePeer:
    """A peer as WireGuard has it; times in Unix seconds, 0 for never; traffic in bytes, keepalive in seconds."""

    public_key: Key
    endpoint: Endpoint | None = None
    allowed_ips: tuple[IPInterface, ...] = ()
    latest_handshake: int = 0
    received: int = 0
    sent: int = 0
    persistent_keepalive: int = 0
    has_preshared_key: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tunnel:
    """What WireGuard itself knows of a device: its key, the UDP port it listens on, its peers."""

    public_key: Key | None = None
    listen_port: int = 0
    peers: tuple[DevicePeer, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Device(Tunnel):
    """A WireGuard interface whole: the link, its addresses, and its tunnel; the MTU is in bytes."""

    name: str
    kind: Kind
    up: bool
    mtu: int
    alias: str
    addresses: tuple[IPInterface, ...]

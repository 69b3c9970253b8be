"""Interfaces and routes of this machine as values."""

import enum

from kgctl_py.value import Value
from kgctl_py.wireguard.cidr import IPInterface
from kgctl_py.wireguard.device import WireGuardDevice


class Implementation(enum.StrEnum):
    """The implementation of WireGuard for a device: the kernel, or a program such as wireguard-go."""

    KERNEL = "kernel"
    USERSPACE = "userspace"


class Link(Value, frozen=True, kw_only=True):
    """An interface of any kind; `kind` is the kernel's, such as `wireguard` or `tun`; the MTU is in bytes."""

    index: int
    name: str
    kind: str = ""
    up: bool = False
    mtu: int = 0
    alias: str = ""


class Route(Value, frozen=True, kw_only=True):
    """A route of the main table through one interface, and the gateway if it has one."""

    destination: IPInterface
    gateway: str = ""


class Device(WireGuardDevice, frozen=True, kw_only=True):
    """A WireGuard interface with its link and its addresses; the MTU is in bytes."""

    name: str
    implementation: Implementation
    up: bool
    mtu: int
    alias: str
    addresses: tuple[IPInterface, ...]

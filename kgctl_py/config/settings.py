"""What the user sets or gives for a whole configuration; the rest follows from the mesh."""

import enum
from typing import Literal

from kgctl_py import wireguard
from kgctl_py.mesh.address import IPInterface
from kgctl_py.notice import Notice
from kgctl_py.value import Value

DEFAULT_MTU = 1420
"""WireGuard's own for a path of 1500 bytes, and what the reference's connect sets."""


class Auto(enum.Enum):
    """A setting that is read from the cluster."""

    AUTO = "auto"


AUTO: Literal[Auto.AUTO] = Auto.AUTO

ServiceCIDRs = tuple[IPInterface, ...] | Auto
"""The Service CIDRs to route, or those of the cluster."""


class WgQuickSettings(Value, frozen=True, kw_only=True):
    """Parsed settings; None and empty mean that the user sets nothing.

    `dns` holds IP addresses and search domains. `gateway` and `only` name locations or nodes. With
    `all_peers` those stay to which no tunnel opens. When it
    `aggregates`, allowed IPs are in as few networks as hold the same addresses.
    """

    addresses: tuple[IPInterface, ...] = ()
    dns: tuple[str, ...] | Auto | None = None
    services: ServiceCIDRs | None = None
    mtu: int | None = None
    table: str = ""
    listen_port: int | None = None
    gateway: str | None = None
    only: tuple[str, ...] = ()
    all_peers: bool = False
    aggregates: bool = False


class PrivateKey(Value, frozen=True, kw_only=True):
    """A private key, the file that it is from, and what the user should know about that file."""

    key: wireguard.Key
    source: str
    notices: tuple[Notice, ...] = ()

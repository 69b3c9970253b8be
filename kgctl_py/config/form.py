"""The form of a configuration: its format, and what the user sets; the rest follows from the mesh."""

import enum
from typing import Literal

from kgctl_py import wireguard
from kgctl_py.mesh.address import IPInterface
from kgctl_py.notice import Notice
from kgctl_py.value import Value

DEFAULT_MTU = 1420
"""WireGuard's own for a path of 1500 bytes, and what the reference's connect sets."""


class Format(enum.StrEnum):
    """The formats of a configuration."""

    WIREGUARD = "wireguard"
    WG_QUICK = "wg-quick"
    NETWORKMANAGER = "networkmanager"
    NETWORKD = "networkd"
    NETPLAN = "netplan"
    NIXOS = "nixos"
    ROUTEROS = "routeros"
    UCI = "uci"
    VYOS = "vyos"
    ZIP = "zip"
    YAML = "yaml"
    JSON = "json"

    @property
    def is_whole(self) -> bool:
        """Whether it is a whole configuration: all that a host needs."""
        return self not in (Format.WIREGUARD, Format.YAML, Format.JSON)

    @property
    def names_key_file(self) -> bool:
        """Whether it can name a file that has the private key."""
        return self in (Format.WG_QUICK, Format.NETWORKD, Format.NETPLAN, Format.NIXOS)

    @property
    def default_interface(self) -> str:
        """What it calls the interface unless the user says."""
        return "wg0" if self is Format.VYOS else "kilo"

    @property
    def is_folder(self) -> bool:
        """Whether it has several files."""
        return self in (Format.NETWORKD, Format.NIXOS)

    @property
    def is_text(self) -> bool:
        """Whether it can be printed: a single file with text."""
        return not self.is_folder and self is not Format.ZIP

    @property
    def ending(self) -> str:
        """How the name of its only file ends."""
        return _ENDINGS[self]


class WholeFormat(enum.StrEnum):
    """The formats of a whole configuration."""

    WG_QUICK = "wg-quick"
    NETWORKMANAGER = "networkmanager"
    NETWORKD = "networkd"
    NETPLAN = "netplan"
    NIXOS = "nixos"
    ROUTEROS = "routeros"
    UCI = "uci"
    VYOS = "vyos"
    ZIP = "zip"


_ENDINGS = {
    Format.WIREGUARD: ".conf",
    Format.WG_QUICK: ".conf",
    Format.NETWORKMANAGER: ".nmconnection",
    Format.NETPLAN: ".yaml",
    Format.ROUTEROS: ".rsc",
    Format.UCI: ".sh",
    Format.VYOS: ".vyos",
    Format.ZIP: ".zip",
    Format.YAML: ".yaml",
    Format.JSON: ".json",
}


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


class Form(Value, frozen=True, kw_only=True):
    """A form: a part of another interface's configuration if `as_peer`, else the subject's own configuration.

    `added_ips` belong to the first; all that follows belongs to whole configurations. The file
    `private_key_path` of the host has the key that the configuration then only names.
    """

    format: Format = Format.WIREGUARD
    as_peer: bool = False
    added_ips: tuple[IPInterface, ...] = ()
    settings: WgQuickSettings = WgQuickSettings()
    private_key: PrivateKey | None = None
    interface: str = "kilo"
    private_key_path: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether the reference shows the same."""
        return self.format is Format.WIREGUARD and not self.as_peer

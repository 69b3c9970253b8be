"""Complete configurations: their formats, and the settings of the user."""

import enum
from typing import TYPE_CHECKING, Literal

from kgctl_py import wireguard
from kgctl_py.mesh.address import IPInterface
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.notice import Notice

DEFAULT_MTU = 1420
"""The default of WireGuard for a path of 1500 bytes, which the Go kgctl also uses in connect."""


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
        """Whether the format is a complete configuration, which also sets up the interface."""
        return self not in (Format.WIREGUARD, Format.YAML, Format.JSON)

    @property
    def names_key_file(self) -> bool:
        """Whether the configuration can refer to a file with the private key."""
        return self in (Format.WG_QUICK, Format.NETWORKD, Format.NETPLAN, Format.NIXOS)

    @property
    def default_interface(self) -> str:
        """The default name of the interface."""
        return "wg0" if self is Format.VYOS else "kilo"

    @property
    def is_folder(self) -> bool:
        """Whether the configuration is a folder with several files."""
        return self in (Format.NETWORKD, Format.NIXOS)

    @property
    def is_text(self) -> bool:
        """Whether kgctl can print the configuration, because it is a single text file."""
        return not self.is_folder and self is not Format.ZIP

    @property
    def ending(self) -> str:
        """The file name extension of a format with one file."""
        return _ENDINGS[self]


class WholeFormat(enum.StrEnum):
    """The formats of a complete configuration."""

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
    """Parsed settings; None and empty values are not set.

    `dns` contains IP addresses and search domains. `gateway` and `only` name locations or nodes. `all_peers` keeps
    peers to which no tunnel is possible. `ipv4_only` leaves out IPv6 addresses, allowed IPs, and name servers.
    `aggregates` joins allowed IPs to the fewest networks with the same addresses.
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
    ipv4_only: bool = False
    aggregates: bool = False


class PrivateKey(Value, frozen=True, kw_only=True):
    """A private key, its file, and remarks about the file."""

    key: wireguard.Key
    source: str
    notices: "tuple[Notice, ...]" = ()

    @property
    def shown_source(self) -> str:
        """The source in a message: stdin, or the quoted path of a file."""
        return "stdin" if self.source == "-" else f'"{self.source}"'


class Form(Value, frozen=True, kw_only=True):
    """How to print a configuration; with `as_peer`, as a part of the configuration of another interface.

    `added_ips` are only for `as_peer`, and the fields after it only for complete configurations. If
    `private_key_path` is set, the configuration refers to this file. `target` is the file or folder that the user
    chose; if it is one `of_several`, NAME in it stands for the peer. The private key in the file or folder that is
    `replaced` stays. A configuration `for_phone` has no commands, because apps refuse them.
    """

    format: Format = Format.WIREGUARD
    as_peer: bool = False
    added_ips: tuple[IPInterface, ...] = ()
    settings: WgQuickSettings = WgQuickSettings()
    private_key: PrivateKey | None = None
    interface: str = "kilo"
    private_key_path: str = ""
    target: str = ""
    of_several: bool = False
    replaced: str = ""
    for_phone: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the Go kgctl has this form: the `[Peer]` sections in the format of wg(8)."""
        return self.format is Format.WIREGUARD and not self.as_peer

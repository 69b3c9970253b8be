"""The options of `kgctl connect`, and the parsing of their values."""

from typing import Annotated

import typer

from kgctl_py.cli import INTERFACE, PEER, ROUTING
from kgctl_py.cli.duration import keepalive_seconds, seconds
from kgctl_py.cli.options.list_values import cidrs
from kgctl_py.cli.options.wg_quick_options import AllPeersOption, DnsOption, WgQuickOptions, services_option
from kgctl_py.config import DEFAULT_MTU
from kgctl_py.connect.connection import InterfaceSettings
from kgctl_py.errors import UsageError
from kgctl_py.mesh.address import IPInterface, host_addresses, masked
from kgctl_py.value import Value
from kgctl_py.wireguard.conf import MAX_INTERFACE_NAME, is_interface_name

DEFAULT_INTERFACE = "kilo0"

InterfaceOption = Annotated[
    str, typer.Option("--interface", "-i", metavar="NAME", help="WireGuard interface", rich_help_panel=INTERFACE)
]


class PeerChoices(Value, frozen=True, kw_only=True):
    """The options for the Peer of this machine."""

    allowed_ip: Annotated[
        list[str],
        typer.Option(
            "--allowed-ip",
            "-a",
            metavar="IP|CIDR",
            help="Address of this machine in the mesh; repeatable (default a free address in 10.5.0.0/16, or in "
            "fd00:5::/64 if pods have only IPv6)",
            rich_help_panel=PEER,
        ),
    ]
    private_key: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|-",
            help="File with the private key, or - for stdin (default a new key that is not saved)",
            rich_help_panel=PEER,
        ),
    ] = None
    persistent_keepalive: Annotated[
        int,
        typer.Option(
            "--keepalive",
            "--persistent-keepalive",
            parser=keepalive_seconds,
            metavar="SECONDS",
            help="Seconds between keepalives, 0 to turn them off",
            rich_help_panel=PEER,
        ),
    ] = 10
    update: Annotated[
        bool,
        typer.Option(
            "--update", help="Update the Peer if it exists with another key or address", rich_help_panel=PEER
        ),
    ] = False

    def addresses(self) -> tuple[IPInterface, ...]:
        """Return --allowed-ip; raise UsageError unless it contains an address for the interface."""
        read = tuple(dict.fromkeys(cidrs("--allowed-ip", self.allowed_ip))) if self.allowed_ip else ()
        for cidr in read:
            if masked(cidr) != cidr:
                raise UsageError(f'--allowed-ip "{cidr}" has host bits set', hint=f"use --allowed-ip {cidr.ip}")
        if read and not host_addresses(read):
            raise UsageError(f'--allowed-ip "{read[0]}" is a network', hint="for example: --allowed-ip 10.5.0.7")
        return read


class InterfaceChoices(Value, frozen=True, kw_only=True):
    """The options for the interface of this machine."""

    allowed_ips: Annotated[
        list[str],
        typer.Option(
            "--allowed-ips",
            metavar="IP|CIDR,...",
            help="Additional networks to route, through the location of the first node by name",
            rich_help_panel=ROUTING,
        ),
    ]
    services: Annotated[list[str], services_option("none")]
    dns: DnsOption
    mtu: Annotated[
        int,
        typer.Option(min=576, max=65535, metavar="N", help="MTU of the interface", rich_help_panel=INTERFACE),
    ] = DEFAULT_MTU
    interface: InterfaceOption = DEFAULT_INTERFACE
    resync_period: Annotated[
        float,
        typer.Option(
            metavar="DURATION",
            parser=seconds,
            help="Time between comparisons of the whole interface with the mesh",
            rich_help_panel=INTERFACE,
        ),
    ] = "30s"  # type: ignore[assignment] # typer parses it
    clean_up: Annotated[
        bool,
        typer.Option(
            "--clean-up/--no-clean-up",
            help="Remove or keep the interface and the Peer on exit (default remove)",
            rich_help_panel=INTERFACE,
        ),
    ] = True
    all_peers: AllPeersOption = None

    def settings(self) -> InterfaceSettings:
        """Return the settings; raise UsageError for a value that is invalid."""
        check_interface_name(self.interface)
        dns, services = self.dns or ["none"], self.services or ["none"]  # with wg-quick the default is `auto`
        shared = WgQuickOptions(address=[], dns=dns, services=services, only=[]).settings()
        networks = cidrs("--allowed-ips", self.allowed_ips) if self.allowed_ips else ()
        return InterfaceSettings(
            name=self.interface,
            mtu=self.mtu,
            networks=tuple(map(masked, networks)),
            services=shared.services or (),
            dns=shared.dns or (),
            resync_seconds=self.resync_period,
            clean_up=self.clean_up,
            all_peers=bool(self.all_peers),
        )


def check_interface_name(name: str, label: str = "--interface ") -> None:
    """Raise UsageError for a name that Linux refuses for an interface."""
    if not is_interface_name(name) or name in (".", ".."):
        hint = f"use 1 to {MAX_INTERFACE_NAME} letters, digits, or any of _=+.-"
        raise UsageError(f'{label}"{name}" is not a valid interface name', hint=hint)

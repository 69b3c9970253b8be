"""The options of `kgctl diff` for a complete configuration: settings without an option are not compared."""

from typing import Annotated

import typer

from kgctl_py.cli import INTERFACE, ROUTING
from kgctl_py.cli.options.wg_quick_options import WgQuickOptions
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.wireguard import Conf
from kgctl_py.wireguard.endpoint import MAX_PORT

_NOT_COMPARED = "not compared by default"
_OF_INTERFACE = ("--address", "--dns", "--mtu", "--table", "--listen-port")
_OF_FILES = ("--dns", "--table")
"""The settings that a WireGuard interface does not have."""


class ComparedWgQuickOptions(WgQuickOptions, frozen=True, kw_only=True):
    """The same options for a comparison, which ignores most settings that the user does not state."""

    address: Annotated[
        list[str],
        typer.Option(
            metavar="IP|CIDR,...",
            help="Addresses of the interface (default any in the allowed IPs of the peer)",
            rich_help_panel=INTERFACE,
        ),
    ]
    dns: Annotated[
        list[str],
        typer.Option(
            "--dns",
            metavar="auto|none|IP|DOMAIN,...",
            help=f"Name servers and search domains: auto for those of the cluster, none, or a list "
            f"({_NOT_COMPARED})",
            rich_help_panel=INTERFACE,
        ),
    ]
    services: Annotated[
        list[str],
        typer.Option(
            "--services",
            metavar="auto|none|CIDR,...",
            help=f"Service CIDRs to route: auto for those of the cluster, none, or a list ({_NOT_COMPARED})",
            rich_help_panel=ROUTING,
        ),
    ]
    mtu: Annotated[
        int | None,
        typer.Option(
            min=576,
            max=65535,
            metavar="N",
            help=f"MTU of the interface ({_NOT_COMPARED})",
            rich_help_panel=INTERFACE,
        ),
    ] = None
    table: Annotated[
        str | None,
        typer.Option(
            metavar="auto|off|N",
            help=f"Routing table: a number, auto for the default one, or off for no routes ({_NOT_COMPARED})",
            rich_help_panel=INTERFACE,
        ),
    ] = None
    listen_port: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MAX_PORT,
            metavar="PORT",
            help=f"UDP port to listen on ({_NOT_COMPARED})",
            rich_help_panel=INTERFACE,
        ),
    ] = None
    aggregate: Annotated[
        bool | None, typer.Option("--aggregate/--no-aggregate", hidden=True, show_default=False)
    ] = None
    """Without effect: merged allowed IPs are the same as their parts."""

    def check_file(self, shown_source: str, actual: Conf) -> None:
        """Raise KgctlError for a setting of the interface if the configuration has no [Interface] section."""
        option = next(filter(self.given().__contains__, _OF_INTERFACE), None)
        if option and actual.interface is None:
            message = f"{shown_source} has no [Interface] section to compare with {option}"
            raise KgctlError(message, hint=f"leave out {option}")

    def check_device(self) -> None:
        """Raise UsageError for a setting that only a file has."""
        option = next(filter(self.given().__contains__, _OF_FILES), None)
        if option:
            raise UsageError(f"{option} does not work with --interface", hint=f"use --conf, or leave out {option}")

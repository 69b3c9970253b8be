"""The options of a complete configuration: its addresses, routes, and name servers."""

from typing import Annotated, Any

import typer

from kgctl_py.cli import INTERFACE, ROUTING
from kgctl_py.config import WgQuickSettings
from kgctl_py.errors import UsageError
from kgctl_py.value import Value, fields
from kgctl_py.wireguard.endpoint import MAX_PORT

AllPeersOption = Annotated[
    bool | None,
    typer.Option(
        "--all-peers",
        help="Also include peers to which no tunnel is possible",
        show_default=False,
        rich_help_panel=ROUTING,
    ),
]


DnsOption = Annotated[
    list[str],
    typer.Option(
        "--dns",
        metavar="auto|none|IP|DOMAIN,...",
        help="Name servers and search domains: auto for those of the cluster, none, or a list (default none)",
        rich_help_panel=INTERFACE,
    ),
]


def services_option(default: str) -> Any:
    """Return the declaration of `--services`, whose help states the default."""
    return typer.Option(
        "--services",
        metavar="auto|none|CIDR,...",
        help=f"Service CIDRs to route: auto for those of the cluster, none, or a list (default {default})",
        rich_help_panel=ROUTING,
    )


def aggregate_option(default: str) -> Any:
    """Return the declaration of `--aggregate`, whose help states the default."""
    return typer.Option(
        "--aggregate/--no-aggregate",
        help=f"Merge adjacent allowed IPs of a peer (default {default})",
        show_default=False,
        rich_help_panel=ROUTING,
    )


class WgQuickOptions(Value, frozen=True, kw_only=True):
    """The options for complete configurations."""

    address: Annotated[
        list[str],
        typer.Option(
            metavar="IP|CIDR,...",
            help="Addresses of the interface (default the /32 and /128 allowed IPs of the peer)",
            rich_help_panel=INTERFACE,
        ),
    ]
    dns: DnsOption
    services: Annotated[list[str], services_option("auto")]
    mtu: Annotated[
        int | None,
        typer.Option(
            min=576, max=65535, metavar="N", help="MTU of the interface (default 1420)", rich_help_panel=INTERFACE
        ),
    ] = None
    table: Annotated[
        str | None,
        typer.Option(
            metavar="auto|off|N",
            help="Routing table: a number, auto for the default one, or off for no routes (default auto)",
            rich_help_panel=INTERFACE,
        ),
    ] = None
    listen_port: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MAX_PORT,
            metavar="PORT",
            help="UDP port to listen on (default a random free port)",
            rich_help_panel=INTERFACE,
        ),
    ] = None
    gateway: Annotated[
        str | None,
        typer.Option(
            metavar="LOCATION|NODE",
            help="Route all other traffic through this location, or the location of this node",
            rich_help_panel=ROUTING,
        ),
    ] = None

    only: Annotated[
        list[str],
        typer.Option(
            metavar="LOCATION|NODE,...",
            help="Connect only to these locations, or the locations of these nodes, and not to peers",
            rich_help_panel=ROUTING,
        ),
    ]
    all_peers: AllPeersOption = None
    ipv4_only: Annotated[
        bool | None,
        typer.Option(
            "--ipv4-only",
            help="Leave out IPv6, for a machine on which it is disabled",
            show_default=False,
            rich_help_panel=ROUTING,
        ),
    ] = None
    aggregate: Annotated[bool | None, aggregate_option("off")] = None

    def settings(self, *, aggregates: bool = False) -> WgQuickSettings:
        """Return the settings of the options; raise UsageError for an invalid value.

        `aggregates` is the default of --aggregate.
        """
        from kgctl_py.cli.options.list_values import cidrs, dns, services, words  # not for [Peer] sections

        return WgQuickSettings(
            addresses=cidrs("--address", self.address),
            services=services(self.services),
            dns=dns(self.dns),
            mtu=self.mtu,
            table=_table(self.table),
            listen_port=self.listen_port,
            gateway=self.gateway,
            only=tuple(words(self.only)),
            all_peers=bool(self.all_peers),
            ipv4_only=bool(self.ipv4_only),
            aggregates=aggregates if self.aggregate is None else self.aggregate,
        )

    def given(self) -> list[str]:
        """Return the names of the given options."""
        names = (field.name for field in fields(self))
        return ["--" + name.replace("_", "-") for name in names if getattr(self, name) not in (None, [])]


class LeaderWgQuickOptions(WgQuickOptions, frozen=True, kw_only=True):
    """The same options with the defaults of a leader."""

    address: Annotated[
        list[str],
        typer.Option(
            metavar="IP|CIDR,...",
            help="Addresses of the interface (default the WireGuard IP of the node)",
            rich_help_panel=INTERFACE,
        ),
    ]
    services: Annotated[list[str], services_option("none")]
    listen_port: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MAX_PORT,
            metavar="PORT",
            help="UDP port to listen on (default --port, or the port of the node's endpoint)",
            rich_help_panel=INTERFACE,
        ),
    ] = None
    all_peers: Annotated[bool | None, typer.Option("--all-peers", hidden=True, show_default=False)] = None
    """Without effect: a node has a tunnel to every peer."""


def _table(text: str | None) -> str:
    if text is not None and text not in ("off", "auto") and not _is_number(text):
        raise UsageError(f'--table "{text}" is not a number, auto, or off')
    return text or ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()

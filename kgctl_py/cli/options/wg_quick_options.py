"""The options of a complete configuration, and the parsing of their values."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer

from kgctl_py.cli import INTERFACE, ROUTING
from kgctl_py.config import AUTO, Auto, WgQuickSettings
from kgctl_py.errors import UsageError
from kgctl_py.mesh.address import IPInterface, address_or_cidr, host_cidr, masked, parse_cidr
from kgctl_py.value import Value, fields
from kgctl_py.wireguard.endpoint import MAX_PORT, is_dns_name, parse_ip

T = TypeVar("T")

_RESERVED = ("auto", "none")
_ADDRESSES = "write addresses such as 10.6.0.7, or networks such as 10.6.0.0/24"
_NETWORKS = "write networks such as 10.6.0.0/24"


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
        return WgQuickSettings(
            addresses=cidrs("--address", self.address),
            services=_setting("--services", self.services, _services),
            dns=_setting("--dns", self.dns, _dns),
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


class FleetWgQuickOptions(WgQuickOptions, frozen=True, kw_only=True):
    """The same options for several peers, which cannot share an address."""

    address: Annotated[list[str], typer.Option(metavar="CIDR,...", hidden=True)]


class QrWgQuickOptions(WgQuickOptions, frozen=True, kw_only=True):
    """The same options with the defaults of a QR code, which cannot set a routing table."""

    table: Annotated[str | None, typer.Option(metavar="auto|off|N", hidden=True)] = None
    aggregate: Annotated[bool | None, aggregate_option("on")] = None


class DeliveredWgQuickOptions(WgQuickOptions, frozen=True, kw_only=True):
    """The same options for a configuration that can be printed as a QR code."""

    aggregate: Annotated[bool | None, aggregate_option("off, or on with --print qr")] = None


class AddedWgQuickOptions(DeliveredWgQuickOptions, frozen=True, kw_only=True):
    """The same options for a new peer, which can take its port from an adopted configuration."""

    listen_port: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MAX_PORT,
            metavar="PORT",
            help="UDP port to listen on (default a random free port, or that of --adopt)",
            rich_help_panel=INTERFACE,
        ),
    ] = None


def _setting(
    option: str, texts: list[str], parse: Callable[[list[str]], tuple[T, ...]]
) -> tuple[T, ...] | Auto | None:
    """Return the result of `parse` for the texts, unless they are auto, none, or empty."""
    match words(texts):
        case []:
            return None
        case ["auto"]:
            return AUTO
        case ["none"]:
            return ()
        case several:
            reserved = next((word for word in several if word in _RESERVED), "")
            if reserved:
                text = f'{option} "{",".join(several)}" combines {reserved} with other values'
                raise UsageError(text, hint=f"use {option} {reserved}, or a list without it")
            return parse(several)


def _services(several: list[str]) -> tuple[IPInterface, ...]:
    hint = "use --services auto, --services none, or --services 10.96.0.0/12"
    return tuple(map(masked, networks("--services", several, hint)))


def _dns(several: list[str]) -> tuple[str, ...]:
    for word in several:
        if not (parse_ip(word) or is_dns_name(word)):
            hint = "use --dns auto, --dns none, or --dns 10.96.0.10,cluster.local"
            raise UsageError(f'--dns "{word}" is neither an IP address nor a domain', hint=hint)
    return tuple(several)


def _table(text: str | None) -> str:
    if text is not None and text not in ("off", "auto") and not _is_number(text):
        raise UsageError(f'--table "{text}" is not a number, auto, or off')
    return text or ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def words(texts: list[str]) -> list[str]:
    """Return the words of a repeatable option whose values can be separated by commas."""
    return [word for text in texts for word in text.split(",")]


def cidrs(option: str, texts: list[str]) -> tuple[IPInterface, ...]:
    """Return the CIDRs in `texts`, with host CIDRs for addresses; raise UsageError with the option."""
    return _parsed(address_or_cidr, option, texts, _ADDRESSES)


def networks(option: str, texts: list[str], hint: str = _NETWORKS) -> tuple[IPInterface, ...]:
    """Return the networks in `texts`; raise UsageError with the option and `hint`."""
    return _parsed(_network, option, texts, hint)


def _network(text: str) -> IPInterface:
    ip = parse_ip(text)
    return host_cidr(ip) if ip else parse_cidr(text)


def _parsed(
    parse: Callable[[str], IPInterface], option: str, texts: list[str], hint: str
) -> tuple[IPInterface, ...]:
    try:
        return tuple(map(parse, words(texts)))
    except ValueError as error:
        raise UsageError(f'{option} "{",".join(texts)}" {error}', hint=hint) from None

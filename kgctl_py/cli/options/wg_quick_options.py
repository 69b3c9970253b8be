"""The options of a whole configuration, and how their values are read."""

from typing import Annotated

import typer

from kgctl_py.errors import UsageError
from kgctl_py.mesh.address import IPInterface, host_cidr, parse_cidr
from kgctl_py.value import Value, fields
from kgctl_py.wireguard.endpoint import MAX_PORT, is_dns_name, parse_ip

AUTO, NONE = "auto", "none"
DEFAULT_MTU = 1420
"""WireGuard's own for a path of 1500 bytes, and what the reference's connect sets."""


class QuickOptions(Value, frozen=True, kw_only=True):
    """The options that only a whole configuration has a use for."""

    address: Annotated[
        list[str], typer.Option(metavar="CIDR[,CIDR…]", help="The interface's own; else the host routes it has.")
    ]
    dns: Annotated[
        list[str], typer.Option(metavar="auto|none|IP|DOMAIN", help="Name servers and search domains; else none.")
    ]
    services: Annotated[
        list[str],
        typer.Option(
            metavar="auto|none|CIDR[,CIDR…]", help="The Service CIDR to route, too; else auto, of a node none."
        ),
    ]
    mtu: Annotated[int | None, typer.Option(min=576, max=65535, metavar="N", help="The MTU; else 1420.")] = None
    table: Annotated[str | None, typer.Option(metavar="off|N", help="The routing table; off makes no routes.")] = (
        None
    )
    listen_port: Annotated[
        int | None, typer.Option(min=1, max=MAX_PORT, metavar="N", help="The UDP port to listen on.")
    ] = None
    gateway: Annotated[
        str | None, typer.Option(metavar="LOCATION|NODE", help="Route all traffic through this location.")
    ] = None

    only: Annotated[
        list[str],
        typer.Option(metavar="LOCATION|NODE[,…]", help="Reach only these locations, and no other peers."),
    ]

    def check(self) -> None:
        """Raise UsageError for a value that cannot be meant, before anything is asked or made."""
        cidrs("--address", self.address)
        if words(self.services) not in ([], [AUTO], [NONE]):
            cidrs("--services", self.services)
        if words(self.dns) not in ([AUTO], [NONE]):
            _check_dns(words(self.dns))
        if self.table is not None and self.table not in ("off", AUTO) and not _is_number(self.table):
            raise UsageError(f'--table "{self.table}" is neither off nor the number of a routing table')

    def given(self) -> list[str]:
        """Name the options that were typed."""
        names = (field.name for field in fields(self))
        return ["--" + name.replace("_", "-") for name in names if getattr(self, name) not in (None, [])]


def _check_dns(given: list[str]) -> None:
    for word in given:
        if word in (AUTO, NONE) or not (parse_ip(word) or is_dns_name(word)):
            hint = "--dns auto, or --dns none, or --dns 10.96.0.10,cluster.local"
            raise UsageError(f'--dns "{word}" is neither an IP address nor a domain', hint=hint)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def words(texts: list[str]) -> list[str]:
    """Give the words of an option that is repeatable and may hold several, with commas between."""
    return [word for text in texts for word in text.split(",")]


def cidrs(option: str, texts: list[str]) -> tuple[IPInterface, ...]:
    """Read CIDRs, or addresses for their host CIDRs; raise UsageError naming the option."""

    def parse(text: str) -> IPInterface:
        ip = parse_ip(text)
        return host_cidr(ip) if ip else parse_cidr(text)

    try:
        return tuple(parse(word) for word in words(texts))
    except ValueError as error:
        raise UsageError(f'{option} "{",".join(texts)}" {error}') from None

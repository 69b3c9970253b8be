"""The options for the fields of a Peer, validated before kgctl sends anything."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from kgctl_py import names
from kgctl_py.cli import PEER, ROUTING
from kgctl_py.cli.options.list_values import cidrs
from kgctl_py.errors import UsageError
from kgctl_py.mesh.address import IPInterface, masked, unusable_endpoint
from kgctl_py.peers.address_choice import KEEPALIVE
from kgctl_py.value import Value
from kgctl_py.wireguard import Endpoint
from kgctl_py.wireguard.endpoint import parse_endpoint

if TYPE_CHECKING:
    from kgctl_py.peers.change_peer import PeerChange


def _keepalive_seconds(text: str | int) -> int:
    from kgctl_py.cli.duration import keepalive_seconds  # most peers get the default

    return keepalive_seconds(text)


_ENDPOINT_HELP = "Address and port at which nodes reach the peer, or none if the peer has no fixed address"
_EXPIRES_HELP = (
    'Time after which "kgctl peer expire" removes the peer: a duration such as 12h or 7d, a date such as '
    "2027-01-31, or never"
)
_EXPIRY = "DURATION|DATE|never"


class PeerOptions(Value, frozen=True, kw_only=True):
    """The fields of a Peer; None keeps the old value."""

    ip: Annotated[
        list[str],
        typer.Option(
            "--ip",
            metavar="IP|CIDR,...",
            help="Addresses of the peer, and networks behind it; replaces all its current allowed IPs",
            rich_help_panel=ROUTING,
        ),
    ]
    keepalive: Annotated[
        int | None,
        typer.Option(
            "--keepalive",
            "--persistent-keepalive",
            parser=_keepalive_seconds,
            metavar="SECONDS",
            help="Seconds between keepalives, 0 to turn them off",
            rich_help_panel=ROUTING,
        ),
    ] = None
    endpoint: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT|none",
            help=_ENDPOINT_HELP,
            rich_help_panel=ROUTING,
        ),
    ] = None
    owner: Annotated[
        str | None,
        typer.Option(metavar="WHO", help="Owner of the peer, stored as an annotation", rich_help_panel=PEER),
    ] = None
    description: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help="Description of the peer, stored as an annotation", rich_help_panel=PEER
        ),
    ] = None

    expires: Annotated[
        str | None,
        typer.Option(
            metavar=_EXPIRY,
            help=_EXPIRES_HELP,
            rich_help_panel=PEER,
        ),
    ] = None

    def allowed_ips(self) -> tuple[IPInterface, ...]:
        """Return --ip; raise UsageError for host bits, which would silently route a whole network."""
        read = cidrs("--ip", self.ip) if self.ip else ()
        for cidr in read:
            if masked(cidr) != cidr:
                raise UsageError(
                    f'--ip "{cidr}" has host bits set', hint=f"use --ip {cidr.ip}, or --ip {masked(cidr)}"
                )
        return tuple(dict.fromkeys(read))

    def parsed_endpoint(self) -> Endpoint | None:
        """Return --endpoint, None for `none`; raise UsageError."""
        try:
            parsed = parse_endpoint(self.endpoint) if self.endpoint not in (None, "none") else None
            if parsed and (why := unusable_endpoint(parsed)):
                raise ValueError(why)
            return parsed
        except ValueError as error:
            raise UsageError(
                f'--endpoint "{self.endpoint}" {error}', hint="for example: --endpoint 203.0.113.1:51820"
            ) from None

    def change(self) -> "PeerChange":
        """Return the change of a Peer."""
        from kgctl_py.peers.change_peer import PeerChange

        return PeerChange(
            allowed_ips=self.allowed_ips(),
            keepalive=self.keepalive,
            endpoint=self.parsed_endpoint(),
            removes_endpoint=self.endpoint == "none",
            annotations=self.annotations(),
            removed_annotations=(names.EXPIRES,) if self.expires == "never" else (),
        )

    def annotations(self) -> Mapping[str, str]:
        """Return the annotations for people."""
        given = {
            names.OWNER: self.owner,
            names.DESCRIPTION: self.description,
            names.EXPIRES: self._expiry(),
        }
        return {name: text for name, text in given.items() if text is not None}

    def _expiry(self) -> str | None:
        """Return --expires as a time, None for `never`; raise UsageError."""
        if self.expires in (None, "never"):
            return None
        from kgctl_py.peers.parse_expiry import parse_expiry

        try:
            return parse_expiry(self.expires or "", time.time())
        except ValueError as error:
            raise UsageError(
                f'--expires "{self.expires}" {error}', hint="for example: --expires 7d, or --expires 2027-01-31"
            ) from None


class NewPeerOptions(PeerOptions, frozen=True, kw_only=True):
    """The same options with the defaults of a new Peer."""

    ip: Annotated[
        list[str],
        typer.Option(
            "--ip",
            metavar="IP|CIDR,...",
            help="Allowed IPs of the peer: its addresses, and networks behind it (default a free address of "
            "--pool, or the addresses of --adopt)",
            rich_help_panel=ROUTING,
        ),
    ]
    keepalive: Annotated[
        int | None,
        typer.Option(
            "--keepalive",
            "--persistent-keepalive",
            parser=_keepalive_seconds,
            metavar="SECONDS",
            help=f"Seconds between keepalives, 0 to turn them off (default {KEEPALIVE}, or that of --adopt)",
            rich_help_panel=ROUTING,
        ),
    ] = None
    endpoint: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT|none",
            help=f"{_ENDPOINT_HELP} (default none)",
            rich_help_panel=ROUTING,
        ),
    ] = None
    expires: Annotated[
        str | None,
        typer.Option(metavar=_EXPIRY, help=f"{_EXPIRES_HELP} (default never)", rich_help_panel=PEER),
    ] = None

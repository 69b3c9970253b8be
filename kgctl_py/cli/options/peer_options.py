"""What can be said of a Peer on the command line, checked before anything is sent."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from kgctl_py import names
from kgctl_py.cli.options.wg_quick_options import cidrs
from kgctl_py.errors import UsageError
from kgctl_py.mesh.address import IPInterface, masked
from kgctl_py.peers.dry_run import DryRun
from kgctl_py.value import Value
from kgctl_py.wireguard import Endpoint, Key
from kgctl_py.wireguard.conf import MAX_KEEPALIVE
from kgctl_py.wireguard.endpoint import is_dns_name, parse_endpoint

if TYPE_CHECKING:
    from kgctl_py.peers.change_peer import PeerChange

DryRunOption = Annotated[
    DryRun | None, typer.Option("--dry-run", help="Change nothing; server lets the API server judge it.")
]
PskOption = Annotated[bool, typer.Option("--psk", help="Make a preshared key, too; it stands in the Peer.")]
PublicKeyOption = Annotated[
    str | None,
    typer.Option("--public-key", metavar="KEY", help="A public key that is there already; no pair is made."),
]


class PeerOptions(Value, frozen=True, kw_only=True):
    """What a Peer says of itself; what is not given stays as it is."""

    ip: Annotated[
        list[str],
        typer.Option("--ip", metavar="CIDR[,CIDR…]", help="Its allowed IPs: its own addresses, networks."),
    ]
    keepalive: Annotated[
        int | None,
        typer.Option(min=0, max=MAX_KEEPALIVE, metavar="SECONDS", help="Its persistent keepalive; 0 for off."),
    ] = None
    endpoint: Annotated[
        str | None, typer.Option(metavar="HOST:PORT|none", help="Where it listens, if it can be reached.")
    ] = None
    owner: Annotated[str | None, typer.Option(metavar="WHO", help="Whose it is, for people.")] = None
    description: Annotated[str | None, typer.Option(metavar="TEXT", help="What it is, for people.")] = None

    def allowed_ips(self) -> tuple[IPInterface, ...]:
        """Return --ip; raise UsageError for host bits, which would route a whole network without saying so."""
        read = cidrs("--ip", self.ip) if self.ip else ()
        for cidr in read:
            if masked(cidr) != cidr:
                raise UsageError(f'--ip "{cidr}" has host bits', hint=f"--ip {cidr.ip}, or --ip {masked(cidr)}")
        return tuple(dict.fromkeys(read))

    def parsed_endpoint(self) -> Endpoint | None:
        """Return --endpoint, None for `none`; raise UsageError."""
        try:
            return parse_endpoint(self.endpoint) if self.endpoint not in (None, "none") else None
        except ValueError as error:
            raise UsageError(
                f'--endpoint "{self.endpoint}" {error}', hint="--endpoint 203.0.113.1:51820"
            ) from None

    def change(self) -> "PeerChange":
        """Return what changes of a Peer."""
        from kgctl_py.peers.change_peer import PeerChange

        return PeerChange(
            allowed_ips=self.allowed_ips(),
            keepalive=self.keepalive,
            endpoint=self.parsed_endpoint(),
            removes_endpoint=self.endpoint == "none",
            annotations=self.annotations(),
        )

    def annotations(self) -> Mapping[str, str]:
        """Return the annotations that only people read."""
        given = {names.OWNER: self.owner, names.DESCRIPTION: self.description}
        return {name: text for name, text in given.items() if text is not None}


def check_name(name: str) -> None:
    """Raise UsageError for a name that Kubernetes would refuse."""
    if not is_dns_name(name):
        raise UsageError(f'"{name}" is no name for a peer: lower-case letters, digits, "-" and "." are')


def pool_option(text: str) -> IPInterface:
    """Return --pool; raise UsageError."""
    read = cidrs("--pool", [text])
    if len(read) > 1:
        raise UsageError(f'--pool "{text}" is more than one network')
    return read[0]


def public_key_option(text: str) -> Key:
    """Return --public-key; raise UsageError."""
    key = Key.parse_or_none(text)
    if key is None:
        raise UsageError(f'--public-key "{text}" is not base64 of 32 bytes', hint="kgctl keygen makes a pair")
    return key

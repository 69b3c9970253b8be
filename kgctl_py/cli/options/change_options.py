"""Single options of commands that change Peers, such as the dry run, the key, and the pool, and their values."""

from typing import Annotated

import typer

from kgctl_py.cli import OUTPUT, PEER, ROUTING
from kgctl_py.cli.options.list_values import networks
from kgctl_py.errors import UsageError
from kgctl_py.mesh.address import IPInterface
from kgctl_py.peers.address_choice import DEFAULT_POOLS
from kgctl_py.peers.dry_run import DryRun
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.endpoint import NAME_RULE, is_dns_name

DryRunOption = Annotated[
    DryRun | None,
    typer.Option(
        "--dry-run",
        help="Change nothing; server also asks the API server to validate the changes",
        rich_help_panel=OUTPUT,
    ),
]
YesOption = Annotated[
    bool, typer.Option("--yes", "-y", help="Do not ask for confirmation", rich_help_panel=OUTPUT)
]
PskOption = Annotated[
    bool,
    typer.Option("--psk", help="Also generate a preshared key, and store it in the Peer", rich_help_panel=PEER),
]
PublicKeyOption = Annotated[
    str | None,
    typer.Option(
        "--public-key",
        metavar="KEY",
        help="Public key of the peer, if you generated the key pair elsewhere",
        rich_help_panel=PEER,
    ),
]
NewPublicKeyOption = Annotated[
    str | None,
    typer.Option(
        "--public-key",
        metavar="KEY",
        help="New public key of the peer, if you generated the key pair elsewhere",
        rich_help_panel=PEER,
    ),
]
PoolOption = Annotated[
    str | None,
    typer.Option(
        "--pool",
        metavar="CIDR",
        help=f"Network from which a new peer gets its address ({DEFAULT_POOLS})",
        rich_help_panel=ROUTING,
    ),
]
AdoptOption = Annotated[
    str | None,
    typer.Option(
        "--adopt",
        metavar="FILE|-|INTERFACE",
        help="Use the keys, addresses, port, and keepalive of a configuration: a file, - for stdin, or an "
        "interface of this machine (without its private and preshared keys)",
        rich_help_panel=PEER,
    ),
]


def check_name(name: str) -> None:
    """Raise UsageError for a name that is invalid in Kubernetes."""
    if not is_dns_name(name):
        raise UsageError(f'"{name}" is not a valid peer name: use {NAME_RULE}')


def pool_option(text: str | None) -> IPInterface | None:
    """Return --pool, or None if it is not given; raise UsageError."""
    if text is None:
        return None
    read = networks("--pool", [text], hint="for example: --pool 10.6.0.0/24")
    if len(read) > 1:
        raise UsageError(f'--pool "{text}" is more than one network', hint="give one network")
    return read[0]


def public_key_option(text: str) -> Key:
    """Return --public-key; raise UsageError."""
    key = Key.parse_or_none(text)
    if key is None:
        raise UsageError(
            f'--public-key "{text}" is not a WireGuard key (32 bytes in base64)',
            hint="to generate a key pair: kgctl keygen",
        )
    return key

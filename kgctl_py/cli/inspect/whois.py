"""`kgctl whois`: show who has an address or a public key."""

import contextlib
from typing import Annotated

import typer

from kgctl_py.cli.data_formats import Format, FormatOption, formatted
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.terminal import terminal
from kgctl_py.diagnose.whois_lookup import look_up_address, look_up_key, look_up_network
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.mesh.address import IPAddress, masked, parse_cidr
from kgctl_py.mesh.claims import Claim
from kgctl_py.mesh.claims.whois import claims_of
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.whois import claims_data, claims_text, keys_data, keys_text, owners_text
from kgctl_py.wireguard.endpoint import parse_endpoint, parse_ip

_SHORTEST = 4


def whois_(
    context: typer.Context,
    subject: Annotated[
        str,
        typer.Argument(
            metavar="IP|CIDR|NAME|KEY", help="Address, IP:PORT, network, node, peer, or the start of a public key"
        ),
    ],
    output: FormatOption = Format.TEXT,
) -> None:
    """Show who has an address or a public key.

    If Kilo does not assign an address to an owner, for example because the node is
    not ready, kgctl shows why. To see whether packets arrive, use kgctl trace. The
    first 4 characters of a key are enough.

    Examples:
      # Show the node of a pod IP
      kgctl whois 10.42.2.17

      # Show who has addresses in a network
      kgctl whois 10.42.0.0/16

      # Show the addresses of a peer
      kgctl whois laptop
    """
    run: Invocation = context.obj
    mesh = run.mesh()
    topology = run.topology_if_any(mesh)
    claims = _claims(subject, run, mesh, topology)
    if claims is None:
        if len(subject) < _SHORTEST:
            raise KgctlError(
                f'node or peer "{subject}" not found in the cluster',
                hint=f"to look up a public key, use at least its first {_SHORTEST} characters",
            )
        holders = look_up_key(subject, mesh)
        shown = formatted(
            output, keys_data(subject, holders), lambda: keys_text(holders, topology, terminal.width)
        )
    else:
        shown = formatted(output, claims_data(subject, claims), lambda: _text(subject, claims, topology))
    typer.echo(shown, nl=False)


def _text(subject: str, claims: tuple[Claim, ...], topology: Topology | None) -> str:
    ip = parse_ip(subject) or _ip_of_endpoint(subject)
    width = terminal.width
    return claims_text(subject, claims, topology, width) if ip else owners_text(claims, topology, width)


def _claims(subject: str, run: Invocation, mesh: Mesh, topology: Topology | None) -> tuple[Claim, ...] | None:
    """Return the owners of an address, a network, or a name; None for another subject."""
    ip = parse_ip(subject) or _ip_of_endpoint(subject)
    if ip:
        claims, notices = look_up_address(ip, run.cluster, mesh, topology)
        terminal.tell(notices)
        return claims
    try:
        return look_up_network(masked(parse_cidr(subject)), mesh, topology)
    except ValueError as error:
        if parse_ip(subject.partition("/")[0]):
            raise UsageError(f'"{subject}" {error}') from None
    return claims_of(subject, mesh, topology) or None


def _ip_of_endpoint(text: str) -> IPAddress | None:
    with contextlib.suppress(ValueError):
        return parse_endpoint(text).ip
    return None

"""`kgctl peering export`: write a file with which another team can join its cluster."""

from collections.abc import Iterator
from typing import Annotated

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options import grouped
from kgctl_py.cli.options.file_options import PublicFileOptions, put
from kgctl_py.cli.peering.sides import current_side, open_sides
from kgctl_py.cli.peering.sources import HELP, METAVAR
from kgctl_py.cli.terminal import terminal
from kgctl_py.notice import Notice, note
from kgctl_py.peering.members.card import card
from kgctl_py.peering.members.member import Member
from kgctl_py.peering.members.read_members import read_members
from kgctl_py.render.json_yaml import as_yaml


@grouped
def export(
    context: typer.Context,
    file: PublicFileOptions,
    cluster: Annotated[
        str | None, typer.Argument(metavar=f"[{METAVAR}]", help=f"{HELP} (default the current context)")
    ] = None,
) -> None:
    """Export what another team needs to join its cluster with yours.

    The output contains the Service CIDRs, and the public keys, endpoints, and addresses of nodes, but no secrets.
    The other team uses the file in place of a context. After nodes or leaders change, send a new file.

    Examples:
      # Your team
      kgctl peering export edge -O edge.yaml

      # The other team
      kgctl peering connect aws edge.yaml
    """
    run: Invocation = context.obj
    side = open_sides(run, [cluster])[0] if cluster else current_side(run)
    member = read_members((side,))[0]
    terminal.tell(side.cluster.notices)
    terminal.tell(_guess(member))
    put(as_yaml(card(member)), file)


def _guess(member: Member) -> Iterator[Notice]:
    """Yield a note if the Service CIDRs are a guess, which a reader of the output cannot see."""
    if member.guesses_services:
        cidrs = ", ".join(map(str, member.services))
        yield note(
            f"note: the Service CIDR is unknown; the output has {cidrs}, which contains the current Services",
            f"if you know it, the other team can add --service-cidr {member.name}=CIDR",
        )

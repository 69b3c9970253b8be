"""`kgctl qr`: show a complete configuration as a QR code for the WireGuard app of a phone."""

from functools import partial
from typing import Annotated

import typer

from kgctl_py.cli import INTERFACE, OUTPUT, HelpfulCommand, completion, group
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.join.qr_drawing import check_qr, show_qr
from kgctl_py.cli.options import grouped
from kgctl_py.cli.options.file_options import FileOptions, ReplaceOption
from kgctl_py.cli.options.form_options import read_private_key
from kgctl_py.cli.options.wg_quick_options import WgQuickOptions, aggregate_option
from kgctl_py.config import Form, Format, WgQuickSettings
from kgctl_py.config.configuration import peer_subject, show
from kgctl_py.config.smaller_settings import smaller_options
from kgctl_py.errors import UsageError
from kgctl_py.mesh.find_by_name import ready_peer
from kgctl_py.value import replace

app = group("Show the configuration of a peer as a QR code")


class PictureOptions(FileOptions, frozen=True, kw_only=True):
    """The same for a picture of a QR code."""

    file: Annotated[
        str | None,
        typer.Option(
            "-O",
            "--output-file",
            metavar="FILE",
            help="Write a picture to FILE, a .png or .svg that only you can read",
            rich_help_panel=OUTPUT,
        ),
    ] = None
    force: ReplaceOption = False


class QrWgQuickOptions(WgQuickOptions, frozen=True, kw_only=True):
    """The same options with the defaults of a QR code, which cannot set a routing table."""

    table: Annotated[str | None, typer.Option(metavar="auto|off|N", hidden=True)] = None
    aggregate: Annotated[bool | None, aggregate_option("on")] = None


@app.command(cls=HelpfulCommand)
@grouped
def peer(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the peer", autocompletion=completion("peers"))
    ],
    wg_quick: QrWgQuickOptions,
    file: PictureOptions,
    private_key: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|-",
            help="File with the private key of the peer, or - for stdin (required)",
            rich_help_panel=INTERFACE,
        ),
    ] = None,
    invert: Annotated[
        bool,
        typer.Option(
            "--invert",
            help="Swap dark and light, for a terminal that has a light background and no colors",
            rich_help_panel=OUTPUT,
        ),
    ] = False,
    small: Annotated[
        bool,
        typer.Option(
            "--small",
            help="Draw the code in half the width; needs a font with sextant characters",
            rich_help_panel=OUTPUT,
        ),
    ] = False,
) -> None:
    """Show the configuration of a peer as a QR code, for the WireGuard app.

    Prints the code in the terminal, or writes a picture with -O. The code contains the private key:
    anyone who scans it can connect as this peer.

    Examples:
      # Print the code
      kgctl qr peer phone --private-key phone.key

      # Write a picture
      kgctl qr peer phone --private-key phone.key -O phone.png
    """
    if private_key is None:
        raise UsageError(
            "missing option --private-key", hint="add --private-key FILE, or --private-key - to read stdin"
        )
    settings = wg_quick.settings(aggregates=True)
    check_qr(settings, file, name)
    form = Form(
        format=Format.WG_QUICK,
        settings=settings,
        private_key=read_private_key(private_key),
        for_phone=True,
    )
    run: Invocation = context.obj
    mesh = run.mesh()
    peer = ready_peer(mesh, name)
    topology = run.topology(mesh)
    run.tell(run.findings(mesh, topology, peer=peer))
    subject = peer_subject(topology, peer)
    shown = show(run.cluster, topology, subject, form)
    run.tell(shown.remarks)

    def text_of(settings: WgQuickSettings) -> str:
        return show(run.cluster, topology, subject, replace(form, settings=settings)).text

    show_qr(
        shown.text,
        file,
        name,
        invert=invert,
        small=small,
        smaller=partial(smaller_options, text_of, topology, settings),
    )

"""`kgctl qr`: a whole configuration as a QR code, for the WireGuard app of a phone to scan."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from kgctl_py.cli.complete_names import complete_peers
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.option_groups import grouped
from kgctl_py.cli.options.file_options import FileOptions
from kgctl_py.cli.options.showconf_options import read_private_key
from kgctl_py.cli.options.wg_quick_options import WgQuickOptions
from kgctl_py.cli.remarks import tell_remarks
from kgctl_py.cli.terminal import terminal
from kgctl_py.config.form import Form, Format, show
from kgctl_py.config.settings import WgQuickSettings
from kgctl_py.config.subject import peer_subject
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.fs import files
from kgctl_py.mesh.find_by_name import ready_peer
from kgctl_py.render.config import qr_code
from kgctl_py.render.config.wireguard_conf import PLACEHOLDER, PRESHARED_PLACEHOLDER

app = typer.Typer(help="Show a configuration as a QR code, for a phone to scan.", rich_markup_mode=None)

_AS_PICTURE = "-O phone.png"
_PICTURES = {".png": qr_code.png, ".svg": qr_code.svg}


@app.command()
@grouped
def peer(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The peer.", autocompletion=complete_peers)],
    wg_quick: WgQuickOptions,
    file: FileOptions,
    private_key: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="The private key of the peer; it is part of the code.")
    ] = None,
    invert: Annotated[
        bool, typer.Option("--invert", help="Swap dark and light, for a bright terminal without colours.")
    ] = False,
) -> None:
    """Show the whole configuration of a peer as a QR code: in the terminal, or as a picture with -O.

    The code holds the private key: whoever sees it can be the peer. Comments are left out of it.
    """
    if private_key is None:
        raise UsageError(
            "the configuration of a phone needs its private key", hint="--private-key FILE, or - for stdin"
        )
    settings = wg_quick.settings()
    check_qr(settings, file)
    form = Form(format=Format.WG_QUICK, settings=settings, private_key=read_private_key(private_key))
    run: Invocation = context.obj
    mesh = run.mesh()
    peer = ready_peer(mesh, name)
    topology = run.topology(mesh)
    tell_remarks(run.findings(mesh, topology, peer=peer))
    shown = show(run.cluster, topology, peer_subject(topology, peer), form)
    tell_remarks(shown.remarks)
    show_qr(shown.text, file, invert=invert)


def check_qr(settings: WgQuickSettings, file: FileOptions) -> None:
    """Raise UsageError for what cannot become a QR code that a phone takes, before anything is read or made."""
    if settings.table:
        raise UsageError('the WireGuard apps of phones know no "--table" and would refuse the configuration')
    if file.file is None and not sys.stdout.isatty():
        raise UsageError("the QR code holds a private key, and stdout is no terminal", hint=_AS_PICTURE)
    if file.file is not None and not is_picture(file.file):
        raise UsageError(f'"{file.file}" is neither a .png nor an .svg', hint=_AS_PICTURE)


def is_picture(file: str) -> bool:
    """Return whether a QR code can be written to a file, by its ending."""
    return Path(file).suffix.lower() in _PICTURES


def show_qr(conf: str, file: FileOptions, *, invert: bool = False) -> None:
    """Print a whole configuration as a QR code, or write it to the file, readable by the user alone."""
    content = qr_content(conf, file, invert=invert)
    if file.file is None:
        typer.echo(content, nl=False)
    else:
        files.write(Path(file.file), content, mode=files.SECRET, replace=file.force)


def qr_content(conf: str, file: FileOptions, *, invert: bool = False) -> str | bytes:
    """Return the QR code of a whole configuration: a picture if there is a file, else text for this terminal.

    Raise KgctlError when it has no private key, is too long for a code, or the code too wide for the terminal.
    """
    if PLACEHOLDER in conf:
        raise KgctlError("a phone cannot use a configuration without its private key")
    if PRESHARED_PLACEHOLDER in conf:
        raise KgctlError("a phone cannot use a configuration without its preshared key")
    text = qr_code.without_comments(conf)
    if file.file is not None:
        return _PICTURES[Path(file.file).suffix.lower()](text)
    lines = qr_code.half_blocks(text, ink_is_dark=terminal.coloured != invert)
    _check_room(lines)
    return "".join(f"{qr_code.black_on_white(line) if terminal.coloured else line}\n" for line in lines)


def _check_room(lines: tuple[str, ...]) -> None:
    """Raise KgctlError for a code that the terminal would break; warn of one that has to be scrolled."""
    try:
        "".join(lines).encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        raise KgctlError(f"a QR code cannot be drawn in {sys.stdout.encoding}", hint=_AS_PICTURE) from None
    size = os.get_terminal_size(sys.stdout.fileno())
    hint = f"make its window larger or its letters smaller, or {_AS_PICTURE}"
    if 0 < size.columns < len(lines[0]):  # 0 is an unknown width
        raise KgctlError(f"the QR code is {len(lines[0])} columns wide, the terminal {size.columns}", hint=hint)
    if 0 < size.lines <= len(lines):  # the prompt takes a line, too
        terminal.warn(f"the QR code is {len(lines)} lines high, the terminal {size.lines}", hint)

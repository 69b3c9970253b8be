"""How a new configuration reaches the user: printed, as a QR code, in a file, or not at all."""

import contextlib
import dataclasses
import enum
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from kgctl_py import files
from kgctl_py.commands.genkey import warn_if_exposed
from kgctl_py.commands.output import FileOptions, check_conf_name
from kgctl_py.commands.qr import show_qr
from kgctl_py.terminal import terminal


class Print(enum.StrEnum):
    """`--print`: what goes to stdout."""

    CONF = "conf"
    QR = "qr"
    YAML = "yaml"
    NONE = "none"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOptions:
    """Where the configuration goes; to stdout, unless it goes to a file."""

    print_: Annotated[
        Print | None, typer.Option("--print", help="What to print; yaml: the Peer, for Git: nothing is created.")
    ] = None
    file: Annotated[
        str | None,
        typer.Option("-O", metavar="FILE", help="Write the configuration to FILE, readable by you alone."),
    ] = None
    force: Annotated[bool, typer.Option("--force", help="Write over FILE if it exists.")] = False

    def check(self) -> None:
        """Refuse a file name that wg-quick would not take, before anything is asked or changed."""
        if self.file:
            check_conf_name(self.file)

    @property
    def printed(self) -> Print:
        """What goes to stdout."""
        return self.print_ or (Print.NONE if self.file else Print.CONF)


@contextlib.contextmanager
def staged(text: str, options: DeliveryOptions) -> Iterator[Callable[[], None]]:
    """Write the file beside its place, and give the function that moves it there; without -O do nothing."""
    if options.file is None:
        yield lambda: None
        return
    with files.staged(Path(options.file), text, mode=files.SECRET, replace=options.force) as commit:
        yield commit


def show(text: str, options: DeliveryOptions) -> None:
    """Print the configuration as was asked, now that it works."""
    if options.file:
        where = options.file if "/" in options.file else f"./{options.file}"
        terminal.say(f'wrote "{options.file}"; to use it: wg-quick up {where}')
    if options.printed is Print.CONF:
        warn_if_exposed()
        typer.echo(text, nl=False)
    elif options.printed is Print.QR:
        show_qr(text, FileOptions())

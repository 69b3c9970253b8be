"""Where a configuration goes: to stdout, or to a file that nobody else reads."""

import re
from pathlib import Path
from typing import Annotated

import typer

from kgctl_py.cli.help_layout import OUTPUT
from kgctl_py.errors import UsageError
from kgctl_py.render.config.wireguard_conf import PLACEHOLDER, PRESHARED_PLACEHOLDER
from kgctl_py.value import Value
from kgctl_py.wireguard.conf import MAX_INTERFACE_NAME, is_interface_name

_SECRET = re.compile(
    rf"""^\s*(PrivateKey = (?!{PLACEHOLDER})|PresharedKey = (?!{PRESHARED_PLACEHOLDER})|"?presharedKey"?: )""",
    re.MULTILINE,
)


class FileOptions(Value, frozen=True, kw_only=True):
    """A file to write instead of stdout."""

    file: Annotated[
        str | None,
        typer.Option(
            "-O",
            "--output-file",
            metavar="FILE",
            help="Write to FILE, with read permission for you only",
            rich_help_panel=OUTPUT,
        ),
    ] = None
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it exists", rich_help_panel=OUTPUT)] = (
        False
    )


def put(text: str, options: FileOptions) -> None:
    """Write `text` to the file, or print it, with a warning when others can read a secret where it goes."""
    if options.file is None:
        if _SECRET.search(text):
            from kgctl_py.cli.keys.genkey import warn_if_exposed

            warn_if_exposed()
        typer.echo(text, nl=False)
        return
    from kgctl_py.fs import files  # most configurations go to stdout

    files.write(Path(options.file), text, mode=files.SECRET, replace=options.force)


def check_conf_name(file: str) -> None:
    """Raise UsageError for a file name that wg-quick(8) would not take: it becomes the name of the interface."""
    path = Path(file)
    if path.suffix != ".conf" or not is_interface_name(path.stem):
        raise UsageError(
            f'wg-quick cannot use "{path.name}": the file name becomes the interface name',
            hint=f"use -O NAME.conf, where NAME is 1 to {MAX_INTERFACE_NAME} letters, digits, or any of _=+.-",
        )

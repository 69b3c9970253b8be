"""The options for an output file, and whether kgctl keeps it current; write to it, or to stdout."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kgctl_py.cli import OUTPUT
from kgctl_py.cli.terminal import terminal
from kgctl_py.config import Format
from kgctl_py.errors import UsageError
from kgctl_py.render.wireguard_conf import PLACEHOLDER, PRESHARED_PLACEHOLDER
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.cli.invocation import Invocation

_SECRET = re.compile(
    rf"""^\s*(PrivateKey = (?!{PLACEHOLDER})|PresharedKey = (?!{PRESHARED_PLACEHOLDER})|"?presharedKey"?: )""",
    re.MULTILINE,
)


ReplaceOption = Annotated[bool, typer.Option("--force", help="Replace FILE if it exists", rich_help_panel=OUTPUT)]


class FileOptions(Value, frozen=True, kw_only=True):
    """The file to write instead of stdout."""

    file: Annotated[
        str | None,
        typer.Option(
            "-O",
            "--output-file",
            metavar="FILE",
            help="Write to FILE, which is a folder with -o networkd or nixos; only you can read files with keys",
            rich_help_panel=OUTPUT,
        ),
    ] = None
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Replace FILE if it exists; a complete configuration keeps the private key in FILE, if it is the "
            "right one",
            rich_help_panel=OUTPUT,
        ),
    ] = False

    @property
    def replaced(self) -> str:
        """The path of what the command may replace, or an empty text."""
        return (self.file or "") if self.force else ""


class PublicFileOptions(FileOptions, frozen=True, kw_only=True):
    """The same for a file without secrets, which other users can read."""

    file: Annotated[
        str | None,
        typer.Option(
            "-O",
            "--output-file",
            metavar="FILE",
            help="Write to FILE",
            rich_help_panel=OUTPUT,
        ),
    ] = None
    force: ReplaceOption = False


class KeptFileOptions(PublicFileOptions, frozen=True, kw_only=True):
    """The same for a file that the command replaces if it wrote the file itself."""

    force: Annotated[
        bool, typer.Option("--force", help="Replace FILE even if kgctl did not write it", rich_help_panel=OUTPUT)
    ] = False


class WatchOptions(Value, frozen=True, kw_only=True):
    """Whether a file is kept current, and the command to run after a change."""

    watch: Annotated[
        bool,
        typer.Option(
            "--watch", help="Keep FILE up to date until you stop kgctl; needs -O", rich_help_panel=OUTPUT
        ),
    ] = False
    on_change: Annotated[
        str | None,
        typer.Option(
            metavar="COMMAND",
            help="Shell command to run each time kgctl writes FILE; needs --watch",
            rich_help_panel=OUTPUT,
        ),
    ] = None

    def check_file(self, run: "Invocation", file: FileOptions) -> None:
        """Raise UsageError without a file to keep current, or for a cluster that does not change."""
        if not self.watch and self.on_change is None:
            return
        option = "--watch" if self.on_change is None else "--on-change"
        missing = [*(() if self.watch else ("--watch",)), *(("-O FILE",) if file.file is None else ())]
        run.check_watchable(option, missing)
        if file.file is None or not self.watch:
            raise UsageError(f"{option} needs {' and '.join(missing)}", hint=f"add {' and '.join(missing)}")
        from kgctl_py.fs.links_and_streams import is_stream

        if is_stream(Path(file.file)):
            raise UsageError(f'--watch needs a regular file, and "{file.file}" is not one')


class ConfWatchOptions(WatchOptions, frozen=True, kw_only=True):
    """The same for a configuration."""

    watch: Annotated[
        bool,
        typer.Option(
            "--watch",
            help="Keep FILE up to date until you stop kgctl; needs -O; only for wireguard, wg-quick, yaml, and "
            "json",
            rich_help_panel=OUTPUT,
        ),
    ] = False

    def check(self, run: "Invocation", file: FileOptions, output: Format) -> None:
        """Raise UsageError without a file to keep current, or for a format or a cluster that cannot be."""
        if self.watch and file.file is not None and output.is_whole and output is not Format.WG_QUICK:
            raise UsageError(f"--watch does not work with -o {output}", hint="use -o wg-quick")
        self.check_file(run, file)


def put(text: str, options: FileOptions) -> None:
    """Write `text` to the file, or print it, with a warning if others can read a secret there."""
    if options.file is None:
        if _SECRET.search(text):
            terminal.warn_if_exposed()
        typer.echo(text, nl=False)
        return
    from kgctl_py.fs import files  # most configurations go to stdout

    files.write(Path(options.file), text, mode=files.SECRET, replace=options.force)

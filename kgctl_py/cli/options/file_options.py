"""The options for the output of a configuration: stdout, or a file that only the user can read."""

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kgctl_py.cli import OUTPUT
from kgctl_py.cli.terminal import terminal
from kgctl_py.config import Format
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.render import ConfigFile
from kgctl_py.render.wireguard_conf import PLACEHOLDER, PRESHARED_PLACEHOLDER
from kgctl_py.value import Value
from kgctl_py.wireguard.conf import MAX_INTERFACE_NAME, is_interface_name

if TYPE_CHECKING:
    from kgctl_py.cli.invocation import Invocation
    from kgctl_py.fs.file_set import FileChange

_SECRET = re.compile(
    rf"""^\s*(PrivateKey = (?!{PLACEHOLDER})|PresharedKey = (?!{PRESHARED_PLACEHOLDER})|"?presharedKey"?: )""",
    re.MULTILINE,
)


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
            help="Replace FILE if it exists; the old file may contain the only copy of a private key",
            rich_help_panel=OUTPUT,
        ),
    ] = False


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


class FolderOptions(FileOptions, frozen=True, kw_only=True):
    """The same for the configurations of several peers."""

    file: Annotated[
        str | None,
        typer.Option(
            "-O",
            "--output-file",
            metavar="DIR",
            help="Folder for the configurations of peers whose keys kgctl generates; required if there are any",
            rich_help_panel=OUTPUT,
        ),
    ] = None
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Replace existing files; they may contain the only copy of a private key",
            rich_help_panel=OUTPUT,
        ),
    ] = False


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
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it exists", rich_help_panel=OUTPUT)] = (
        False
    )


class KeptFileOptions(PublicFileOptions, frozen=True, kw_only=True):
    """The same for a file that the command replaces if it wrote the file itself."""

    force: Annotated[
        bool, typer.Option("--force", help="Replace FILE even if kgctl did not write it", rich_help_panel=OUTPUT)
    ] = False


def check_file(options: FileOptions, *, in_folder: bool) -> None:
    """Raise KgctlError if the file cannot be written, before there are remarks about its content."""
    if options.file is None:
        return
    path = Path(options.file)
    if in_folder and path.is_file():
        raise KgctlError(f'"{path}" is a file, not a folder')
    if not in_folder:
        from kgctl_py.fs import files  # most configurations go to stdout

        files.check_writable(path, replace=options.force)


def check_files(made: Sequence[ConfigFile], options: FileOptions) -> None:
    """Raise KgctlError if a file in an existing folder cannot be written, before there are remarks about it."""
    if options.file is None or not Path(options.file).is_dir():
        return
    from kgctl_py.fs import files  # most configurations go to stdout

    for file in made:
        files.check_writable(Path(options.file) / file.name, replace=options.force)


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


def put_files(made: Sequence[ConfigFile], options: FileOptions, *, in_folder: bool) -> None:
    """Write the files to the folder; write or print a single one."""
    if options.file is None:
        (file,) = made
        _print(file)
        return
    with stage_files(made, Path(options.file), in_folder=in_folder, replace=options.force) as commit:
        commit()


def _print(file: ConfigFile) -> None:
    if _holds_secret(str(file.content)):
        terminal.warn_if_exposed()
    typer.echo(file.content, nl=False)


def _holds_secret(text: str) -> bool:
    """Return whether a complete configuration contains a private key or a preshared key, not a placeholder."""
    return PLACEHOLDER not in text or ("shared" in text and PRESHARED_PLACEHOLDER not in text)


@contextlib.contextmanager
def stage_files(
    made: Sequence[ConfigFile], path: Path, *, in_folder: bool, replace: bool
) -> Iterator[Callable[[], None]]:
    """Write the files of a configuration beside their targets, and yield the function that moves them.

    The files go to the folder `path`, and a single file to `path` itself.
    """
    if in_folder:
        from kgctl_py.fs import file_set

        changes = [_change(path, file, replace=replace) for file in made]
        with file_set.stage(changes) as commit:
            yield commit
        return
    from kgctl_py.fs import files

    (file,) = made
    with files.stage(path, file.content, mode=files.SECRET, replace=replace) as move:
        yield move


def _change(folder: Path, file: ConfigFile, *, replace: bool) -> "FileChange":
    from kgctl_py.fs import files
    from kgctl_py.fs.file_set import FileChange

    mode = files.SECRET if file.is_secret else files.PUBLIC
    content = file.content if isinstance(file.content, str) else file.content.decode()
    return FileChange(path=folder / file.name, content=content, mode=mode, replace=replace)


def check_conf_name(file: str) -> None:
    """Raise UsageError for a file name that wg-quick(8) refuses, because it becomes the name of the interface."""
    path = Path(file)
    if path.suffix != ".conf" or not is_interface_name(path.stem):
        raise UsageError(
            f'wg-quick cannot use "{path.name}": the file name becomes the interface name',
            hint=f"use -O NAME.conf, where NAME is 1 to {MAX_INTERFACE_NAME} letters, digits, or any of _=+.-",
        )

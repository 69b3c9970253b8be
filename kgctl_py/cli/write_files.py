"""Write the files of a configuration to stdout, to a file, or to a folder, with checks before that."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import typer

from kgctl_py.cli.options.file_options import FileOptions
from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import KgctlError
from kgctl_py.fs import file_set, files
from kgctl_py.fs.file_set import FileChange
from kgctl_py.render import ConfigFile
from kgctl_py.render.wireguard_conf import PLACEHOLDER, PRESHARED_PLACEHOLDER


def check_file(file: str, *, in_folder: bool, replace: bool) -> None:
    """Raise KgctlError if the file cannot be written, before there are remarks about its content."""
    path = Path(file)
    if in_folder and path.is_file():
        raise KgctlError(f'"{path}" is a file, not a folder')
    if not in_folder:
        files.check_writable(path, replace=replace)


def check_files(made: Sequence[ConfigFile], options: FileOptions) -> None:
    """Raise KgctlError if a file in an existing folder cannot be written, before there are remarks about it."""
    if options.file is None or not Path(options.file).is_dir():
        return
    for file in made:
        files.check_writable(Path(options.file) / file.name, replace=options.force)


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
        changes = [_change(path, file, replace=replace) for file in made]
        with file_set.stage(changes) as commit:
            yield commit
        return
    (file,) = made
    with files.stage(path, file.content, mode=files.SECRET, replace=replace) as move:
        yield move


def _change(folder: Path, file: ConfigFile, *, replace: bool) -> FileChange:
    mode = files.SECRET if file.is_secret else files.PUBLIC
    content = file.content if isinstance(file.content, str) else file.content.decode()
    return FileChange(path=folder / file.name, content=content, mode=mode, replace=replace)

"""`--watch`: a file that is rewritten as the mesh changes."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kgctl_py.cli.help_layout import OUTPUT
from kgctl_py.cli.options.file_options import FileOptions
from kgctl_py.cli.remarks import News
from kgctl_py.cli.terminal import terminal
from kgctl_py.cluster.interface import Cluster
from kgctl_py.config.form import Format
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.mesh.model import Mesh
from kgctl_py.notice import warning
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.config.conf_file import ConfFile
    from kgctl_py.wireguard.difference import Difference

RESYNC = 60.0
"""Seconds after which the file is made anew without a change of the mesh: DNS names may have other addresses."""


class WatchOptions(Value, frozen=True, kw_only=True):
    """Whether a file is kept current, and what runs when it has changed."""

    watch: Annotated[
        bool,
        typer.Option(
            "--watch", help="Keep FILE up to date until you stop kgctl; needs -O", rich_help_panel=OUTPUT
        ),
    ] = False
    on_change: Annotated[
        str | None,
        typer.Option(metavar="COMMAND", help="Shell command to run after FILE changes", rich_help_panel=OUTPUT),
    ] = None

    def check(self, file: FileOptions, output: Format) -> None:
        """Raise UsageError when there is no file to keep current."""
        if not self.watch:
            if self.on_change is not None:
                raise UsageError('"--on-change" needs --watch', hint="add --watch")
            return
        if file.file is None:
            raise UsageError('"--watch" needs a file', hint="add -O FILE")
        if output.is_whole and output is not Format.WG_QUICK:
            raise UsageError(f'"--watch" does not support "-o {output}"', hint="use -o wg-quick")
        from kgctl_py.fs import streams

        if streams.is_stream(Path(file.file)):
            raise UsageError(f'"--watch" needs a regular file, and "{file.file}" is not one')


def open_conf_file(file: FileOptions, watch: WatchOptions) -> "ConfFile | None":
    """Read the file that is to be kept current; return None without --watch."""
    if not watch.watch or file.file is None:
        return None
    from kgctl_py.config.conf_file import ConfFile

    return ConfFile(Path(file.file), replace=file.force)


def rewrite(
    file: "ConfFile", cluster: Cluster, text: Callable[[Mesh], str], news: News, on_change: str | None
) -> None:
    """Write the `text` of each mesh to the file until a signal comes; print the remarks that are new.

    Raise KgctlError when the first one cannot be written; of a later one, print why, and leave the file as it is.
    """
    import threading

    from kgctl_py.cli.tell_connectivity import tell_connectivity
    from kgctl_py.cluster.mesh_updates import Live

    for mesh in Live(cluster, resync=RESYNC, stop=threading.Event(), tell=tell_connectivity):
        news.next_round()
        try:
            change = file.write(text(mesh))
        except KgctlError as error:
            if not file.is_current:
                raise
            news.tell((warning(f'"{file.path}" not updated: {error.message}', error.hint),))
            continue
        if change is not None:
            _tell(file.path, change)
            _run(on_change)


def _tell(path: Path, change: "Difference") -> None:
    from kgctl_py.render.config.difference import difference_text

    counts = {"added": change.added, "removed": change.removed, "changed": change.changed}
    changed = [f"{len(peers)} {how}" for how, peers in counts.items() if peers]
    terminal.say(f'wrote "{path}"' + (f": peers {', '.join(changed)}" if changed else ""))
    for line in difference_text(change).splitlines():
        terminal.detail(line)


def _run(command: str | None) -> None:
    """Run the user's command in a shell; it gets nothing but the environment of kgctl."""
    if command is None:
        return
    import subprocess

    code = subprocess.run(command, shell=True, stdin=subprocess.DEVNULL, check=False).returncode  # noqa: S602
    if code:
        status = f"exit code {code}" if code > 0 else f"signal {-code}"
        terminal.warn(f"the --on-change command failed: {status}")

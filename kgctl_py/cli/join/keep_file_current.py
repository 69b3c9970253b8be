"""`--watch`: a file that is updated when the mesh changes."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from kgctl_py.cli.options.file_options import FileOptions
from kgctl_py.cli.remarks import News, tell_connectivity
from kgctl_py.cli.terminal import terminal
from kgctl_py.cluster.interface import Cluster
from kgctl_py.config.conf_file import ConfFile
from kgctl_py.errors import KgctlError
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.notice import warning

if TYPE_CHECKING:
    from kgctl_py.cli.shell_command import ShellCommand
    from kgctl_py.wireguard.difference import Difference

C_co = TypeVar("C_co", covariant=True)

RESYNC = 60.0
"""The seconds after which the file is updated without a change, because addresses of DNS names can change."""


def open_conf_file(file: FileOptions) -> ConfFile:
    """Read the file to keep current."""
    return ConfFile(Path(file.file or ""), replace=file.force)


class KeptFile(Protocol[C_co]):
    """A file that is written again when its content changes."""

    path: Path
    is_current: bool

    def write(self, text: str) -> C_co | None:
        """Write `text`, and return the changes; None if it was already the content. Raise KgctlError."""
        ...


def rewrite(
    file: KeptFile[C_co],
    cluster: Cluster,
    text: Callable[[Mesh], str],
    news: News,
    on_change: str | None,
    tell: Callable[[Path, C_co], None],
) -> None:
    """Write the `text` of each mesh to the file until a signal arrives; print new remarks, and report changes.

    Raise KgctlError if the first one cannot be written; for a later one, print why, and keep the file.
    """
    import threading

    from kgctl_py.cli.shell_command import ShellCommand
    from kgctl_py.cluster.mesh_updates import Live

    command = ShellCommand(on_change, asks=True) if on_change is not None else None
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
            tell(file.path, change)
            _run(command)


def tell_peers(path: Path, change: "Difference") -> None:
    """Print that kgctl wrote the file, and the number of changed peers."""
    from kgctl_py.render.config.conf_difference import difference_text

    counts = {"added": change.added, "removed": change.removed, "changed": change.changed}
    changed = [
        f"{len(peers)} peer{'' if len(peers) == 1 else 's'} {how}" for how, peers in counts.items() if peers
    ]
    terminal.say(f'wrote "{path}"' + (f": {', '.join(changed)}" if changed else ""))
    for line in difference_text(change).splitlines():
        terminal.detail(line)


def _run(command: "ShellCommand | None") -> None:
    """Run the user's command."""
    wrong = command.run() if command else ""
    if wrong:
        terminal.warn(f"the --on-change command {wrong}")

"""The configurations of the new peers of a fleet, written to a folder."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options.file_options import FileOptions
from kgctl_py.cli.options.form_options import HostOptions
from kgctl_py.cli.options.wg_quick_options import WgQuickOptions
from kgctl_py.cli.terminal import terminal
from kgctl_py.config import Format, WholeFormat
from kgctl_py.config.all_peers import file_name, form_in, remarks_on_all
from kgctl_py.config.configuration import peer_subject
from kgctl_py.config.whole_files import whole_files
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.findings import Remark
from kgctl_py.fs import files, folders
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.peers.fleet.fleet_plan import Creation, FleetPlan, with_peers

_Named = tuple[str, tuple[str | bytes]]


class FleetConfigurations:
    """Writes a configuration for each new peer whose key pair kgctl generates."""

    def __init__(self, wg_quick: WgQuickOptions, file: FileOptions, output: WholeFormat) -> None:
        if wg_quick.address:
            raise UsageError("--address does not work with several peers", hint="leave out --address")
        form = HostOptions().form(Format(output), wg_quick.settings())
        self._form = form_in(file.file, form) if file.file else form
        self._file = file
        self._told: set[Remark] = set()

    def check(self, run: Invocation, plan: FleetPlan) -> None:
        """Raise KgctlError before any change if the configurations cannot be generated or written."""
        generated = [creation for creation in plan.creations if creation.private_key]
        if not generated:
            return
        if self._file.file is None:
            name = generated[0].peer.name
            raise UsageError(
                f'peer "{name}" has no public key, and the configuration with a new key would be lost',
                hint="add -O DIR, or declare its public key",
            )
        folder = Path(self._file.file)
        if folder.exists() and not folder.is_dir():
            raise KgctlError(f'"{folder}" is a file, not a folder', hint="use -O DIR")
        folders.check_writable(folder)
        for name, _ in self._rendered(run, plan.new, generated):
            if not self._file.force and os.path.lexists(folder / name):
                raise KgctlError(
                    f'"{folder / name}" already exists', hint="to replace existing files, add --force"
                )
        created = tuple(creation.peer for creation in generated)
        terminal.tell(remarks_on_all(Mesh((), created, 0), self._form))

    @contextlib.contextmanager
    def stage(self, run: Invocation, mesh: Mesh, creations: Sequence[Creation]) -> Iterator[Callable[[], None]]:
        """Write the configurations in `mesh` to a temporary folder, and yield the function that moves them."""
        generated = [creation for creation in creations if creation.private_key]
        if not generated or self._file.file is None:
            yield _do_nothing
            return
        made = self._rendered(run, with_peers(mesh, (one.peer for one in generated)), generated)
        folder = Path(self._file.file)
        with folders.stage(folder, made, mode=files.SECRET, replace=self._file.force) as commit:

            def move() -> None:
                count = commit()
                terminal.say(f'wrote {count} file{"s" if count > 1 else ""} to "{folder}"')

            yield move

    def _rendered(self, run: Invocation, mesh: Mesh, creations: Sequence[Creation]) -> Iterator[_Named]:
        """Yield the files of the configurations; print each remark once, because most apply to every peer."""
        topology = run.topology(mesh)
        for creation in creations:
            name = creation.peer.name
            subject = peer_subject(topology, creation.peer)
            shown = whole_files(run.cluster, topology, subject, self._form, creation.private_key)
            run.tell(remark for remark in shown.remarks if remark not in self._told)
            self._told.update(shown.remarks)
            for file in shown.files:
                yield file_name(name, self._form, file.name), (file.content,)


def _do_nothing() -> None:
    """Deliver nothing."""

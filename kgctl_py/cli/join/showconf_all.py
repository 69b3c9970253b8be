"""`kgctl showconf peer --all`: write the configurations of all peers to a folder."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options.file_options import ConfWatchOptions, FileOptions
from kgctl_py.cli.options.form_options import HostOptions, ShowOptions
from kgctl_py.cli.options.wg_quick_options import WgQuickOptions
from kgctl_py.cli.remarks import tell_remarks
from kgctl_py.cli.terminal import terminal
from kgctl_py.config import Form, Format
from kgctl_py.config.all_peers import check_names, file_name, form_in, remarks_on_all, show_all
from kgctl_py.config.configuration import Shown
from kgctl_py.errors import UsageError
from kgctl_py.findings import Remark
from kgctl_py.findings.rules.peers import of_peer
from kgctl_py.fs import files, folders
from kgctl_py.mesh.find_by_name import ready_nodes
from kgctl_py.render.config.shared_sections import PeerConfigurations
from kgctl_py.value import replace


def write_all(
    run: Invocation,
    name: str | None,
    options: ShowOptions,
    wg_quick: WgQuickOptions,
    host: HostOptions,
    file: FileOptions,
    watch: ConfWatchOptions,
) -> None:
    """Write a file for each ready peer; raise KgctlError and write nothing if one of them fails."""
    folder = _check(name, options, wg_quick, host, file, watch)
    form = form_in(str(folder), replace(options.form(wg_quick, host, None), replaced=file.replaced))
    mesh = run.mesh()
    ready_nodes(mesh)
    check_names(mesh)
    topology = run.topology(mesh)
    tell_remarks(chain(run.findings(mesh, topology), *map(of_peer, mesh.ready_peers)))
    named: Iterable[tuple[str, Iterable[folders.Part]]] = (
        ((file_name(peer, form), parts) for peer, parts in PeerConfigurations(topology).confs())
        if form.is_plain
        else _files(show_all(run.cluster, topology, form), form)
    )
    count = folders.write(folder, named, mode=files.SECRET, replace=file.force)
    terminal.say(f'wrote {count} file{"" if count == 1 else "s"} to "{folder}"')
    tell_remarks(remarks_on_all(mesh, form))


def _check(
    name: str | None,
    options: ShowOptions,
    wg_quick: WgQuickOptions,
    host: HostOptions,
    file: FileOptions,
    watch: ConfWatchOptions,
) -> Path:
    """Return the folder; raise UsageError for options about one peer."""
    if name is not None:
        raise UsageError(f'--all and the name "{name}" exclude each other', hint="leave out one of them")
    if file.file is None:
        raise UsageError("--all needs -O DIR", hint="add -O DIR")
    if options.output is Format.ZIP:
        raise UsageError(
            "-o zip does not work with --all: it needs the private key of each peer",
            hint="name one peer instead of --all, and add --private-key FILE",
        )
    for option, given in (
        ("--watch", watch.watch),
        ("--private-key", options.private_key),
        ("--private-key-path", host.private_key_path),
        ("--address", wg_quick.address),
    ):
        if given:
            raise UsageError(f"{option} does not work with --all", hint=f"leave out {option}")
    return Path(file.file)


def _files(all_shown: Iterable[tuple[str, Shown]], form: Form) -> Iterator[tuple[str, tuple[str | bytes]]]:
    """Yield the files one by one, and print each remark once, because most apply to every peer."""
    told: set[Remark] = set()
    for name, shown in all_shown:
        tell_remarks(remark for remark in shown.remarks if remark not in told)
        told.update(shown.remarks)
        for file in shown.files:
            yield file_name(name, form, file.name), (file.content,)

"""`kgctl init`: the folder in which a team keeps Kilo and its Peers in Git."""

import contextlib
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from kgctl_py import names
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.option_groups import grouped
from kgctl_py.cli.options.installation_options import InstallationOptions
from kgctl_py.cli.terminal import terminal
from kgctl_py.cluster.git import kustomization
from kgctl_py.cluster.git.git_folder import kustomization_in, read_text
from kgctl_py.cluster.git.git_peers import folder_lock, text_errors
from kgctl_py.errors import KgctlError
from kgctl_py.fs import file_set
from kgctl_py.fs.file_set import FileChange
from kgctl_py.kilo.install.installation import Part
from kgctl_py.options import Options
from kgctl_py.render.checksum_header import is_unchanged
from kgctl_py.render.repository import path_of, repository
from kgctl_py.value import fields

ForceOption = Annotated[
    bool, typer.Option("--force", help="Make the files of Kilo anew, as far as nobody has changed them.")
]


@grouped
def init(
    context: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The folder; it is made if it is not there.")],
    options: InstallationOptions,
    force: ForceOption = False,
) -> None:
    """Write a folder to keep in Git: Kilo's manifests, a kustomization, examples of Peers, a README.

    For example: kgctl init vpn --distribution k3s && kubectl apply -f vpn/crds.yaml
    """
    from kgctl_py.render.manifests import manifests

    run: Invocation = context.obj
    made = repository(manifests(options.installation(run.options)), _command(options, run.options))
    path = Path(folder)
    with folder_lock(path) if path.is_dir() else contextlib.nullcontext():
        changes = [
            *_of_kilo(path, made.kilos, force),
            *_listing(path, made.kustomization, made.resources, force),
            *_of_team(path, made.teams),
        ]
        file_set.apply(changes)
    _tell(folder, changes)


def _command(options: InstallationOptions, stated: Options) -> str:
    """Give the line that makes the same again: what was chosen otherwise than by default."""
    chosen: list[tuple[str, object, object]] = [
        ("mesh_granularity", stated.granularity, None),
        ("port", stated.port, None),
        ("topology_label", stated.topology_label, names.TOPOLOGY_LABEL),
    ]
    for field in fields(options):
        default = [] if field.required else field.default
        chosen.append((field.name, getattr(options, field.name), default))
    words = [word for name, value, default in chosen if value != default for word in _words(name, value)]
    return shlex.join(["kgctl", "init", "DIR", *words])


def _words(name: str, value: object) -> list[str]:
    option = "--" + name.replace("_", "-")
    match value:
        case True:
            return [option]
        case list():
            return [option, ",".join(map(str, value))]
        case _:
            return [option, str(value)]


def _of_kilo(folder: Path, texts: Mapping[str, str], force: bool) -> Iterator[FileChange]:
    """Give the files of Kilo that are to be written; refuse one that is there, unless nobody has changed it."""
    for name, text in texts.items():
        path = folder / name
        if not path.exists():
            yield FileChange(path=path, content=text)
            continue
        _check_forced(path, force)
        before = read_text(path)
        if not is_unchanged(before):
            hint = f"keep your changes under `patches:` in {kustomization.FILE_NAMES[0]}, and move the file away"
            raise KgctlError(f'"{path}" is not as kgctl wrote it', hint=hint)
        if before != text:
            yield FileChange(path=path, content=text, replace=True)


def _listing(folder: Path, text: str, resources: tuple[str, ...], force: bool) -> Iterator[FileChange]:
    """Give the new kustomization; to one that is there only what it does not list is added."""
    path = kustomization_in(folder)
    if path is None:
        yield FileChange(path=folder / kustomization.FILE_NAMES[0], content=text)
        return
    _check_forced(path, force)
    before = changed = read_text(path)
    with text_errors(path):
        listed = kustomization.resources(before)
        for resource in resources:
            if not any(kustomization.same_path(one, resource) for one in listed):
                changed = kustomization.with_resource(changed, resource)
    if changed != before:
        yield FileChange(path=path, content=changed, replace=True)
    for part in Part:
        stale = path_of(part)
        if stale not in resources and any(kustomization.same_path(one, stale) for one in listed):
            terminal.warn(f'"{path}" lists "{stale}", which this installation does not have', "remove both")


def _of_team(folder: Path, texts: Mapping[str, str]) -> Iterator[FileChange]:
    """Give the files of the team that are not there yet."""
    for name, text in texts.items():
        if not (folder / name).exists():
            yield FileChange(path=folder / name, content=text)
        elif text:
            terminal.detail(f'"{folder / name}" stays as it is')


def _tell(folder: str, changes: Sequence[FileChange]) -> None:
    """Tell what was written, and how to begin."""
    if not changes:
        terminal.say(f'"{folder}" is as it would be written')
        return
    for change in changes:
        terminal.detail(f'wrote "{change.path}"')
    terminal.say(f'wrote {len(changes)} files to "{folder}"; README.md there says how to go on')
    where = shlex.quote(folder)
    terminal.hint(f"kubectl apply -f {shlex.quote(f'{folder}/crds.yaml')}, and then kubectl apply -k {where}")


def _check_forced(path: Path, force: bool) -> None:
    if not force:
        raise KgctlError(f'"{path}" exists', hint="--force makes anew what kgctl wrote and nobody has changed")

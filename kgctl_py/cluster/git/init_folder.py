"""Write the folder of `kgctl init`, or update the files of Kilo in it; files that people edited do not change."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from kgctl_py.cluster.git import kustomization
from kgctl_py.cluster.git.git_folder import read_text
from kgctl_py.cluster.git.git_peers import text_errors
from kgctl_py.cluster.git.walk_kustomizations import kustomization_in
from kgctl_py.errors import KgctlError
from kgctl_py.fs import file_set
from kgctl_py.fs.file_set import FileChange, folder_lock
from kgctl_py.kilo.install.installation import Part
from kgctl_py.notice import Tell, detail, warning
from kgctl_py.render.checksum_header import is_unchanged
from kgctl_py.render.git_folder_files import Repository, path_of


def init_folder(folder: Path, repository: Repository, *, force: bool, tell: Tell) -> tuple[FileChange, ...]:
    """Write all files or none, and return the written paths.

    Raise KgctlError if a file of Kilo exists, unless `force` is given and nobody edited the file.
    """
    with folder_lock(folder) if folder.is_dir() else contextlib.nullcontext():
        changes = (
            *_kilo_files(folder, repository.kilos, force),
            *_kustomization(folder, repository, force, tell),
            *_team_files(folder, repository.teams, tell),
        )
        file_set.apply(changes)
    return changes


def _kilo_files(folder: Path, texts: Mapping[str, str], force: bool) -> Iterator[FileChange]:
    for name, text in texts.items():
        path = folder / name
        if not path.exists():
            yield FileChange(path=path, content=text)
            continue
        _check_forced(path, force)
        before = read_text(path)
        if not is_unchanged(before):
            hint = f"move your changes to `patches:` in {kustomization.FILE_NAMES[0]}, then delete the file"
            raise KgctlError(f'"{path}" has changed since kgctl wrote it', hint=hint)
        if before != text:
            yield FileChange(path=path, content=text, replace=True)


def _kustomization(folder: Path, repository: Repository, force: bool, tell: Tell) -> Iterator[FileChange]:
    """Return the new kustomization; an existing one only gets the resources that are missing."""
    path = kustomization_in(folder)
    if path is None:
        yield FileChange(path=folder / kustomization.FILE_NAMES[0], content=repository.kustomization)
        return
    _check_forced(path, force)
    before = changed = read_text(path)
    with text_errors(path):
        listed = kustomization.resources(before)
        for resource in repository.resources:
            if not any(kustomization.same_path(path_listed, resource) for path_listed in listed):
                changed = kustomization.with_resource(changed, resource)
    if changed != before:
        yield FileChange(path=path, content=changed, replace=True)
    for stale in map(path_of, Part):
        is_listed = any(kustomization.same_path(path_listed, stale) for path_listed in listed)
        if is_listed and stale not in repository.resources:
            tell(warning(f'"{path}" lists "{stale}", which is not part of this installation', "remove both"))


def _team_files(folder: Path, texts: Mapping[str, str], tell: Tell) -> Iterator[FileChange]:
    """Return the files that do not exist yet; existing ones belong to the team."""
    for name, text in texts.items():
        if not (folder / name).exists():
            yield FileChange(path=folder / name, content=text)
        elif text:
            tell(detail(f'"{folder / name}" not changed'))


def _check_forced(path: Path, force: bool) -> None:
    if not force:
        raise KgctlError(f'"{path}" already exists', hint="to update the generated files, add --force")

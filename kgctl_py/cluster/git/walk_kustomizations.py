"""Walk the kustomizations of a Git folder recursively, and return the files that they list."""

import contextlib
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from kgctl_py.cluster.git import kustomization
from kgctl_py.cluster.git.boundaries import check_file, check_folder, not_a_folder, repository, resource_path
from kgctl_py.cluster.git.kustomization import Listing
from kgctl_py.errors import KgctlError
from kgctl_py.notice import Notice, Tell, note, warning
from kgctl_py.value import Value, replace

_REMOTE = ("://", "?ref=", "git@", "github.com/")
_NEW = "use a folder that has one; to see how to create one: kgctl init --help"
_DEEPEST = 100
"""The maximum number of kustomizations that list one another in a chain."""


class Renaming(Value, frozen=True):
    """A kustomization, and its field that renames objects."""

    by: Path
    field: str


class Listed(Value, frozen=True):
    """A file, and the kustomization that lists it as `resource`; None if no kustomization lists it."""

    path: Path
    by: Path | None = None
    resource: str = ""
    renaming: Renaming | None = None
    """What renames the objects of the file, if anything."""


class Walk:
    """A walk below a folder; `text` reads a file, and `remark` gets what kgctl does not follow."""

    def __init__(self, path: Path, text: Callable[[Path], str], remark: Tell) -> None:
        self.root = kustomization_of(path)
        self._repository = repository(path)
        self._text = text
        self._remark = remark

    def files(self) -> Iterable[Listed]:
        """Return the files that are applied, as often as a kustomization lists them; raise KgctlError."""
        return self._files(self.root, (), {})

    def check_keeps_names(self, by: Path) -> None:
        """Raise KgctlError if a kustomization renames what it lists."""
        check_not_renamed(_renaming(by, self._listing(by)))

    def _files(
        self, by: Path, around: tuple[Path, ...], known: dict[Path, Mapping[Listed, None]]
    ) -> Iterable[Listed]:
        """Return the files that a kustomization lists, also in folders, as often as it lists them.

        `around` are the kustomizations that list this one; `known` has the files of those that are read already.
        """
        file = by.resolve()
        if file in around:
            raise KgctlError(f'"{around[-1]}" lists "{by.parent}", which leads back to it')
        if len(around) == _DEEPEST:
            raise KgctlError(
                f'"{around[0]}" has more than {_DEEPEST} levels of kustomizations',
                hint="list the folders in fewer levels",
            )
        if file in known:
            return known[file]
        listing = self._listing(by)
        renaming = _renaming(by, listing)
        found: list[Listed] = []
        for resource in listing.resources:
            found += self._files_of(resource, by, (*around, file), known)
        for component in listing.components:
            if _is_remote(component) and not (by.parent / component).exists():
                self._remark(_not_fetched(by, component))
            else:
                found += self._files(self._inner(component, by, component=True), (*around, file), known)
        if renaming:
            found = [replace(one, renaming=renaming) for one in found]
        known[file] = dict.fromkeys(found)
        return found

    def _files_of(
        self, resource: str, by: Path, around: tuple[Path, ...], known: dict[Path, Mapping[Listed, None]]
    ) -> Iterable[Listed]:
        path = resource_path(by, resource)
        if path.is_dir():
            return self._files(self._inner(resource, by, component=False), around, known)
        if not path.exists() and _is_remote(resource):
            self._remark(_not_fetched(by, resource))
            return ()
        check_file(path, by)
        if path.name in kustomization.FILE_NAMES:
            folder = shlex.quote(str(Path(resource).parent))
            message = f'"{by}" lists "{resource}", which is a kustomization'
            raise KgctlError(message, hint=f"list its folder: {folder}")
        return (Listed(path, by, resource),)

    def _inner(self, named: str, by: Path, *, component: bool) -> Path:
        """Return the kustomization of a folder in another kustomization; raise KgctlError for another kind."""
        folder = by.parent / named
        if Path(named).is_absolute():
            raise KgctlError(f'"{by}" names "{named}", which is an absolute path', hint="use a relative path")
        check_folder(folder, self._repository, by)
        inner = kustomization_of(folder)
        with _explained(inner):
            if kustomization.is_component(self._text(inner)) is not component:
                what = "not a Component" if component else "a Component"
                raise ValueError(f'is {what}, and "{by}" lists it as {"one" if component else "something else"}')
        if component:  # a component also renames the resources beside it
            check_not_renamed(_renaming(inner, self._listing(inner)))
        return inner

    def _listing(self, by: Path) -> Listing:
        """Return what a kustomization lists, and record what kgctl does not follow; raise KgctlError."""

        def read_file(path: str) -> str:
            check_file(by.parent / path, by)
            return self._text(by.parent / path)

        with _explained(by):
            listing = kustomization.listing(self._text(by), read_file)
        if listing.not_followed:
            fields = ", ".join(listing.not_followed)
            text = f'kgctl ignores the {fields} of "{by}", which can add or change Peers'
            self._remark(warning(text, _built_hint(by)))
        return listing


def kustomization_in(folder: Path) -> Path | None:
    """Return the kustomization of a folder, if it has one; raise KgctlError if it has two."""
    found = [folder / name for name in kustomization.FILE_NAMES if (folder / name).is_file()]
    if len(found) > 1:
        raise KgctlError(f'"{folder}" has both {found[0].name} and {found[1].name}', hint="remove one of them")
    return next(iter(found), None)


def kustomization_of(folder: Path) -> Path:
    """Return the kustomization of a folder; raise KgctlError if it has none, or two."""
    found = kustomization_in(folder)
    if found is None:
        raise _without_kustomization(folder)
    check_file(found, found)
    return found


def _without_kustomization(folder: Path) -> KgctlError:
    """Return the error for a folder without a kustomization, which may be a typo of another one."""
    if not folder.is_dir():
        return not_a_folder(folder)
    near = sorted(path.parent for name in kustomization.FILE_NAMES for path in folder.glob(f"*/{name}"))
    hint = f'did you mean "{near[0]}"?' if near else _NEW
    return KgctlError(f'folder "{folder}" has no {kustomization.FILE_NAMES[0]}', hint=hint)


@contextlib.contextmanager
def _explained(by: Path) -> Iterator[None]:
    """Raise KgctlError for a ValueError about a kustomization in the block."""
    try:
        yield
    except ValueError as error:
        hint = "use the folder in its spec.path" if "toolkit.fluxcd.io" in str(error) else ""
        raise KgctlError(f'"{by}" {error}', hint=hint) from None


def _renaming(by: Path, listing: Listing) -> Renaming | None:
    return Renaming(by, listing.renaming) if listing.renaming else None


def check_not_renamed(renaming: Renaming | None) -> None:
    """Raise KgctlError if a kustomization renames the objects of a file."""
    if renaming:
        message = f'"{renaming.by}" renames Peers with {renaming.field}, which kgctl does not support'
        raise KgctlError(message, hint=_built_hint(renaming.by))


def _built_hint(by: Path) -> str:
    return f"kubectl kustomize {shlex.quote(str(by.parent))} | kgctl --from-file - …"


def _is_remote(resource: str) -> bool:
    return any(mark in resource for mark in _REMOTE)


def _not_fetched(by: Path, resource: str) -> Notice:
    return note(f'"{by}" lists {resource}, which kgctl does not fetch; kgctl ignores Peers in it')

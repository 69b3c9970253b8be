"""A folder at a revision of its Git repository, extracted to a temporary folder."""

import contextlib
import os
import tempfile
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from kgctl_py.cluster.git.boundaries import is_below, not_a_folder
from kgctl_py.cluster.git.git_command import run_git, trust_command
from kgctl_py.errors import KgctlError
from kgctl_py.limits import LARGEST_SETTING
from kgctl_py.os_errors import explained
from kgctl_py.value import Value

_DAMAGED = "to check the repository: git fsck"
_PARTIAL = "to download the missing files: git fetch --refetch --no-filter"
_NO_REPOSITORY = "fatal: not a git repository"
"""The error of Git that kgctl leaves out, because its own error says the same."""
_LINK, _FILE = "120000", "blob"
_FORBIDDEN = ("", ".", "..", ".git")
_SEPARATORS = ("\\", ":") if os.name == "nt" else ()
"""Characters that this system takes for a separator or a drive, beside the slash."""


class _Entry(Value, frozen=True, kw_only=True):
    """A file or a link in a commit."""

    path: Path
    is_link: bool
    object_id: str
    size: int


@contextlib.contextmanager
def checked_out(folder: str, revision: str) -> Iterator[str]:
    """Return the path of `folder` as it was at `revision` while the block runs.

    The repository, its index, and its files stay as they are, and no filter or hook of it runs. Raise KgctlError
    for an unknown revision, and for a folder that is in no repository; errors about files in the block name them
    as Git does, `REVISION:PATH`.
    """
    if not Path(folder).is_dir():
        raise not_a_folder(Path(folder))
    prefix = _line(folder, "rev-parse", "--show-prefix", wrong=f'"{folder}" is not in a Git repository')
    commit = _commit(folder, revision)
    with tempfile.TemporaryDirectory(prefix="kgctl-") as temporary:
        tree = Path(temporary).resolve() / "tree"
        (tree / ".git").mkdir(parents=True)  # marks the root, which no path can leave
        _write_files(folder, commit, tree, wrong=f'cannot check out "{revision}"')
        if (tree / prefix).is_dir() and not is_below(tree / prefix, tree):
            raise KgctlError(f'"{revision}:{prefix}" is a link that leads out of the repository')
        try:
            yield str(tree / prefix)
        except KgctlError as error:
            for path, shown in ((f"{tree}/", f"{revision}:"), (str(tree), f"{revision}:.")):
                error.message = error.message.replace(path, shown)
                error.hint = error.hint.replace(path, shown)
            raise


def _commit(folder: str, revision: str) -> str:
    """Return the hash of a revision, which, unlike the text of the user, cannot be taken for an option."""
    wrong = f'"{revision}" is not a revision of the repository of "{folder}"'
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return _line(folder, *words, wrong=wrong, hint="to list commits: git log --oneline")


def _write_files(folder: str, commit: str, tree: Path, *, wrong: str) -> None:
    """Write the files of a commit as Git stores them, and then its links.

    All folders exist before the first link, so nothing is written through a link, even if the file system
    takes two names for the same.
    """
    entries = list(_entries(_git(folder, "ls-tree", "-r", "-l", "-z", "--full-tree", commit, wrong=wrong)))
    _check_distinct(entries, wrong)
    with explained("write", tree):
        for parent in {entry.path.parent for entry in entries}:
            (tree / parent).mkdir(parents=True, exist_ok=True)
    for part in _parts(sorted(entries, key=lambda entry: entry.is_link)):
        wanted = "".join(f"{entry.object_id}\n" for entry in part).encode()
        contents = _git(folder, "cat-file", "--batch", wrong=wrong, stdin=wanted)
        with explained("write", tree):
            for entry, content in zip(part, _contents(contents, part), strict=True):
                _write(tree / entry.path, content, is_link=entry.is_link)


def _check_distinct(entries: Iterable[_Entry], wrong: str) -> None:
    """Raise KgctlError if two entries have the same path, or an entry is below another one."""
    paths: set[Path] = set()
    for entry in entries:
        if entry.path in paths:
            raise KgctlError(f'{wrong}: it has "{entry.path}" twice', hint=_DAMAGED)
        paths.add(entry.path)
    folders = {folder for parent in {path.parent for path in paths} for folder in (parent, *parent.parents)}
    if both := sorted(paths & folders):
        raise KgctlError(f'{wrong}: it has "{both[0]}" twice', hint=_DAMAGED)


def _entries(listed: bytes) -> Iterator[_Entry]:
    """Yield the entries that can contain settings, without submodules, large files, and paths that Git refuses."""
    for line in listed.split(b"\0")[:-1]:
        head, _, name = line.partition(b"\t")
        mode, kind, object_id, size = head.decode().split()
        parts = os.fsdecode(name).split("/")
        if kind == _FILE and all(map(is_name, parts)) and int(size) <= LARGEST_SETTING:
            yield _Entry(path=Path(*parts), is_link=mode == _LINK, object_id=object_id, size=int(size))


def is_name(part: str, separators: Collection[str] = _SEPARATORS) -> bool:
    """Return whether a part of a path is the name of a file or a folder on this system."""
    return part.lower() not in _FORBIDDEN and not any(mark in part for mark in separators)


def _parts(entries: Iterable[_Entry]) -> Iterator[list[_Entry]]:
    """Yield the entries in groups, each of which is read at once."""
    part: list[_Entry] = []
    size = 0
    for entry in entries:
        part.append(entry)
        size += entry.size
        if size > LARGEST_SETTING:
            yield part
            part, size = [], 0
    if part:
        yield part


def _contents(batch: bytes, entries: Iterable[_Entry]) -> Iterator[bytes]:
    """Yield the contents in the output of `git cat-file --batch`: a line, the content, and a line end for each."""
    at = 0
    for entry in entries:
        start = batch.index(b"\n", at) + 1
        at = start + entry.size + 1
        yield batch[start : at - 1]


def _write(path: Path, content: bytes, *, is_link: bool) -> None:
    """Write a file, or a link, which is left out if the system refuses it or its path exists."""
    if not is_link:
        path.write_bytes(content)
        return
    with contextlib.suppress(OSError, ValueError):
        path.symlink_to(os.fsdecode(content))


def _line(folder: str, *words: str, wrong: str, hint: str = "") -> str:
    """Return the line that git prints."""
    return _git(folder, *words, wrong=wrong, hint=hint).decode(errors="surrogateescape").removesuffix("\n")


def _git(folder: str, *words: str, wrong: str, hint: str = "", stdin: bytes = b"") -> bytes:
    try:
        done = run_git(folder, *words, stdin=stdin)
    except OSError as error:
        raise KgctlError(f"cannot run git: {error.strerror}", hint="install Git") from None
    if done.returncode:
        if command := trust_command(done.stderr):
            why = f'the repository of "{folder}" belongs to another user'
            raise KgctlError(why, hint=f"if you trust its files: {command}")
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        hint = hint or (_PARTIAL if _is_partial(folder) else "")
        reason = f": {lines[-1]}" if lines and not lines[-1].startswith(_NO_REPOSITORY) else ""
        raise KgctlError(wrong + reason, hint=hint)
    return done.stdout


def _is_partial(folder: str) -> bool:
    """Return whether the repository of a folder lacks files that it can download (partial clone)."""
    return run_git(folder, "config", "--get-regexp", r"^remote\..*\.promisor$").returncode == 0

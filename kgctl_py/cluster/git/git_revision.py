"""A folder as it was at a revision of its Git repository, in a temporary place."""

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from kgctl_py.cluster.git.git_command import run_git
from kgctl_py.errors import KgctlError
from kgctl_py.os_errors import LARGEST_SETTING, explained
from kgctl_py.value import Value

_LINK, _FILE = "120000", "blob"
_FORBIDDEN = ("", ".", "..", ".git")


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
        raise KgctlError(f'"{folder}" is not a folder', hint="use --git DIR")
    prefix = _line(folder, "rev-parse", "--show-prefix", wrong=f'"{folder}" is not in a Git repository')
    commit = _commit(folder, revision)
    with tempfile.TemporaryDirectory(prefix="kgctl-") as temporary:
        tree = Path(temporary).resolve() / "tree"
        (tree / ".git").mkdir(parents=True)  # where the repository of these files ends
        _write_files(folder, commit, tree, wrong=f'cannot check out "{revision}"')
        try:
            yield str(tree / prefix)
        except KgctlError as error:
            for path in (f"{tree}/", str(tree)):
                error.message = error.message.replace(path, f"{revision}:")
                error.hint = error.hint.replace(path, f"{revision}:")
            raise


def _commit(folder: str, revision: str) -> str:
    """Return the hash of a revision: text that starts with a dash is no option then."""
    wrong = f'"{revision}" is not a revision of the repository of "{folder}"'
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return _line(folder, *words, wrong=wrong, hint="to list commits: git log --oneline")


def _write_files(folder: str, commit: str, tree: Path, *, wrong: str) -> None:
    """Write the files of a commit as Git stores them, and then its links, through which no file is written."""
    entries = list(_entries(_git(folder, "ls-tree", "-r", "-l", "-z", "--full-tree", commit, wrong=wrong)))
    for part in _parts(sorted(entries, key=lambda entry: entry.is_link)):
        wanted = "".join(f"{entry.object_id}\n" for entry in part).encode()
        contents = _git(folder, "cat-file", "--batch", wrong=wrong, stdin=wanted)
        with explained("write", tree):
            for entry, content in zip(part, _contents(contents, part), strict=True):
                _write(tree / entry.path, content, is_link=entry.is_link)


def _entries(listed: bytes) -> Iterator[_Entry]:
    """Yield what can be a file with settings; not submodules, large files, and paths that Git refuses as well."""
    for line in listed.split(b"\0")[:-1]:
        head, _, name = line.partition(b"\t")
        mode, kind, object_id, size = head.decode().split()
        parts = os.fsdecode(name).split("/")
        is_path = not any(part.lower() in _FORBIDDEN for part in parts)
        if kind == _FILE and is_path and int(size) <= LARGEST_SETTING:
            yield _Entry(path=Path(*parts), is_link=mode == _LINK, object_id=object_id, size=int(size))


def _parts(entries: Iterable[_Entry]) -> Iterator[list[_Entry]]:
    """Yield the entries in groups, each of which is read at once."""
    part: list[_Entry] = []
    for entry in entries:
        part.append(entry)
        if sum(one.size for one in part) > LARGEST_SETTING:
            yield part
            part = []
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
    path.parent.mkdir(parents=True, exist_ok=True)
    if is_link:
        path.symlink_to(os.fsdecode(content))
    else:
        path.write_bytes(content)


def _line(folder: str, *words: str, wrong: str, hint: str = "") -> str:
    """Return the line that git prints."""
    return _git(folder, *words, wrong=wrong, hint=hint).decode(errors="surrogateescape").removesuffix("\n")


def _git(folder: str, *words: str, wrong: str, hint: str = "", stdin: bytes = b"") -> bytes:
    try:
        done = run_git(folder, *words, stdin=stdin)
    except OSError as error:
        raise KgctlError(f"cannot run git: {error.strerror}", hint="install Git") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise KgctlError(wrong + (f": {lines[-1]}" if lines else ""), hint=hint)
    return done.stdout

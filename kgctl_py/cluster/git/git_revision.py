"""A folder as it was at a revision of its Git repository, in a temporary place."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kgctl_py.errors import KgctlError


@contextlib.contextmanager
def checked_out(folder: str, revision: str) -> Iterator[str]:
    """Return the path of `folder` as it was at `revision` while the block runs.

    The repository, its index, and its files stay as they are. Raise KgctlError for an unknown revision, and for
    a folder that is in no repository; errors about files in the block name them as Git does, `REVISION:PATH`.
    """
    if not Path(folder).is_dir():
        raise KgctlError(f'"{folder}" is not a folder', hint="use --git DIR")
    prefix = _git(folder, "rev-parse", "--show-prefix", wrong=f'"{folder}" is not in a Git repository')
    commit = _commit(folder, revision)
    with tempfile.TemporaryDirectory(prefix="kgctl-") as temporary:
        tree = Path(temporary).resolve() / "tree"
        (tree / ".git").mkdir(parents=True)  # where the repository of these files ends
        index = {"GIT_INDEX_FILE": str(tree.parent / "index")}
        wrong = f'cannot check out "{revision}"'
        _git(folder, "read-tree", commit, wrong=wrong, environment=index)
        top = _git(folder, "rev-parse", "--show-toplevel", wrong=wrong)
        _git(top, "checkout-index", "--all", "--force", f"--prefix={tree}/", wrong=wrong, environment=index)
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
    return _git(folder, *words, wrong=wrong, hint="to list commits: git log --oneline")


def _git(folder: str, *words: str, wrong: str, hint: str = "", environment: dict[str, str] | None = None) -> str:
    command = ["git", "-C", folder, *words]
    try:
        done = subprocess.run(  # noqa: S603 # no shell
            command, capture_output=True, check=False, env={**os.environ, **(environment or {})}
        )
    except OSError as error:
        raise KgctlError(f"cannot run git: {error.strerror}", hint="install Git") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise KgctlError(wrong + (f": {lines[-1]}" if lines else ""), hint=hint)
    return done.stdout.decode(errors="surrogateescape").removesuffix("\n")

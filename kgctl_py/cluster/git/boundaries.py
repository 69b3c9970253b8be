"""The paths that a Git folder can refer to, as in Kustomize, and the files that Git ignores."""

import errno
import os
import shlex
import stat
from pathlib import Path

from kgctl_py.errors import KgctlError
from kgctl_py.limits import LARGEST_SETTING, read_stream
from kgctl_py.os_errors import explained, reason


def repository(folder: Path) -> Path:
    """Return the root of the repository that contains `folder`; without a repository, the root of the file system.

    Without a repository, the rule of Kustomize applies: folders have relative paths, and files are below their
    kustomization.
    """
    real = folder.resolve()
    return next((parent for parent in (real, *real.parents) if (parent / ".git").exists()), Path(real.anchor))


def resource_path(by: Path, resource: str) -> Path:
    """Return the path of a resource in the kustomization `by`; raise KgctlError if it is not a valid file name."""
    path = by.parent / resource
    try:
        path.stat()
    except ValueError:  # a NUL, or a character that the file system cannot write
        raise KgctlError(f'"{by}" names "{resource}", which is not a path') from None
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR):
            raise KgctlError(f'cannot read "{path}": {reason(error)}') from None
    return path


def check_file(path: Path, by: Path) -> None:
    """Raise KgctlError unless a file in the kustomization `by` is in or below the folder of the kustomization."""
    if not is_below(path, by.parent):
        raise KgctlError(
            f'"{by}" names "{path}", which is not below its folder', hint=f'move it below "{by.parent}"'
        )


def check_folder(path: Path, root: Path, by: Path) -> None:
    """Raise KgctlError unless a folder in the kustomization `by` is in the repository at `root`."""
    if not is_below(path, root):
        hint = f"remove it from {shlex.quote(str(by))}"
        raise KgctlError(f'"{by}" names "{path}", which is outside of "{root}"', hint=hint)


def is_below(path: Path, folder: Path) -> bool:
    """Return whether a path is in a folder after all links are resolved."""
    return path.resolve().is_relative_to(folder.resolve())


def read_regular(path: Path) -> bytes:
    """Return the content of a regular file; raise KgctlError for other files, which may be endless."""
    with explained("read", path):
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise KgctlError(f'cannot read "{path}": it is not a regular file')
            return read_stream(file, f'"{path}"', most=LARGEST_SETTING)


def is_ignored(file: Path) -> bool:
    """Return whether Git ignores `file`, or the file is outside a repository (git-check-ignore(1))."""
    from kgctl_py.cluster.git.git_command import run_git  # it imports subprocess

    try:
        return run_git(str(file.parent), "check-ignore", "-q", "--", file.name).returncode != 1
    except OSError:
        return True


def not_a_folder(path: Path) -> KgctlError:
    """Return the error for a path that is not a folder."""
    if path.exists():
        return KgctlError(f'"{path}" is a file, not a folder')
    return KgctlError(
        f'folder "{path}" does not exist',
        hint="check the path; to see how to create a folder for Peers: kgctl init --help",
    )

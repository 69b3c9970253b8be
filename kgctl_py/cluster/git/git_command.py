"""Run git, but none of the programs that a repository names: it may come from somebody else."""

import os
import subprocess

_NO_PROGRAMS = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
"""The options that turn off the monitor of files and the hooks."""

_NO_DOWNLOADS = {"GIT_ALLOW_PROTOCOL": ""}
"""A partial clone downloads missing objects with programs of its configuration."""

_OF_ANOTHER_REPOSITORY = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_WORK_TREE",
)
"""Variables that a hook of a repository gets, and which would stand for that of the folder (git-rev-parse(1))."""


def run_git(folder: str, *words: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    """Run a command of git that only reads the repository of `folder`; raise OSError if git cannot be run."""
    command = ["git", "-C", folder, *_NO_PROGRAMS, *words]
    environment = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER_REPOSITORY}
    return subprocess.run(  # noqa: S603 # no shell
        command, input=stdin, capture_output=True, check=False, env=environment | _NO_DOWNLOADS
    )

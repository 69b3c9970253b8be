"""Run git without the programs that a repository names, because other people can write the repository."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_NO_PROGRAMS = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
"""The options that turn off the monitor of files and the hooks."""

_ALWAYS = {"GIT_ALLOW_PROTOCOL": "", "LC_ALL": "C"}
"""A partial clone downloads missing objects with programs of its configuration; errors are in English."""

_OF_ANOTHER_OWNER = re.compile(rb"dubious ownership in repository at '(.+)'")
_REMEDY = re.compile(rb"^\s*(git config --global --add safe\.directory .+)$", re.MULTILINE)

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

_PATHS = frozenset({"GIT_COMMON_DIR", "GIT_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE"})


def run_git(folder: str, *words: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    """Run a command of git that only reads the repository of `folder`; raise OSError if git cannot be run.

    A folder in no repository belongs to that of GIT_DIR, if it is set and the folder is in its work tree. As Git
    does, it also reads a repository of another owner that GIT_DIR names, and no other one of another owner.
    """
    own = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER_REPOSITORY}
    if "GIT_DIR" in os.environ and (probe := _run(folder, ("rev-parse", "--git-dir"), own)).returncode:
        environment = own | _of_environment()
        work_tree = _work_tree(environment)
        refused = _OF_ANOTHER_OWNER.search(probe.stderr)
        is_named = refused is None or Path(os.fsdecode(refused[1])).resolve() == work_tree.resolve()
        if is_named and Path(folder).resolve().is_relative_to(work_tree.resolve()):
            return _run(folder, words, environment | {"GIT_WORK_TREE": str(work_tree)}, stdin)
    return _run(folder, words, own, stdin)


def trust_command(stderr: bytes) -> str:
    """Return the command that Git suggests if it refuses a repository of another owner; empty for other errors."""
    found = _REMEDY.search(stderr) if _OF_ANOTHER_OWNER.search(stderr) else None
    return found[1].decode(errors="replace") if found else ""


def _run(
    folder: str, words: Sequence[str], environment: Mapping[str, str], stdin: bytes = b""
) -> "subprocess.CompletedProcess[bytes]":
    command = ["git", "-C", folder, *_NO_PROGRAMS, *words]
    return subprocess.run(  # noqa: S603 # no shell
        command, input=stdin, capture_output=True, check=False, env={**environment, **_ALWAYS}
    )


def _of_environment() -> dict[str, str]:
    """Return the variables of the repository of the environment, with absolute paths because of `git -C`."""
    variables = {name: os.environ[name] for name in _OF_ANOTHER_REPOSITORY if name in os.environ}
    return {name: str(Path(value).absolute()) if name in _PATHS else value for name, value in variables.items()}


def _work_tree(environment: Mapping[str, str]) -> Path:
    """Return the work tree of the repository of the environment; that of a bare one is the current folder."""
    top = _run(".", ("rev-parse", "--show-toplevel"), environment)
    return Path(os.fsdecode(top.stdout.removesuffix(b"\n"))) if top.returncode == 0 else Path.cwd()

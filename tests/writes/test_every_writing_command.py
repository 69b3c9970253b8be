"""Whatever happens to a command that writes files, they are as before or complete, and no secret is readable."""

import dataclasses
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kgctl_py.cli.command_list import COMMANDS
from tests.writes.commands import ROWS, WRITE_NO_FILE, Row
from tests.writes.runner import Condition, Outcome, State

SIGINT, SIGHUP, SIGTERM, SIGKILL = 2, 1, 15, 9
INTERRUPTED = 130
MOST_MOMENTS = 5
TEMPORARY = re.compile(r"\.kgctl-[0-9a-f]{16}\.tmp(?![^/])")
Run = Callable[[Row, Condition], Outcome]


def commands(prefix: str, command: Any) -> Iterator[tuple[str, set[str]]]:
    """Yield the name of each command with its options."""
    if hasattr(command, "commands"):
        for name, below in command.commands.items():
            yield from commands(f"{prefix} {name}", below)
    else:
        yield prefix.strip(), {option for param in command.params for option in param.opts}


def test_every_command_is_in_the_table_with_each_option_that_writes() -> None:
    known = [one for name in COMMANDS for one in commands(name, COMMANDS[name])]
    in_table = {row.words for row in ROWS} | set(WRITE_NO_FILE)
    assert {name for name, _ in known} == in_table
    for name, options in known:
        for option in options & {"-O", "--git", "--all"}:
            lines = [row.args for row in ROWS if row.words == name]
            assert any(option in line for line in lines) or name in ("changes", "showconf node"), (name, option)


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Run rows in one process that has imported everything, with mounts of its own."""
    unshare = ("unshare", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",)))
    command = (*unshare, sys.executable, "-W", "ignore", "-m", "tests.writes.runner")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout

        def ask(row: Row, condition: Condition) -> Outcome:
            assert process.stdin
            assert process.stdout
            process.stdin.write(json.dumps([ROWS.index(row), dataclasses.asdict(condition)]) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            for name in ("before", "after"):
                answer[name] = {path: tuple(status) for path, status in answer[name].items()}
            return Outcome(**answer)

        yield ask
        process.stdin.close()


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row.args))
def test_files_are_as_before_or_complete(run: Run, row: Row) -> None:
    whole = run(row, Condition())
    assert (whole.code, whole.after != whole.before) == (0, True), whole.stderr
    _check_secrets(whole.after)
    for at in _moments(whole.calls):
        _check_interrupted(whole, run(row, Condition(signal=SIGTERM, at=at)), at)
        _check_killed(whole, run(row, Condition(signal=SIGKILL, at=at)), at)
    for number in (SIGINT, SIGHUP):
        _check_interrupted(whole, run(row, Condition(signal=number, at=2)), 2)
    for condition in (Condition(limit=0), Condition(disk="full"), Condition(disk="read-only")):
        _check_refused(run(row, condition))
    if whole.stdout:
        for stdout in ("full", "closed"):
            ended = run(row, Condition(stdout=stdout))
            assert (ended.after, ended.code != 0) == (whole.before, True), ended
    for target in ("folder", "link", "pipe") if _names_a_secret_file(row) else ():
        refused = run(row, Condition(target=target))
        _check_refused(refused)
        assert "elsewhere" not in refused.after


def _names_a_secret_file(row: Row) -> bool:
    return row.target.endswith((".conf", ".svg"))


def _moments(calls: int) -> list[int]:
    """Return calls to be followed by a signal: each, or some of them that are apart from each other."""
    count = min(calls, MOST_MOMENTS)
    return sorted({calls - calls * number // count for number in range(count)})


def _check_interrupted(whole: Outcome, ended: Outcome, at: int) -> None:
    assert ended.after in (whole.before, whole.after), (at, ended)
    assert ended.code == INTERRUPTED or (ended.code == 0 and ended.after == whole.after), (at, ended)
    assert "bug" not in ended.stderr


def _check_killed(whole: Outcome, ended: Outcome, at: int) -> None:
    """Nothing can be undone, but each file is whole, and the kustomization lists only files that exist."""
    assert ended.code == -SIGKILL, (at, ended)
    files = {path: status for path, status in ended.after.items() if not TEMPORARY.search(path)}
    listed = files.pop("kustomization.yaml", (0, ""))
    assert set(re.findall(r"peers/\S+", listed[1])) <= files.keys(), (at, ended)
    for path, status in files.items():
        assert status in (whole.before.get(path), whole.after.get(path)), (at, path, status)
    _check_secrets(ended.after)


def _check_secrets(state: State) -> None:
    for path, (mode, text) in state.items():
        if "PrivateKey = KEY" in text or path.endswith(".key"):
            assert mode & 0o077 == 0, path


def _check_refused(refused: Outcome) -> None:
    assert refused.after == refused.before, refused
    assert refused.code == 1, refused
    errors = [line for line in refused.stderr.splitlines() if re.match(r"kgctl: (?!note:|warning:)", line)]
    assert len(errors) == 1, refused.stderr

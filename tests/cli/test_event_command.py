"""The command of `kgctl events --on-event`: it cannot hold up events, and none is lost without a word."""

import contextlib
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import pytest

from kgctl_py.cli.inspect.event_command import CommandLimits, EventCommand
from kgctl_py.cli.shell_command import ShellCommand
from tests.cli.process_groups import has_processes
from tests.kube.watched import until

LIMITS = CommandLimits(seconds=60.0, waiting=3)


class Warned:
    """A command, and the warnings about it."""

    def __init__(self, command: str, limits: CommandLimits = LIMITS) -> None:
        self.warnings: list[str] = []
        self.command = EventCommand(command, self.warnings.append, limits)

    @contextlib.contextmanager
    def interrupted(self) -> Iterator[EventCommand]:
        """Run a block that Ctrl-C ends."""
        with contextlib.suppress(KeyboardInterrupt), self.command as command:
            yield command
            raise KeyboardInterrupt


def hanging(folder: Path) -> tuple[str, Path]:
    """Return a command that starts others and hangs, and the file to which it writes its process group."""
    file = folder / "group"
    return f"echo $$ > '{file}'; sleep 600 & sleep 601; true", file


def group_in(file: Path) -> int:
    until(lambda: file.exists() and file.read_text().endswith("\n"), 30)
    return int(file.read_text())


def test_events_run_the_command_in_their_order_with_the_event_on_stdin_before_the_end(tmp_path: Path) -> None:
    file = tmp_path / "told"
    warned = Warned(f"cat >> '{file}'; echo $KGCTL_EVENT >> '{file}'")
    with warned.command as command:
        for number in range(3):
            command.run("leader-changed", f"event {number}")
    assert file.read_text() == "".join(f"event {number}\nleader-changed\n" for number in range(3))
    assert warned.warnings == []


class NoThreads(ThreadPoolExecutor):
    """What a system without room for a thread does."""

    def submit(self, *_: object, **__: object) -> NoReturn:
        raise RuntimeError("can't start new thread")


def test_without_room_for_a_thread_a_command_is_a_warning_and_later_ones_run(tmp_path: Path) -> None:
    executors = iter((NoThreads(1), ThreadPoolExecutor(1)))
    command = ShellCommand(f"touch '{tmp_path / 'ran'}'", executor=lambda _: next(executors))
    assert command.run() == "cannot run: can't start new thread"
    assert command.run() == ""
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("line", "warning"),
    [
        ("exit 3", "failed: exit code 3"),
        ("kill -9 $$", "failed: signal 9"),
        ("/nowhere/notify 2> /dev/null", "failed: exit code 127"),
    ],
)
def test_a_command_that_fails_is_a_warning_and_the_next_event_runs_it_again(line: str, warning: str) -> None:
    warned = Warned(line)
    with warned.command as command:
        for _ in range(2):
            command.run("leader-changed", "event")
    assert warned.warnings == [f"the --on-event command {warning}"] * 2


def test_a_command_that_does_not_read_a_large_event_is_no_error() -> None:
    warned = Warned("exit 0")
    with warned.command as command:
        command.run("leader-changed", "x" * 10_000_000)
    assert warned.warnings == []


def test_a_shell_that_cannot_start_is_a_warning() -> None:
    warned = Warned("x" * 10_000_000)  # longer than the kernel takes
    with warned.command as command:
        command.run("leader-changed", "event")
    assert warned.warnings == ["the --on-event command cannot run: Argument list too long"]


def test_a_command_that_hangs_is_ended_with_all_that_it_started_and_the_next_event_runs_it(
    tmp_path: Path,
) -> None:
    line, file = hanging(tmp_path)
    warned = Warned(f"[ -s '{file}' ] && exit 3; {line}", CommandLimits(seconds=0.5))
    failed = "the --on-event command failed: exit code 3"
    with warned.command as command:
        while failed not in warned.warnings:  # on a busy machine, some end before they write the file
            count = len(warned.warnings)
            command.run("leader-changed", "event")
            until(lambda: len(warned.warnings) > count, 60)  # noqa: B023 # called in this round
    assert len(warned.warnings) > 1
    assert set(warned.warnings[:-1]) == {"the --on-event command was ended after 0.5 seconds"}
    until(lambda: not has_processes(group_in(file)), 30)


def test_ctrl_c_ends_the_command_and_tells_for_how_many_events_it_did_not_run(tmp_path: Path) -> None:
    line, file = hanging(tmp_path)
    warned = Warned(line)
    with warned.interrupted() as command:
        command.run("leader-changed", "event")
        group = group_in(file)
        command.run("leader-changed", "event")
    assert warned.warnings == ["the --on-event command did not run for 2 events"]
    until(lambda: not has_processes(group), 30)


def test_a_command_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    line, file = hanging(tmp_path)
    warned = Warned(f"trap '' TERM; {line}", CommandLimits(grace=0.3))
    with warned.interrupted() as command:
        command.run("leader-changed", "event")
        group = group_in(file)
    until(lambda: not has_processes(group), 30)
    assert warned.warnings == ["the --on-event command did not run for 1 event"]


def test_what_a_command_started_has_time_to_clean_up(tmp_path: Path) -> None:
    file, cleaned = tmp_path / "group", tmp_path / "cleaned"
    child = tmp_path / "child.sh"
    child.write_text(
        f"trap 'sleep 0.5; touch {cleaned}; exit' TERM\necho $PPID > {file}\nwhile :; do sleep 0.05; done\n"
    )
    warned = Warned(f"sh '{child}'; true", CommandLimits(grace=60.0))
    with warned.interrupted() as command:
        command.run("leader-changed", "event")
        group = group_in(file)
    until(lambda: not has_processes(group), 30)
    assert cleaned.exists()


def test_a_process_that_the_command_puts_in_the_background_keeps_running(tmp_path: Path) -> None:
    file = tmp_path / "group"
    warned = Warned(f"echo $$ > '{file}'; sleep 600 & true")
    with warned.command as command:
        command.run("leader-changed", "event")
    group = group_in(file)
    try:
        assert has_processes(group)
        assert warned.warnings == []
    finally:
        os.killpg(group, signal.SIGKILL)


@pytest.mark.parametrize("error", [BrokenPipeError(), ValueError("I/O operation on closed file")])
def test_if_a_warning_cannot_be_printed_later_events_run_the_command(tmp_path: Path, error: Exception) -> None:
    def warn(_: str) -> None:
        raise error

    file = tmp_path / "told"
    with EventCommand(f"cat >> '{file}'; exit 3", warn, LIMITS) as command:
        for number in range(3):
            command.run("leader-changed", f"event {number}")
    assert file.read_text() == "event 0\nevent 1\nevent 2\n"


def test_an_event_with_half_a_character_runs_the_command(tmp_path: Path) -> None:
    file = tmp_path / "told"
    warned = Warned(f"cat >> '{file}'")
    with warned.command as command:
        command.run("peer-added", '"\ud800"')
    assert (file.read_text(), warned.warnings) == ('"\\ud800"\n', [])


def test_a_command_that_finished_just_before_ctrl_c_did_run(tmp_path: Path) -> None:
    for number in range(5):
        file = tmp_path / f"group-{number}"
        warned = Warned(f"sleep 0.2; echo $$ > '{file}'")
        with warned.interrupted() as command:
            command.run("leader-changed", "event")
            group = group_in(file)
            until(lambda: not has_processes(group), 30)  # noqa: B023 # called in this round
        assert warned.warnings == []


def test_more_events_than_can_wait_are_counted(tmp_path: Path) -> None:
    line, file = hanging(tmp_path)
    warned = Warned(line)
    with warned.interrupted() as command:
        command.run("leader-changed", "event")
        group_in(file)
        for _ in range(10):
            command.run("leader-changed", "event")
    assert warned.warnings == [
        "3 events wait for the --on-event command, so it misses new ones",
        "the --on-event command did not run for 11 events",
    ]


def test_events_that_were_dropped_are_told_when_others_can_wait_again(tmp_path: Path) -> None:
    go, file = tmp_path / "go", tmp_path / "group"
    warned = Warned(f"echo $$ > '{file}'; while ! [ -e '{go}' ]; do sleep 0.1; done")
    with warned.command as command:
        command.run("leader-changed", "event")
        group_in(file)
        for _ in range(5):
            command.run("leader-changed", "event")
        go.touch()
        until(lambda: command.waiting == 0, 30)
        command.run("leader-changed", "event")
    assert warned.warnings == [
        "3 events wait for the --on-event command, so it misses new ones",
        "the --on-event command did not run for 2 events",
    ]

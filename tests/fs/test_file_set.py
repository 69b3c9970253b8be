"""Several files change together: whatever fails, and whenever, the folder is then as it was."""

import contextlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.fs import file_set, files, move
from kgctl_py.fs.file_set import FileChange


def contents(folder: Path) -> dict[str, str | None]:
    """Return every file with its text, and every folder."""
    return {
        str(path.relative_to(folder)): None if path.is_dir() else path.read_text() for path in folder.rglob("*")
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("changed", "removed"):
        (tmp_path / name).write_text(f"{name} before")
    return tmp_path


def changes(folder: Path) -> list[FileChange]:
    return [
        FileChange(path=folder / "new" / "deep" / "made", content="made"),
        FileChange(path=folder / "changed", content="changed after", replace=True),
        FileChange(path=folder / "removed", content=None),
        FileChange(path=folder / "new" / "other", content="other"),
    ]


def test_all_changes_are_made(folder: Path) -> None:
    file_set.apply(changes(folder))
    assert contents(folder) == {
        "changed": "changed after",
        "new": None,
        "new/deep": None,
        "new/deep/made": "made",
        "new/other": "other",
    }


def failing_at(number: int, real: Callable[..., Any], error: BaseException, *, after: bool) -> Callable[..., Any]:
    calls = iter(range(100))

    def call(*args: Any, **kwargs: Any) -> Any:
        fails = next(calls) == number
        if fails and not after:
            raise error
        result = real(*args, **kwargs)
        if fails:
            raise error
        return result

    return call


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("error", [KgctlError("full"), KeyboardInterrupt()])
@pytest.mark.parametrize(
    ("module", "step", "number"), [(files, "_move", n) for n in range(3)] + [(file_set, "_remove", 0)]
)
def test_what_fails_or_is_interrupted_halfway_has_changed_nothing(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    step: str,
    number: int,
    error: BaseException,
    after: bool,
) -> None:
    before = contents(folder)
    monkeypatch.setattr(module, step, failing_at(number, getattr(module, step), error, after=after))
    with pytest.raises(type(error)):
        file_set.apply(changes(folder))
    assert contents(folder) == before


@pytest.mark.parametrize("name", ["changed", "link"])
def test_a_file_that_is_there_stops_everything(folder: Path, name: str) -> None:
    before = contents(folder)
    (folder / "link").symlink_to("nowhere")
    with pytest.raises(KgctlError, match=f'{name}" already exists'):
        file_set.apply([*changes(folder)[:1], FileChange(path=folder / name, content="x")])
    (folder / "link").unlink()
    assert contents(folder) == before


def test_a_concurrent_write_of_another_program_is_kept(folder: Path) -> None:
    with contextlib.suppress(KgctlError), file_set.stage(changes(folder)) as commit:
        commit()
        (folder / "changed").write_text("somebody else's")
        (folder / "new" / "theirs").write_text("theirs")
        raise KgctlError("full")
    assert contents(folder) == {
        "changed": "somebody else's",
        "removed": "removed before",
        "new": None,
        "new/theirs": "theirs",
    }


def test_a_mode_comes_back_with_its_file(folder: Path) -> None:
    (folder / "removed").chmod(0o600)
    removal = FileChange(path=folder / "removed", content=None)
    with contextlib.suppress(KgctlError), file_set.stage([removal]) as commit:
        commit()
        raise KgctlError("full")
    assert (folder / "removed").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_made_is_reported(folder: Path) -> None:
    with pytest.raises(KgctlError, match='cannot create the folder "/proc/x": '):
        file_set.apply([FileChange(path=Path("/proc/x/y"), content="")])


def test_a_change_that_cannot_be_undone_does_not_keep_others_from_being_undone(folder: Path) -> None:
    (folder / "peers").mkdir()
    (folder / "peers" / "x").write_text("x")
    given = [
        FileChange(path=folder / "changed", content="after", replace=True),
        FileChange(path=folder / "peers" / "x", content=None),
    ]

    def act() -> None:
        with file_set.stage(given) as commit:
            commit()
            (folder / "peers").rmdir()
            raise KgctlError("the server refuses")

    with pytest.raises(KgctlError, match="peers"):
        act()
    assert contents(folder) == {"changed": "changed before", "removed": "removed before"}


class Interrupted:
    """A change during whose end Ctrl-C arrives once: at `undo` or at `clean_up`."""

    def __init__(self, step: str) -> None:
        self._step = step
        self.steps: list[str] = []

    def undo(self) -> None:
        self._end("undo")

    def clean_up(self) -> None:
        self._end("clean_up")

    def _end(self, step: str) -> None:
        self.steps.append(step)
        if step == self._step:
            self._step = ""
            raise KeyboardInterrupt


@pytest.mark.parametrize(("step", "fails"), [("undo", True), ("clean_up", True), ("clean_up", False)])
def test_an_interrupt_at_the_end_skips_no_step_of_any_change(step: str, fails: bool) -> None:
    given = [Interrupted(""), Interrupted(step), Interrupted("")]

    def act() -> None:
        with move.undone_on_failure(given):
            if fails:
                raise KgctlError("the server refuses")

    with pytest.raises(KeyboardInterrupt):
        act()
    for change in given:
        assert {"clean_up", *(["undo"] if fails else [])} == set(change.steps)


def test_another_thread_does_not_take_the_interrupt_of_the_main_thread() -> None:
    script = """
import os, signal, threading, time
from kgctl_py import system
signal.signal(signal.SIGINT, signal.default_int_handler)
system.interrupt_on_signals()
inside, told, done = threading.Event(), threading.Event(), []
def work():
    with system.delayed_interrupts():
        inside.set()
        done.append(told.wait(30))
thread = threading.Thread(target=work)
thread.start()
inside.wait()
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(30)
except KeyboardInterrupt:
    told.set()
thread.join()
assert done == [True]
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=100)


class InterruptedMove(move.Move):
    """A move whose undoing is interrupted once, after it was undone."""

    is_interrupted = False

    def undo(self) -> None:
        super().undo()
        if not self.is_interrupted:
            self.is_interrupted = True
            raise KeyboardInterrupt


def interrupted_move(folder: Path) -> InterruptedMove:
    place, beside = folder / "file", folder / "beside"
    place.write_text("before")
    beside.write_text("after")
    return InterruptedMove(beside, place, replace=True)


def test_a_file_that_could_not_be_restored_is_not_removed_at_the_second_try(tmp_path: Path) -> None:
    change = interrupted_move(tmp_path)

    def act() -> None:
        with move.undone_on_failure([change]):
            change.make()
            for left in set(tmp_path.iterdir()) - {tmp_path / "file"}:
                left.unlink()  # what is needed to restore it
            raise KgctlError("the server refuses")

    with pytest.raises(KeyboardInterrupt):
        act()
    assert contents(tmp_path) == {"file": "after"}


def test_a_file_is_restored_once_if_undoing_is_interrupted(tmp_path: Path) -> None:
    change = interrupted_move(tmp_path)

    def act() -> None:
        with move.undone_on_failure([change]):
            change.make()
            raise KgctlError("the server refuses")

    with pytest.raises(KeyboardInterrupt):
        act()
    assert contents(tmp_path) == {"file": "before"}

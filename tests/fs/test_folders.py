"""Many files are written or none, whatever fails and whenever."""

import os
from pathlib import Path
from typing import Any

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.fs import files, folders, move

NEW = [(f"{name}.conf", [f"new {name}"]) for name in "abc"]


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() if path.is_file() else "folder" for path in folder.iterdir()}


def test_a_file_that_cannot_be_replaced_keeps_all_others(tmp_path: Path) -> None:
    (tmp_path / "a.conf").write_text("old a")
    (tmp_path / "c.conf").mkdir()
    before = contents(tmp_path)
    with pytest.raises(KgctlError, match="cannot write"):
        folders.write(tmp_path, NEW, mode=files.SECRET, replace=True)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("after", [False, True])
def test_an_interrupted_write_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, number: int, after: bool
) -> None:
    (tmp_path / "a.conf").write_text("old a")
    (tmp_path / "c.conf").write_text("old c")
    before, made, calls = contents(tmp_path), move.Move.make, iter(range(9))

    def make(self: move.Move, **how: Any) -> None:
        fails = next(calls) == number
        if fails and not after:
            raise error
        made(self, **how)
        if fails:
            raise error

    monkeypatch.setattr(move.Move, "make", make)
    with pytest.raises((KgctlError, KeyboardInterrupt)):
        folders.write(tmp_path, NEW, mode=files.SECRET, replace=True)
    assert contents(tmp_path) == before


def test_a_new_folder_in_the_target_goes_with_the_file_in_it_if_writing_fails(tmp_path: Path) -> None:
    def act() -> None:
        with folders.stage(tmp_path, [("new/a", ["a"])], mode=files.SECRET, replace=False) as commit:
            commit()
            assert (tmp_path / "new" / "a").exists()
            raise KgctlError("the server refuses")

    with pytest.raises(KgctlError):
        act()
    assert contents(tmp_path) == {}


def test_all_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.conf").write_text("old a")
    assert folders.write(tmp_path, NEW, mode=files.SECRET, replace=True) == 3
    assert contents(tmp_path) == {"a.conf": "new a", "b.conf": "new b", "c.conf": "new c"}


@pytest.mark.parametrize("there", [False, True])
def test_all_are_stored_before_they_get_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    stored: list[str] = []
    sync = os.fsync

    def fsync(descriptor: int) -> None:
        stored.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        sync(descriptor)

    monkeypatch.setattr("os.fsync", fsync)
    folder = tmp_path / "vpn"
    if there:
        folder.mkdir()
    folders.write(folder, NEW, mode=files.SECRET, replace=False)
    assert stored[:3] == ["a.conf", "b.conf", "c.conf"]
    assert stored[-1] == ("vpn" if there else tmp_path.name)

"""Several files change together: whatever fails, and whenever, the folder is then as it was."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.fs import file_set, files
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
    with pytest.raises(KgctlError, match=f'{name}" exists'):
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

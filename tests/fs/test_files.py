import contextlib
import itertools
import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.fs import files
from kgctl_py.os_errors import explained


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("content", ["é\n", "é\n".encode(), ["é", "\n"], [b"\xc3", b"\xa9", b"\n"]])
def test_text_bytes_and_chunks_of_them_are_written(tmp_path: Path, content: files.Content) -> None:
    files.write(tmp_path / "a", content)
    assert (tmp_path / "a").read_bytes() == "é\n".encode()
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize(("mask", "public"), [(0o022, 0o644), (0o077, 0o600), (0o000, 0o666)])
def test_a_secret_is_for_its_owner_alone_and_other_files_follow_the_umask(
    tmp_path: Path, mask: int, public: int
) -> None:
    os.umask(mask)
    files.write(tmp_path / "secret", "s", mode=files.SECRET)
    files.write(tmp_path / "public", "p")
    assert (mode(tmp_path / "secret"), mode(tmp_path / "public")) == (0o600, public)


def test_a_secret_is_never_open_to_others_while_it_is_written(tmp_path: Path) -> None:
    os.umask(0)

    def chunks() -> Iterator[str]:
        for _ in range(3):
            yield "s" * 100_000
            seen.update(mode(path) for path in tmp_path.iterdir())

    seen: set[int] = set()
    files.write(tmp_path / "secret", chunks(), mode=files.SECRET)
    assert seen == {0o600}


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    place = tmp_path / "laptop.key"
    place.write_text("old")
    with pytest.raises(KgctlError, match=r'^".*/laptop\.key" already exists$') as caught:
        files.write(place, "new")
    assert "--force" in caught.value.hint
    assert (names(tmp_path), place.read_text()) == (["laptop.key"], "old")


def test_the_content_is_not_built_if_the_file_exists(tmp_path: Path) -> None:
    def chunks() -> Iterator[str]:
        asked.append("asked")
        yield ""

    asked: list[str] = []
    (tmp_path / "a").touch()
    with pytest.raises(KgctlError, match="exists"):
        files.write(tmp_path / "a", chunks())
    assert asked == []


def test_a_link_counts_as_a_file_even_when_it_leads_nowhere(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nowhere")
    with pytest.raises(KgctlError, match="exists"):
        files.write(link, "new")
    assert names(tmp_path) == ["link"]


def test_with_replace_a_file_is_written_over_whole(tmp_path: Path) -> None:
    place = tmp_path / "graph.svg"
    place.write_text("a longer text than the new one")
    before = place.stat().st_ino
    files.write(place, "new", replace=True)
    assert (names(tmp_path), place.read_text()) == (["graph.svg"], "new")
    assert place.stat().st_ino != before


def test_a_reader_of_the_old_file_keeps_it(tmp_path: Path) -> None:
    place = tmp_path / "graph.svg"
    place.write_text("old")
    with place.open() as reader:
        files.write(place, "new", replace=True)
        assert reader.read() == "old"


@pytest.mark.parametrize(("before", "wanted", "after"), [(0o600, 0o666, 0o600), (0o644, 0o600, 0o600)])
def test_what_replaces_a_file_is_never_more_open_than_it(
    tmp_path: Path, before: int, wanted: int, after: int
) -> None:
    place = tmp_path / "a"
    place.touch()
    place.chmod(before)
    files.write(place, "new", mode=wanted, replace=True)
    assert mode(place) == after


def test_with_replace_a_link_stays_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(Path("folder") / "target")
    files.write(link, "new", replace=True)
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert names(tmp_path / "folder") == ["target"]


@pytest.mark.parametrize("replace", [False, True])
def test_a_folder_that_is_missing_is_named_with_what_to_type(tmp_path: Path, replace: bool) -> None:
    with pytest.raises(KgctlError, match=r'folder ".*/my keys" does not exist$') as caught:
        files.write(tmp_path / "my keys" / "a", "new", replace=replace)
    assert caught.value.hint == f"to create the folder: mkdir -p '{tmp_path}/my keys'"
    assert names(tmp_path) == []


@pytest.mark.parametrize("replace", [False, True])
def test_a_folder_is_not_written_over(tmp_path: Path, replace: bool) -> None:
    with pytest.raises(KgctlError, match=r"it is a folder$"):
        files.write(tmp_path, "new", replace=replace)


@pytest.mark.parametrize("replace", [False, True])
def test_errors_of_the_system_are_reported_in_its_words(tmp_path: Path, replace: bool) -> None:
    with pytest.raises(KgctlError, match=r'^cannot write ".*": file name too long$'):
        files.write(tmp_path / ("a" * 256), "new", replace=replace)
    assert names(tmp_path) == []


def test_the_longest_name_that_a_folder_takes_can_be_written(tmp_path: Path) -> None:
    files.write(tmp_path / ("a" * 255), "new")
    assert names(tmp_path) == ["a" * 255]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("replace", [False, True])
def test_content_that_breaks_off_leaves_everything_as_it_was(
    tmp_path: Path, error: type[BaseException], replace: bool
) -> None:
    def chunks() -> Iterator[str]:
        yield "half"
        raise error

    place = tmp_path / "a"
    if replace:
        place.write_text("old")
    with pytest.raises(error):
        files.write(place, chunks(), replace=replace)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == ({"a": "old"} if replace else {})


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    program = (
        "import itertools, sys, time; from pathlib import Path; from kgctl_py.fs import files\n"
        "def chunks():\n"
        "    for i in itertools.count():\n"
        "        yield 'x' * 65536\n"
        "        print(i, flush=True); time.sleep(0.05)\n"
        "files.write(Path(sys.argv[1]), chunks())\n"
    )
    place = tmp_path / "a"
    with subprocess.Popen([sys.executable, "-c", program, place], stdout=subprocess.PIPE, stderr=-3) as process:
        assert process.stdout
        process.stdout.readline()
        assert len(names(tmp_path)) == 1
        process.send_signal(signal.SIGINT)
        process.wait(timeout=10)
    assert process.returncode == -signal.SIGINT
    assert names(tmp_path) == []


def test_a_staged_file_is_in_place_only_after_the_commit(tmp_path: Path) -> None:
    place = tmp_path / "a"
    with files.stage(place, "new", mode=files.SECRET) as commit:
        assert not place.exists()
        assert [mode(path) for path in tmp_path.iterdir()] == [0o600]
        commit()
        assert place.read_text() == "new"
    assert (names(tmp_path), place.read_text(), place.stat().st_nlink) == (["a"], "new", 1)


@pytest.mark.parametrize("replace", [False, True])
def test_a_staged_file_is_removed_without_a_commit(tmp_path: Path, replace: bool) -> None:
    with files.stage(tmp_path / "a", "new", replace=replace):
        assert len(names(tmp_path)) == 1
    assert names(tmp_path) == []


@pytest.mark.parametrize("error", [KgctlError("refused"), KeyboardInterrupt(), OSError("theirs")])
def test_an_error_before_the_commit_takes_the_file_away_and_goes_on_unchanged(
    tmp_path: Path, error: BaseException
) -> None:
    with pytest.raises(type(error)) as caught, files.stage(tmp_path / "a", "new"):
        raise error
    assert caught.value is error
    assert names(tmp_path) == []


def test_a_file_that_came_in_between_is_not_written_over(tmp_path: Path) -> None:
    place = tmp_path / "a"
    with files.stage(place, "new") as commit:
        place.write_text("theirs")
        with pytest.raises(KgctlError, match="exists"):
            commit()
    assert (names(tmp_path), place.read_text()) == (["a"], "theirs")


def test_a_folder_that_went_away_in_between_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with files.stage(folder / "a", "new") as commit:
        folder.rename(tmp_path / "elsewhere")
        with pytest.raises(KgctlError, match="no such file or directory"):
            commit()


@pytest.fixture
def no_hard_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)


@pytest.mark.usefixtures("no_hard_links")
def test_a_file_system_without_hard_links_keeps_the_same_promises(tmp_path: Path) -> None:
    place = tmp_path / "a"
    files.write(place, "new", mode=files.SECRET)
    assert (names(tmp_path), place.read_text(), mode(place)) == (["a"], "new", 0o600)
    other = tmp_path / "b"
    with files.stage(other, "new") as commit:
        other.write_text("theirs")
        with pytest.raises(KgctlError, match="exists"):
            commit()
    assert (names(tmp_path), other.read_text()) == (["a", "b"], "theirs")


def _race(place: Path, who: int, barrier: "threading.Barrier", won: "multiprocessing.Queue[int]") -> None:
    with files.stage(place, f"{who}\n" * 10_000) as commit:
        barrier.wait(timeout=30)
        try:
            commit()
            won.put(who)
        except KgctlError:
            won.put(-1)


def test_of_many_writers_at_once_one_wins_and_its_file_is_whole(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier, won = context.Barrier(4), context.Queue()
    place = tmp_path / "a"
    racers = [context.Process(target=_race, args=(place, who, barrier, won)) for who in range(4)]
    for racer in racers:
        racer.start()
    results = sorted(won.get(timeout=60) for _ in racers)
    for racer in racers:
        racer.join(timeout=30)
    assert results[:3] == [-1, -1, -1]
    assert place.read_text() == f"{results[3]}\n" * 10_000
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("replace", [False, True])
def test_a_pipe_is_written_to_and_stays(tmp_path: Path, replace: bool) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    files.write(pipe, ["a", "b"], replace=replace)
    reader.join(timeout=10)
    assert read == [b"ab"]
    assert names(tmp_path) == ["pipe"]


@pytest.mark.parametrize("replace", [False, True])
def test_the_null_device_accepts_output(replace: bool) -> None:
    files.write(Path("/dev/null"), "new", mode=files.SECRET, replace=replace)
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_full_device_is_an_error() -> None:
    with pytest.raises(KgctlError, match=r'^cannot write "/dev/full": no space left on device$'):
        files.write(Path("/dev/full"), "new")


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1"])
@pytest.mark.parametrize("replace", [False, True])
def test_stdout_is_written_in_order_even_when_it_is_a_file(tmp_path: Path, name: str, replace: bool) -> None:
    program = (
        "import sys; from pathlib import Path; from kgctl_py.fs import files\n"
        "print('before')\n"
        f"files.write(Path(sys.argv[1]), 'new\\n', replace={replace})\n"
        "print('after')\n"
    )
    output = tmp_path / "output"
    with output.open("wb") as stdout:
        buffered = {**os.environ, "PYTHONUNBUFFERED": ""}
        subprocess.run(
            [sys.executable, "-c", program, name], stdout=stdout, check=True, cwd=tmp_path, env=buffered
        )
    assert output.read_text() == "before\nnew\nafter\n"
    assert names(tmp_path) == ["output"]


def test_a_stream_gets_nothing_before_the_commit(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    with files.stage(Path("-"), "new") as commit:
        assert capsysbinary.readouterr().out == b""
        commit()
    assert capsysbinary.readouterr().out == b"new"


def test_a_socket_is_neither_written_to_nor_replaced(tmp_path: Path) -> None:
    place = tmp_path / "socket"
    os.mknod(place, stat.S_IFSOCK | 0o600)
    with pytest.raises(KgctlError, match="neither a file nor a pipe"):
        files.write(place, "new", replace=True)
    assert names(tmp_path) == ["socket"]


def test_a_closed_pipe_is_not_reported_as_an_error_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(BrokenPipeError), explained("write", tmp_path):
        raise BrokenPipeError


def fail_after_commit(
    place: Path, error: BaseException, *, replace: bool, meanwhile: Callable[[], object] = lambda: None
) -> None:
    with contextlib.suppress(type(error)), files.stage(place, "new", replace=replace) as commit:
        commit()
        meanwhile()
        raise error


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("error", [KgctlError("refused"), KeyboardInterrupt()])
def test_a_block_that_fails_after_the_commit_leaves_everything_as_it_was(
    tmp_path: Path, error: BaseException, replace: bool
) -> None:
    place = tmp_path / "a"
    if replace:
        place.write_text("old")
        place.chmod(0o640)
    before = {path.name: (path.read_text(), mode(path)) for path in tmp_path.iterdir()}
    fail_after_commit(place, error, replace=replace)
    assert {path.name: (path.read_text(), mode(path)) for path in tmp_path.iterdir()} == before


def test_what_another_program_wrote_after_the_commit_stays(tmp_path: Path) -> None:
    place = tmp_path / "a"
    fail_after_commit(place, KgctlError("refused"), replace=True, meanwhile=lambda: place.write_text("theirs"))
    assert (tmp_path / "a").read_text() == "theirs"


@pytest.mark.parametrize("replace", [False, True])
def test_an_interrupt_at_the_very_move_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replace: bool
) -> None:
    place = tmp_path / "a"
    if replace:
        place.write_text("old")
    link, rename, renames = Path.hardlink_to, Path.replace, itertools.count()

    def linked(self: Path, target: Path) -> None:
        link(self, target)
        if self == place:
            raise KeyboardInterrupt

    def renamed(self: Path, target: Path) -> None:
        rename(self, target)
        if not next(renames):
            raise KeyboardInterrupt

    monkeypatch.setattr(Path, "hardlink_to", linked)
    monkeypatch.setattr(Path, "replace", renamed)
    with pytest.raises(KeyboardInterrupt):
        files.write(place, "new", replace=replace)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == ({"a": "old"} if replace else {})


@pytest.mark.usefixtures("no_hard_links")
@pytest.mark.parametrize("renames", [False, True])
def test_a_file_system_without_hard_links_has_no_empty_file_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, renames: bool
) -> None:
    if not renames:
        monkeypatch.setattr("kgctl_py.fs.move._renamed_unless_there", lambda *_: False)
    place = tmp_path / "a"
    files.write(place, "old")
    fail_after_commit(place, KgctlError("refused"), replace=True)
    assert (names(tmp_path), place.read_text()) == (["a"], "old")
    with pytest.raises(KgctlError, match="exists"):
        files.write(place, "new")


def test_temporary_files_have_names_that_git_ignores(tmp_path: Path) -> None:
    with files.stage(tmp_path / "a", "secret", mode=files.SECRET):
        assert all(path.match(".kgctl-*.tmp") for path in tmp_path.iterdir())

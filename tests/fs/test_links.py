"""Who writes in a folder of many does not write where somebody else points."""

import os
from pathlib import Path

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.fs import file_set, files, folders
from kgctl_py.fs.file_set import FileChange
from kgctl_py.fs.links_and_streams import follow_links

SOMEBODY = 1234

pytestmark = pytest.mark.skipif(os.geteuid() != 0 and not os.environ.get("CI"), reason="gives files away, as root")


def link_of(owner: int, place: Path, target: Path) -> None:
    place.symlink_to(target)
    os.chown(place, owner, owner, follow_symlinks=False)


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder as /tmp is."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    (tmp_path / "shadow").write_text("root:x:")
    return folder


@pytest.mark.parametrize("way", ["file", "folder", "link to a link", "dangling"])
@pytest.mark.parametrize("replace", [False, True])
def test_a_link_of_another_user_is_not_followed(shared: Path, tmp_path: Path, way: str, replace: bool) -> None:
    place = shared / "graph.svg"
    match way:
        case "file":
            link_of(SOMEBODY, place, tmp_path / "shadow")
        case "dangling":
            link_of(SOMEBODY, place, tmp_path / "cron")
        case "folder":
            link_of(SOMEBODY, shared / "out", tmp_path)
            place = shared / "out" / "graph.svg"
        case _:
            link_of(SOMEBODY, shared / "theirs", tmp_path / "shadow")
            link_of(0, place, shared / "theirs")
    with pytest.raises(KgctlError) as caught:
        files.write(place, "new", replace=replace)
    assert ("is a symbolic link of another user" in caught.value.message) or (
        not replace and "exists" in str(caught)
    )
    assert (tmp_path / "shadow").read_text() == "root:x:"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shadow", "shared"]


def test_many_files_are_not_written_through_a_link_of_another_user(shared: Path, tmp_path: Path) -> None:
    link_of(SOMEBODY, shared / "out", tmp_path)
    with pytest.raises(KgctlError, match="symbolic link of another user"):
        folders.write(shared / "out", [("a.conf", ["x"])], mode=files.SECRET, replace=True)
    with pytest.raises(KgctlError, match="symbolic link of another user"):
        file_set.apply([FileChange(path=shared / "out" / "a.conf", content="x")])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shadow", "shared"]


def test_a_link_in_the_folder_of_many_files_is_replaced(shared: Path, tmp_path: Path) -> None:
    link_of(SOMEBODY, shared / "a.conf", tmp_path / "shadow")
    folders.write(shared, [("a.conf", ["x"])], mode=files.SECRET, replace=True)
    assert (tmp_path / "shadow").read_text() == "root:x:"
    assert not (shared / "a.conf").is_symlink()


def test_the_hint_says_where_the_link_leads_and_not_to_write_there(shared: Path, tmp_path: Path) -> None:
    link_of(SOMEBODY, shared / "out", tmp_path / "my shadow")
    with pytest.raises(KgctlError) as caught:
        files.check_writable(shared / "out", replace=True)
    assert caught.value.hint == f"the link leads to '{tmp_path}/my shadow'; use another name"


def test_ones_own_links_are_followed_by_their_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "c").symlink_to("a/b")
    (tmp_path / "c" / "up").symlink_to("../d")
    monkeypatch.chdir(tmp_path)
    assert follow_links(Path("c/up")) == tmp_path / "a" / "d"
    assert follow_links(Path("c/../x")) == tmp_path / "a" / "x"
    assert follow_links(Path("nowhere/x")) == tmp_path / "nowhere" / "x"


def test_links_in_a_circle_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("a")
    with pytest.raises(KgctlError, match="too many levels of symbolic links"):
        files.write(tmp_path / "a", "x", replace=True)

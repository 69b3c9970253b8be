"""The formats on the command line: where files go, who may read them, and what does not go together."""

import os
import stat
from pathlib import Path

import pytest

from kgctl_py.config import Format, WholeFormat
from kgctl_py.config.whole_files import renderer_of
from kgctl_py.wireguard import Key, keygen
from tests.cli.kgctl import kgctl
from tests.in_memory import EXAMPLE

WHOLE = [output for output in Format if output.is_whole]
MACHINES = [output for output in WHOLE if output is not Format.WG_QUICK]
TEXTS = [output for output in MACHINES if output.is_text]
FILES = [output for output in MACHINES if not output.is_folder]
FOLDERS = [output for output in MACHINES if output.is_folder]


def show(*args: str, code: int = 0) -> tuple[str, str]:
    done = kgctl("--from-file", str(EXAMPLE), "showconf", "peer", *args)
    assert done.exit_code == code, done.stderr
    return done.stdout, done.stderr


def modes(folder: Path) -> dict[str, int]:
    return {
        str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_every_whole_format_has_a_function_and_is_offered() -> None:
    assert {str(output) for output in WHOLE} == set(map(str, WholeFormat))
    assert len({renderer_of(output) for output in MACHINES}) == len(MACHINES)


@pytest.mark.parametrize("output", TEXTS)
def test_a_text_is_printed_with_a_note_on_its_use(output: Format) -> None:
    stdout, stderr = show("laptop", "-o", output, "--services", "none")
    assert "EOJf3RdCJFI3F7sgSfP8UgMAnl7CVaw1Cv1VsKY/aFQ=" in stdout
    assert "note: to use the configuration: save it as " in stderr


@pytest.mark.parametrize("output", TEXTS)
def test_the_note_on_the_use_names_the_written_file(output: Format, tmp_path: Path) -> None:
    file = tmp_path / f"own name{output.ending}"
    _, stderr = show("laptop", "-o", output, "-O", str(file), "--services", "none")
    assert f" '{file}' " in stderr.partition("note: to use the configuration: ")[2]


@pytest.mark.parametrize(
    ("output", "use"),
    [
        (Format.VYOS, "source 'own name.vyos';"),
        (Format.ROUTEROS, '/import "own name.rsc"'),
        (Format.UCI, "sh 'own name.sh' && "),
    ],
)
def test_a_router_uses_the_copy_of_the_file(output: Format, use: str, tmp_path: Path) -> None:
    file = tmp_path / "own folder" / f"own name{output.ending}"
    file.parent.mkdir()
    _, stderr = show("laptop", "-o", output, "-O", str(file), "--services", "none", "--interface", "wg0")
    _, copied, on_the_router = stderr.partition(f"copy '{file}' to the router")
    assert copied
    assert use in on_the_router
    assert str(tmp_path) not in on_the_router


@pytest.mark.parametrize("output", FOLDERS)
def test_the_note_on_the_use_names_each_written_file(output: Format, tmp_path: Path) -> None:
    _, stderr = show("laptop", "-o", output, "-O", str(tmp_path / "own"), "--services", "none")
    assert all(f" {path}" in stderr for path in (tmp_path / "own").iterdir())


@pytest.mark.parametrize("output", TEXTS)
def test_a_file_is_for_its_owner_alone_and_is_not_replaced(output: Format, tmp_path: Path) -> None:
    args = ("laptop", "-o", output, "-O", str(tmp_path / f"kilo{output.ending}"))
    show(*args)
    assert modes(tmp_path) == {f"kilo{output.ending}": 0o600}
    assert "exists" in show(*args, code=1)[1]
    show(*args, "--force")


@pytest.mark.parametrize("output", FOLDERS)
def test_several_files_go_to_a_folder_all_or_none(output: Format, tmp_path: Path) -> None:
    os.umask(0o022)
    folder = tmp_path / "new" / "kilo"
    args = ("laptop", "-o", output, "-O", str(folder))
    show(*args)
    made = modes(folder)
    assert set(made.values()) <= {0o600, 0o644}
    first = min(made)
    before = (folder / first).read_bytes()
    (folder / first).unlink()
    refused = show(*args, code=1)[1]
    assert "exists" in refused
    assert "to use the configuration" not in refused
    assert not (folder / first).exists()
    show(*args, "--force")
    assert (folder / first).read_bytes() == before


@pytest.mark.parametrize("output", [output for output in MACHINES if output.is_text or output.is_folder])
def test_a_fleet_is_written_with_a_name_for_each_peer(output: Format, tmp_path: Path) -> None:
    _, stderr = show("--all", "-o", output, "-O", str(tmp_path / "all"))
    made = modes(tmp_path / "all")
    assert {name.partition("/")[0].partition(".")[0] for name in made} == {"laptop", "phone", "office", "backup"}
    assert set(made.values()) == {0o600}
    assert str(tmp_path / "all" / "NAME") in stderr
    assert stderr.count("to use the configuration") == 1
    assert "--private-key" not in stderr
    assert "exists" in show("--all", "-o", output, "-O", str(tmp_path / "all"), code=1)[1]
    show("--all", "-o", output, "-O", str(tmp_path / "all"), "--force")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        *((("-o", output), f"-o {output} needs -O DIR") for output in FOLDERS),
        *((("-o", output, "-O", "x.txt"), f"must end in {output.ending}") for output in FILES),
        *((("-o", output, "--as-peer"), "exclude each other") for output in MACHINES),
        (("-o", "networkmanager", "--private-key-path", "/k"), "does not work with -o networkmanager"),
        (("-o", "networkd", "-O", "x", "--private-key-path", "k"), "is not an absolute path"),
        (("-o", "networkd", "-O", "x", "--private-key-path", "/k #"), "is not an absolute path"),
        (("-o", "networkd", "-O", "x", "--private-key-path", "/k", "--private-key", "k"), "exclude each other"),
        (("-o", "networkmanager", "--interface", "sixteen-letters-"), "is not a valid interface name"),
        (("-o", "networkmanager", "--interface", "a/b"), "is not a valid interface name"),
        (("-o", "wg-quick", "--interface", "kilo"), "the file name becomes the interface name"),
        (("--interface", "kilo"), "needs a complete configuration\nhint: for example: -o networkd"),
        (("--private-key-path", "/k"), "needs a complete configuration\nhint: for example: -o wg-quick"),
        (("--as-peer", "--dns", "auto"), "--dns and --as-peer exclude each other"),
        (
            ("-o", "networkmanager", "-O", "x.nmconnection", "--watch"),
            "--watch does not work with -o networkmanager",
        ),
        (("-o", "zip", "-O", "x.conf", "--watch"), "--watch does not work with -o zip"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(args: tuple[str, ...], words: str) -> None:
    stdout, stderr = show("laptop", *args, code=2)
    assert stdout == ""
    assert words in stderr


def test_the_apps_need_the_private_key_of_each_peer(tmp_path: Path) -> None:
    assert "does not work with --all" in show("--all", "-o", "zip", "-O", str(tmp_path / "all"), code=2)[1]
    assert "-o zip needs the private key" in show("laptop", "-o", "zip", "-O", str(tmp_path / "x.zip"), code=2)[1]
    assert list(tmp_path.iterdir()) == []


def test_wg_quick_sets_the_key_from_a_file() -> None:
    stdout, stderr = show("laptop", "-o", "wg-quick", "--private-key-path", "/etc/wireguard/kilo.key")
    assert "\nPostUp = wg set %i private-key /etc/wireguard/kilo.key\n" in stdout
    assert "PrivateKey" not in stdout + stderr


def test_a_secret_on_stdout_is_warned_of_and_a_placeholder_is_not(tmp_path: Path) -> None:
    from kgctl_py.cli.write_files import _holds_secret

    key = Key(bytes(range(32)))
    assert _holds_secret(f"private-key={key}")
    assert not _holds_secret("private-key=PUT-THE-PRIVATE-KEY-HERE")
    assert _holds_secret(f"private-key=PUT-THE-PRIVATE-KEY-HERE\npreshared-key={keygen.public_key(key)}")

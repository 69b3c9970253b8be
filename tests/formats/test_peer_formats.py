"""`peer add` and `peer rotate` with `-o`: a Peer is created together with the files of its host, or neither is."""

from pathlib import Path

import pytest
from typer.testing import Result

from kgctl_py.config import Format
from kgctl_py.wireguard import Key, keygen
from tests.cli.kgctl import kgctl
from tests.formats.test_options import MACHINES, modes
from tests.in_memory import EXAMPLE

MINE = str(keygen.public_key(Key(bytes(range(32)))))


@pytest.fixture
def git(tmp_path: Path) -> Path:
    (tmp_path / "vpn" / "peers").mkdir(parents=True)
    (tmp_path / "vpn" / "kustomization.yaml").write_text("resources: []\n")
    return tmp_path / "vpn"


def peer(git: Path, *args: str) -> Result:
    return kgctl("--from-file", str(EXAMPLE), "peer", *args, "--git", str(git))


def place(tmp_path: Path, output: Format) -> Path:
    return tmp_path / "made" if output.is_folder else tmp_path / f"made{output.ending}"


@pytest.mark.parametrize("output", MACHINES)
def test_a_peer_is_created_and_rotated_with_the_files_of_its_host(
    output: Format, git: Path, tmp_path: Path
) -> None:
    where = place(tmp_path, output)
    added = peer(git, "add", "mia", "-o", output, "-O", str(where))
    assert added.exit_code == 0, added.stderr
    assert "note: to use the configuration: " in added.stderr
    first = (git / "peers" / "mia.yaml").read_text()
    made = {str(path): path.read_bytes() for path in (where.rglob("*") if output.is_folder else [where])}
    if output.is_folder:
        assert set(modes(where).values()) <= {0o600, 0o644}
    assert peer(git, "rotate", "mia", "-o", output, "-O", str(where)).exit_code == 1  # the files exist
    assert (git / "peers" / "mia.yaml").read_text() == first
    rotated = peer(git, "rotate", "mia", "-o", output, "-O", str(where), "--force")
    assert rotated.exit_code == 0, rotated.stderr
    assert (git / "peers" / "mia.yaml").read_text() != first
    assert made != {path: Path(path).read_bytes() for path in made}


@pytest.mark.parametrize("output", MACHINES)
def test_no_peer_is_created_when_a_file_cannot_be_written(output: Format, git: Path, tmp_path: Path) -> None:
    where = tmp_path / "a-file" / place(tmp_path, output).name
    where.parent.touch()
    done = peer(git, "add", "mia", "-o", output, "-O", str(where))
    assert done.exit_code == 1, done.stderr
    assert list((git / "peers").iterdir()) == []


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("-o", "networkd"), 2, "-o networkd needs -O DIR"),
        (("-o", "zip"), 2, "-o zip needs -O NAME.zip"),
        (
            ("-o", "networkd", "--print", "conf", "-O", "x"),
            2,
            "-o networkd and --print conf exclude each other",
        ),
        (("-o", "networkmanager", "--print", "qr"), 2, "-o networkmanager and --print qr exclude each other"),
        (("-o", "networkd", "-O", "x", "--private-key-path", "/k"), 2, "--private-key-path needs --public-key"),
        (("-o", "zip", "-O", "x.zip", "--public-key", MINE), 2, "-o zip needs the private key"),
        (("-o", "vyos", "-O", "x.vyos", "--interface", "kilo"), 2, 'not "kilo"'),
        (("-o", "yaml"), 2, "--output"),
    ],
)
def test_what_cannot_be_delivered_creates_nothing(
    args: tuple[str, ...], code: int, words: str, git: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    done = peer(git, "add", "mia", *args)
    assert (done.exit_code, done.stdout) == (code, "")
    assert words in done.stderr
    assert list((git / "peers").iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["vpn"]


def test_a_key_that_its_host_made_stays_there(git: Path, tmp_path: Path) -> None:
    done = peer(
        *(git, "add", "mia", "-o", "networkd", "-O", str(tmp_path / "made")),
        *("--public-key", MINE, "--private-key-path", "/etc/systemd/network/kilo.key"),
    )
    assert done.exit_code == 0, done.stderr
    netdev = (tmp_path / "made" / "90-kilo.netdev").read_text()
    assert "PrivateKeyFile=/etc/systemd/network/kilo.key\n" in netdev
    assert "PrivateKey=" not in netdev

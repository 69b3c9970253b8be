"""`kgctl init`: a folder for Git that kubectl can build, and that never takes a file from anybody."""

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.testing import Result

from kgctl_py import names
from kgctl_py.kilo import resources
from kgctl_py.kilo.install.installation import Cni, Distribution, Part
from kgctl_py.kilo.peers import translate_peer
from kgctl_py.kube import decoding
from kgctl_py.render.checksum_header import is_unchanged, marked
from kgctl_py.wireguard import keygen
from tests.cli.kgctl import kgctl, kgctl_program
from tests.docs.pages import ROOT

EXAMPLES = ("developer-workstation", "server", "phone", "nated-site", "multi-cluster-node")
PARTS = ["crds.yaml", "rbac.yaml", "daemonset.yaml", "users.yaml"]
PLACEHOLDER = "PUT-THE-PUBLIC-KEY-HERE"


def init(folder: Path, *args: str) -> Result:
    return kgctl("init", str(folder), *args)


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def built(folder: Path) -> list[tuple[str, str]]:
    """Return the kind and the name of each object that `kubectl kustomize` makes of the folder."""
    if not shutil.which("kubectl"):
        pytest.skip("there is no kubectl")
    done = subprocess.run(["kubectl", "kustomize", str(folder)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return [(one["kind"], one["metadata"]["name"]) for one in yaml.safe_load_all(done.stdout)]


def add(folder: Path, name: str) -> Result:
    key = str(keygen.public_key(keygen.generate_private_key()))
    return kgctl("--kubeconfig", "/nonexistent", "peer", "add", name, "--git", str(folder), "--public-key", key)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert init(tmp_path / "vpn").exit_code == 0
    return tmp_path / "vpn"


def test_it_writes_the_layout_and_says_how_to_go_on(tmp_path: Path) -> None:
    result = init(tmp_path / "new" / "vpn")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == (
        f'kgctl: wrote 14 files to "{tmp_path}/new/vpn"; to continue, read {tmp_path}/new/vpn/README.md\n'
        f"hint: to install Kilo: kubectl apply -f {tmp_path}/new/vpn/crds.yaml, "
        f"then kubectl apply -k {tmp_path}/new/vpn\n"
    )
    assert sorted(contents(tmp_path / "new" / "vpn")) == sorted(
        [
            *(".gitignore", ".pre-commit-config.yaml", "README.md", "kustomization.yaml", "peers/.gitkeep"),
            *PARTS,
            *(f"examples/{name}.yaml" for name in EXAMPLES),
        ]
    )


def test_the_files_hold_what_kgctl_manifests_prints(tmp_path: Path) -> None:
    options = ("--distribution", "k3s", "--service-cidr", "10.43.0.0/16", "--peer-validation", "--port", "51821")
    assert init(tmp_path, *options).exit_code == 0
    printed = kgctl("manifests", *options).stdout
    listed = yaml.safe_load((tmp_path / "kustomization.yaml").read_text())["resources"]
    assert listed == [*PARTS, "peer-validation.yaml"]
    written = [one for file in listed for one in yaml.safe_load_all((tmp_path / file).read_text())]
    assert written == list(yaml.safe_load_all(printed))
    command = "kgctl init DIR --port 51821 --distribution k3s --service-cidr 10.43.0.0/16 --peer-validation"
    assert (tmp_path / "rbac.yaml").read_text().startswith(f"# Made by: {command}\n")


def test_kubectl_builds_it_before_and_after_peers_came_and_went(tmp_path: Path) -> None:
    assert init(tmp_path).exit_code == 0
    before = built(tmp_path)
    assert {("CustomResourceDefinition", names.PEERS_RESOURCE), ("DaemonSet", "kilo")} <= {*before}
    for name in ("zoe", "alice"):
        assert add(tmp_path, name).exit_code == 0
    assert sorted(built(tmp_path)) == sorted([*before, ("Peer", "alice"), ("Peer", "zoe")])
    assert kgctl("peer", "rm", "zoe", "alice", "--git", str(tmp_path)).exit_code == 0
    assert built(tmp_path) == before


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_a_good_peer_once_it_has_a_key_and_none_before(folder: Path, name: str) -> None:
    text = (folder / "examples" / f"{name}.yaml").read_text()
    for example, is_good in (
        (text, False),
        (text.replace(PLACEHOLDER, str(keygen.generate_preshared_key())), True),
    ):
        peer = translate_peer(decoding.convert(yaml.safe_load(example), resources.Peer))
        assert (peer.why_not_ready() == "") is is_good


def test_the_mesh_of_a_new_folder_has_no_peers(folder: Path) -> None:
    sources = ("--from-file", str(folder), "--from-file", str(ROOT / "docs/example-cluster.yaml"))
    assert "laptop" not in kgctl(*sources, "graph").stdout
    assert kgctl(*sources, "get", "peers", "-o", "name").stdout == ""


@pytest.mark.parametrize("command", [("check",), ("get", "peers")])
def test_an_unusable_folder_is_blamed_and_not_the_kubeconfig(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    alone = kgctl("--from-file", str(folder), *command)
    assert (alone.exit_code, alone.stdout) == (1, "")
    assert alone.stderr.startswith(
        f'kgctl: "{folder}" contains only Peers, and the cluster with the Nodes is unknown'
    )
    empty = tmp_path / "empty"
    empty.mkdir()
    other = kgctl("--from-file", str(empty), *command)
    assert (other.exit_code, other.stdout) == (1, "")
    assert other.stderr.startswith(f'kgctl: folder "{empty}" has no kustomization.yaml\n')


@pytest.mark.parametrize("file", [*PARTS, "kustomization.yaml"])
def test_a_file_of_kilo_that_is_there_stops_everything(tmp_path: Path, file: str) -> None:
    (tmp_path / file).write_text("somebody's\n")
    result = init(tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f'kgctl: "{tmp_path}/{file}" exists\nhint: to update the generated files')
    assert contents(tmp_path) == {file: "somebody's\n"}


def test_force_makes_no_changes_if_all_files_are_current(folder: Path) -> None:
    before = contents(folder)
    assert init(folder, "--force").stderr == f'kgctl: "{folder}" is up to date\n'
    assert contents(folder) == before


def test_files_of_the_team_stay(tmp_path: Path) -> None:
    teams = {"README.md": "ours\n", ".gitignore": "x\n", ".pre-commit-config.yaml": "repos: []\n"}
    for name, text in teams.items():
        (tmp_path / name).write_text(text)
    assert init(tmp_path).exit_code == 0
    assert contents(tmp_path).items() >= teams.items()
    assert init(tmp_path, "--force", "--image", "squat/kilo:0.8.0").exit_code == 0
    assert contents(tmp_path).items() >= teams.items()


def test_force_updates_unedited_files_and_adds_to_the_list(folder: Path) -> None:
    assert add(folder, "alice").exit_code == 0
    before = contents(folder)
    assert init(folder).exit_code == 1
    assert contents(folder) == before
    result = init(folder, "--force", "--image", "squat/kilo:0.8.0", "--monitoring")
    assert result.exit_code == 0, result.stderr
    after = contents(folder)
    assert {name for name, text in after.items() if text != before.get(name)} == {
        *PARTS,
        "monitoring.yaml",
        "kustomization.yaml",
    }
    assert "image: squat/kilo:0.8.0" in after["daemonset.yaml"]
    assert after["kustomization.yaml"] == before["kustomization.yaml"].replace(
        "- peers/alice.yaml\n", "- peers/alice.yaml\n- monitoring.yaml\n"
    )
    assert 'lists "monitoring.yaml", which is not part of this installation' in init(folder, "--force").stderr


@pytest.mark.parametrize("file", PARTS)
@pytest.mark.parametrize("change", ["{}# changed\n", "# changed\n{}", "{}"], ids=["below", "above", "unmarked"])
def test_force_does_not_replace_edited_files(folder: Path, file: str, change: str) -> None:
    path = folder / file
    text = path.read_text() if change != "{}" else path.read_text().partition("\n")[2]
    path.write_text(change.format(text))
    before = contents(folder)
    result = init(folder, "--force", "--image", "squat/kilo:0.8.0")
    assert (result.exit_code, result.stdout, contents(folder)) == (1, "", before)
    assert f'kgctl: "{path}" has changed since kgctl wrote it\nhint: ' in result.stderr


@pytest.mark.parametrize("args", [(), ("--force",)])
def test_what_fails_has_written_nothing(tmp_path: Path, args: tuple[str, ...]) -> None:
    program = shlex.join(kgctl_program("init", str(tmp_path / "vpn"), *args))
    limited = f"unset ${{!COVERAGE_*}}; ulimit -f 1; exec {program}"  # KiB that a file may have, coverage's too
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (1, "", [])
    assert done.stderr.endswith(": file too large\n")


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        ((), 2, "missing argument DIR"),
        (("{}/file",), 1, '"{}/file'),
        (("{}/vpn", "--distribution", "typhoon", "--wireguard", "heterogeneous"), 2, "heterogeneous"),
        (("{}/vpn", "--distribution", "minikube"), 2, "--distribution"),
        (("{}/vpn", "--subnet", "10.4.0.1/16"), 2, "--subnet"),
        (("/proc/vpn",), 1, "cannot create the folder"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    tmp_path: Path, args: tuple[str, ...], code: int, words: str
) -> None:
    (tmp_path / "file").touch()
    result = kgctl("init", *(arg.format(tmp_path) for arg in args))
    assert (result.exit_code, result.stdout, [path.name for path in tmp_path.iterdir()]) == (code, "", ["file"])
    assert words.format(tmp_path) in result.stderr.splitlines()[0]


@pytest.mark.slow
@pytest.mark.parametrize("cni", Cni)
@pytest.mark.parametrize("distribution", Distribution)
def test_kubectl_builds_the_folder_of_every_distribution_and_cni(
    tmp_path: Path, distribution: Distribution, cni: Cni
) -> None:
    options = ("--distribution", distribution, "--cni", cni, "--peer-validation", "--monitoring")
    if init(tmp_path, *options).exit_code == 0:
        assert len(built(tmp_path)) > len(Part)
    else:
        assert kgctl("manifests", *options).exit_code == 2


def test_a_mark_survives_other_line_ends_but_no_other_change() -> None:
    text = marked("a: 1\nb: 2\n", "kgctl init")
    assert is_unchanged(text)
    assert is_unchanged(text.replace("\n", "\r\n"))
    for changed in (text + "\n", text.replace("1", "2"), text.partition("\n")[2], "", "a: 1\n"):
        assert not is_unchanged(changed)
    assert "\n" not in marked("", "x\ny").partition("# SHA-256")[0].rstrip("\n")

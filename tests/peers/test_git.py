"""`kgctl peer … --git`: the files are changed and no cluster, whole or not at all, and what people wrote stays."""

import dataclasses
import os
import shlex
import signal
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import Result

from kgctl_py import names
from kgctl_py.wireguard import keygen
from kgctl_py.wireguard.endpoint import NAME_RULE
from tests.api.peers import public_key, value
from tests.cli.kgctl import completed, kgctl, kgctl_program
from tests.in_memory import EXAMPLE
from tests.tunnel.host import until

KUSTOMIZATION = """\
# What is applied.
resources:
  - peers/ann.yaml   # the first
  # more to come

namespace: kube-system
"""
ANN = """\
# Ann's desk
apiVersion: kilo.squat.ai/v1alpha1
kind: Peer
metadata:
  name: ann
spec:
  allowedIPs: [10.5.0.5/32]   # fixed
  publicKey: {}
"""
OTHERS = {"one": "10.5.1.1", "two": "10.5.1.2"}
NO_CLUSTER = ("--kubeconfig", "/nonexistent")


def new_key() -> str:
    return str(keygen.public_key(keygen.generate_private_key()))


@dataclasses.dataclass(frozen=True)
class Repository:
    """A folder kept in Git, and kgctl run on it."""

    path: Path

    def peer(self, command: str, *args: str, cluster: tuple[str, ...] = ("--from-file", str(EXAMPLE))) -> Result:
        return kgctl(*cluster, "peer", command, *args, "--git", str(self.path))

    def program(self, command: str, *args: str) -> list[str]:
        """Return the command that runs kgctl in a process of its own."""
        return kgctl_program("--from-file", str(EXAMPLE), "peer", command, *args, "--git", str(self.path))

    def files(self) -> dict[str, str]:
        return {str(p.relative_to(self.path)): p.read_text() for p in self.path.rglob("*") if p.is_file()}

    def manifest(self, name: str) -> dict[str, Any]:
        manifest: dict[str, Any] = yaml.safe_load((self.path / "peers" / f"{name}.yaml").read_text())
        return manifest

    def spec(self, name: str) -> dict[str, Any]:
        spec: dict[str, Any] = self.manifest(name)["spec"]
        return spec


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    (tmp_path / "vpn" / "peers").mkdir(parents=True)
    (tmp_path / "vpn" / "kustomization.yaml").write_text(KUSTOMIZATION)
    (tmp_path / "vpn" / "peers" / "ann.yaml").write_text(ANN.format(new_key()))
    return Repository(tmp_path / "vpn")


def with_line(name: str) -> str:
    return KUSTOMIZATION.replace("# more to come\n", f"# more to come\n  - peers/{name}.yaml\n")


def test_add_writes_the_peer_and_one_line_and_gives_the_configuration(repository: Repository) -> None:
    before = repository.files()
    result = repository.peer("add", "mia", "--owner", "mia@example.com", "--all-peers")
    assert result.exit_code == 0, result.stderr
    made = repository.manifest("mia")
    assert made["metadata"] == {"name": "mia", "annotations": {names.OWNER: "mia@example.com"}}
    assert made["spec"] == {
        "allowedIPs": ["10.5.0.6/32"],  # after those of the example, and that of the file
        "persistentKeepalive": 25,
        "publicKey": public_key(result.stdout),
    }
    assert value(result.stdout, "Address") == "10.5.0.6/32"
    assert "10.5.0.5/32" in result.stdout
    file = repository.path / "peers" / "mia.yaml"
    assert f'kgctl: peer "mia" in "{file}" created: 10.5.0.6/32\n' in result.stderr
    assert result.stderr.endswith(f"to change the cluster: kubectl apply -k {repository.path}\n")
    assert repository.files() == {
        **before,
        "kustomization.yaml": with_line("mia"),
        "peers/mia.yaml": file.read_text(),
    }


def test_a_peer_that_brings_its_key_needs_no_cluster(repository: Repository) -> None:
    key = new_key()
    result = repository.peer("add", "mia", "--public-key", key, cluster=NO_CLUSTER)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith(
        "kgctl: warning: cannot read the cluster, so kgctl uses only the files: cannot read "
    )
    assert repository.spec("mia")["publicKey"] == key
    assert repository.spec("mia")["allowedIPs"] == ["10.5.0.1/32"]


def test_a_configuration_needs_one(repository: Repository) -> None:
    before = repository.files()
    for args in (("add", "mia"), ("add", "mia", "--public-key", new_key(), "--print", "conf"), ("rotate", "ann")):
        result = repository.peer(*args, cluster=NO_CLUSTER)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("kgctl: cannot read kubeconfig")
    assert repository.files() == before


def test_what_comes_and_goes_leaves_everything_as_it_was(repository: Repository) -> None:
    before = repository.files()
    for name in ("mia", "zoe"):
        assert repository.peer("add", name).exit_code == 0
    result = repository.peer("rm", "zoe", "mia", cluster=NO_CLUSTER)
    assert result.exit_code == 0
    removed = [f'kgctl: peer "{name}" in "{repository.path}/peers/{name}.yaml" removed' for name in ("zoe", "mia")]
    remains = "kgctl: to change the cluster: kubectl delete peers.kilo.squat.ai zoe mia"
    assert result.stderr.splitlines() == [*removed, remains]
    assert repository.files() == before


def test_new_allowed_ips_do_not_enable_a_disabled_peer(repository: Repository) -> None:
    assert repository.peer("disable", "ann").exit_code == 0
    assert repository.peer("set", "ann", "--ip", "10.5.7.7,10.5.7.8").exit_code == 0
    assert repository.manifest("ann")["spec"]["allowedIPs"] == []
    assert repository.peer("enable", "ann").exit_code == 0
    assert repository.manifest("ann")["spec"]["allowedIPs"] == ["10.5.7.7/32", "10.5.7.8/32"]


def test_each_change_says_how_to_change_the_cluster(repository: Repository) -> None:
    remains = f"kgctl: to change the cluster: kubectl apply -k {repository.path}\n"
    for command in (("set", "ann", "--keepalive", "7"), ("disable", "ann"), ("enable", "ann"), ("rotate", "ann")):
        assert repository.peer(*command).stderr.endswith(remains)
    assert remains not in repository.peer("set", "ann", "--keepalive", "7").stderr  # nothing changed


def test_peers_are_deleted_before_others_are_applied(repository: Repository, tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(f"Name,Public key\nold,{(key := new_key())}\n")
    second.write_text(f"Name,Public key\nnew,{key}\n")
    assert repository.peer("apply", "-f", str(first), "--set", "s").exit_code == 0
    result = repository.peer("apply", "-f", str(second), "--set", "s", "--prune")
    assert result.stderr.endswith(
        "kgctl: to change the cluster: "
        f"kubectl delete peers.kilo.squat.ai old && kubectl apply -k {repository.path}\n"
    )


def test_a_cluster_that_cannot_be_read_is_named_once(repository: Repository) -> None:
    result = repository.peer("add", "mia", "--public-key", new_key(), cluster=NO_CLUSTER)
    assert result.stderr.count("so kgctl uses only the files") == 1


def test_a_configuration_without_its_private_key_is_not_ready_to_use(
    repository: Repository, tmp_path: Path
) -> None:
    file = tmp_path / "mia.conf"
    result = repository.peer("add", "mia", "--public-key", new_key(), "-O", str(file))
    assert f'wrote "{file}"; before you use it, replace PUT-THE-PRIVATE-KEY-HERE with the' in result.stderr
    assert "PUT-THE-PRIVATE-KEY-HERE" in file.read_text()


def test_the_first_peer_makes_the_folder(repository: Repository) -> None:
    assert repository.peer("rm", "ann").exit_code == 0
    (repository.path / "peers").rmdir()
    assert repository.peer("add", "mia").exit_code == 0
    assert yaml.safe_load(repository.files()["kustomization.yaml"])["resources"] == ["peers/mia.yaml"]


def test_rotate_changes_only_the_key(repository: Repository) -> None:
    before = repository.files()
    result = repository.peer("rotate", "ann")
    assert result.exit_code == 0, result.stderr
    key = repository.spec("ann")["publicKey"]
    assert key == public_key(result.stdout)
    changed = ANN.format(f"'{key}'" if f"'{key}'" in repository.files()["peers/ann.yaml"] else key)
    assert repository.files() == {**before, "peers/ann.yaml": changed}


def test_rotate_takes_a_key_that_the_peer_has_made(repository: Repository) -> None:
    key = new_key()
    result = repository.peer("rotate", "ann", "--public-key", key, cluster=NO_CLUSTER)
    assert (result.exit_code, result.stdout, repository.spec("ann")["publicKey"]) == (0, "", key)


def test_it_changes_the_given_settings(repository: Repository) -> None:
    lines = repository.files()["peers/ann.yaml"].splitlines()
    options = ("--keepalive", "25", "--description", 'says "hi"', "--endpoint", "vpn.example.com:5")
    assert repository.peer("set", "ann", *options, cluster=NO_CLUSTER).exit_code == 0
    assert repository.spec("ann") | {"publicKey": ""} == {
        "allowedIPs": ["10.5.0.5/32"],
        "persistentKeepalive": 25,
        "endpoint": {"dnsOrIP": {"dns": "vpn.example.com"}, "port": 5},
        "publicKey": "",
    }
    assert repository.manifest("ann")["metadata"]["annotations"] == {names.DESCRIPTION: 'says "hi"'}
    now = repository.files()["peers/ann.yaml"].splitlines()
    assert [line for line in now if line in lines] == lines


def test_an_address_is_checked_against_the_files_and_the_cluster(repository: Repository) -> None:
    before = repository.files()
    for ip, whose in (("10.5.0.5", "ann"), ("10.5.0.2", "phone")):
        result = repository.peer("add", "mia", "--ip", ip)
        assert (result.exit_code, f'of peer "{whose}"' in result.stderr) == (1, True)
    assert repository.peer("set", "ann", "--ip", "10.5.0.2").exit_code == 1
    assert repository.peer("add", "mia", "--public-key", repository.spec("ann")["publicKey"]).exit_code == 1
    assert repository.files() == before


def test_a_file_that_waits_to_be_listed_has_its_address_and_its_name(repository: Repository) -> None:
    waiting = ANN.format(new_key()).replace("ann", "bea").replace("10.5.0.5", "10.5.0.6")
    (repository.path / "peers" / "b.yaml").write_text(waiting)
    assert repository.peer("add", "mia").exit_code == 0
    assert repository.spec("mia")["allowedIPs"] == ["10.5.0.7/32"]
    assert '/peers/b.yaml" already exists' in repository.peer("add", "bea").stderr
    assert repository.peer("rm", "bea").exit_code == 0
    assert not (repository.path / "peers" / "b.yaml").exists()


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (
            ("add", "ann"),
            1,
            f'" already exists\nhint: to replace its key: kgctl --from-file {EXAMPLE} peer rotate',
        ),
        (("add", "laptop"), 1, 'peer "laptop" already exists in the cluster, but not in "'),
        (("add", "kustomization"), 1, "Kustomize uses this name for something else"),
        (
            ("add", "other"),
            1,
            'peers/other.yaml" already exists, but does not contain peer "other"\nhint: choose another name',
        ),
        (("add", "mia", "--print", "yaml"), 2, "--print yaml and --git exclude each other"),
        (("add", "mia", "--print", "none"), 2, "does not print the generated private key, which would be lost"),
        (
            ("add", "mia", "--dry-run", "server"),
            2,
            "--dry-run server does not work with --git",
        ),
        (("add", "../mia"), 2, '"../mia" is not a valid peer name'),
        (("add", "mia-"), 2, '"mia-" is not a valid peer name: use ' + NAME_RULE),
        (("rotate", "an"), 1, 'peer "an" not found'),
        (("rotate", "laptop"), 1, 'peer "laptop" not found in "'),
        (
            ("rotate", "two"),
            1,
            'peers/other.yaml" contains more than peer "two"\nhint: move each Peer to its own file',
        ),
        (("set", "two", "--keepalive", "1"), 1, 'contains more than peer "two"'),
        (("rm", "ann", "two"), 1, 'contains more than peer "two"'),
        (("rm", "ann", "an"), 1, 'peer "an" not found in "'),
        (("rm", "laptop"), 1, 'peer "laptop" not found in "'),
        (("rm", "ann", "--dry-run", "server"), 2, "--dry-run server does not work with --git"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_changed(
    repository: Repository, args: tuple[str, ...], code: int, words: str
) -> None:
    others = (ANN.format(new_key()).replace("ann", name).replace("10.5.0.5", ip) for name, ip in OTHERS.items())
    (repository.path / "peers" / "other.yaml").write_text("---\n".join(others))
    before = repository.files()
    result = repository.peer(*args)
    assert (result.exit_code, result.stdout) == (code, ""), result.stderr
    assert words in result.stderr
    assert repository.files() == before


def test_a_dry_run_changes_nothing(repository: Repository) -> None:
    before = repository.files()
    dry_run = ("--dry-run", "client")
    for args in (("add", "mia", *dry_run), ("set", "ann", "--keepalive", "1", *dry_run), ("rm", "ann", *dry_run)):
        result = repository.peer(*args)
        assert (result.exit_code, result.stdout) == (0, "")
        assert "dry run" in result.stderr
    assert repository.files() == before


@pytest.mark.parametrize("args", [("add", "mia"), ("rotate", "ann")])
def test_without_its_configuration_no_peer_is_added_and_no_key_rotated(
    repository: Repository, args: tuple[str, ...]
) -> None:
    before = repository.files()
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(repository.program(*args), stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert b"has its old key again" in done.stderr or b"removed again" in done.stderr
    assert repository.files() == before


@pytest.mark.parametrize(("command", "name"), [("add", "mia"), ("rotate", "ann")])
def test_ctrl_c_before_the_configuration_is_read_leaves_the_folder_as_it_was(
    repository: Repository, tmp_path: Path, command: str, name: str
) -> None:
    before, fifo = repository.files(), tmp_path / "mia.conf"
    file = repository.path / "peers" / f"{name}.yaml"
    old = before.get(f"peers/{name}.yaml")
    os.mkfifo(fifo, 0o600)  # nobody reads: kgctl waits between the change and the end
    with subprocess.Popen(repository.program(command, name, "-O", str(fifo)), stderr=subprocess.PIPE) as process:
        assert until(lambda: file.exists() and file.read_text() != old, within=60)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert (process.returncode, repository.files()) == (130, before)


def test_a_kustomization_that_cannot_be_written_leaves_no_peer(repository: Repository) -> None:
    long = KUSTOMIZATION + "# long\n" * 200
    (repository.path / "kustomization.yaml").write_text(long)
    before = repository.files()
    limited = f"ulimit -f 1; exec {shlex.join(repository.program('add', 'mia'))}"  # KiB that a file may have
    unmeasured = "unset ${!COVERAGE_*}; "  # coverage would have a file that is too large, too
    done = subprocess.run(["bash", "-c", unmeasured + limited], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, repository.files()) == (1, "", before)
    assert done.stderr.endswith(f'cannot write "{repository.path}/kustomization.yaml": file too large\n')


def test_a_preshared_key_is_for_its_owner_and_said_to_be_no_secret(repository: Repository) -> None:
    result = repository.peer("add", "mia", "--psk")
    file = repository.path / "peers" / "mia.yaml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert repository.spec("mia")["presharedKey"] == value(result.stdout, "PresharedKey")
    assert "warning: everyone who can read the repository can read the preshared key" in result.stderr


def test_a_private_key_that_git_would_take_is_warned_of(repository: Repository) -> None:
    subprocess.run(["git", "init", "-q", str(repository.path)], check=True)
    (repository.path / ".gitignore").write_text("*.secret.conf\n/ignored/\n")
    (repository.path / "ignored").mkdir()
    warned = {
        file: 'Git does not ignore "' in repository.peer("add", name, "-O", str(repository.path / file)).stderr
        for name, file in (("a", "a.conf"), ("b", "ignored/b.conf"), ("c", "../c.conf"))
    }
    assert warned == {"a.conf": True, "ignored/b.conf": False, "../c.conf": False}


def test_those_who_add_at_once_get_different_addresses_and_all_are_listed(repository: Repository) -> None:
    wanted = [f"p{number}" for number in range(4)]
    options = ("--kubeconfig", "/nonexistent", "peer", "add")
    adds = [
        subprocess.Popen(
            kgctl_program(*options, name, "--public-key", new_key(), "--git", str(repository.path)),
            stderr=subprocess.PIPE,
        )
        for name in wanted
    ]
    said = [process.communicate()[1] for process in adds]
    assert [process.returncode for process in adds] == [0] * 4, said
    assert len({repository.spec(name)["allowedIPs"][0] for name in [*wanted, "ann"]}) == 5
    resources = yaml.safe_load(repository.files()["kustomization.yaml"])["resources"]
    assert sorted(resources) == sorted(f"peers/{name}.yaml" for name in [*wanted, "ann"])


def test_names_are_completed_from_the_folder(repository: Repository) -> None:
    assert completed("peer", "rm", "--git", str(repository.path), "") == (["ann"], "")
    assert completed("peer", "rm", "--git", str(repository.path / "peers"), "") == ([], "")


def test_the_mesh_of_a_folder_has_its_peers_and_the_nodes_of_another_file(repository: Repository) -> None:
    sources = ("--from-file", str(repository.path), "--from-file", str(EXAMPLE))
    assert kgctl(*sources, "get", "peers", "-o", "name").stdout == "peer/ann\n"
    assert "10.42." in kgctl(*sources, "showconf", "peer", "ann").stdout
    refused = kgctl("--from-file", str(repository.path), "peer", "rm", "ann")
    assert refused.stderr == "kgctl: cannot change Peers with --from-file\nhint: to change the folder, use --git\n"

"""`kgctl peer apply` on a real API server, and in a folder that is kept in Git."""

import subprocess
from pathlib import Path

import pytest

from kgctl_py import names
from tests.api.kubectl import kubectl
from tests.api.peers import HERE, Peers, public_key, refused, said, value
from tests.peers.fleet_cluster import files_below

pytestmark = pytest.mark.slow

HEADER = "Name,Addresses,Owner\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def table(*rows: str) -> str:
    Path("fleet.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows))
    return "fleet.csv"


def test_a_fleet_is_created_changed_and_pruned(peers: Peers) -> None:
    apply = ("apply", "--set", "office", "-O", "confs", "-f")
    first = said(peers.run(*apply, table("ann,,", "bob,10.5.7.7,bob@example.com", "laptop,,")))
    assert first == [
        'kgctl: peer "laptop" changed: set <none> -> office',
        'kgctl: peer "ann" created: 10.5.0.3/32',
        'kgctl: peer "bob" created: 10.5.7.7/32',
        'kgctl: wrote 2 files to "confs"',
        "kgctl: 2 created, 1 changed",
    ]
    for name in ("ann", "bob"):
        conf = Path("confs", f"{name}.conf").read_text()
        assert public_key(conf) == peers.spec(name)["publicKey"]
        assert [value(conf, "Address")] == peers.spec(name)["allowedIPs"]
    assert said(peers.run(*apply, "fleet.csv", "--prune")) == ["kgctl: 3 unchanged"]
    before = peers.get("ann")
    second = said(peers.run(*apply, table("ann,,ann@example.com"), "--prune", "--yes"))
    assert second == [
        'kgctl: peer "bob" removed',
        'kgctl: peer "laptop" removed',
        'kgctl: peer "ann" changed: owner <none> -> ann@example.com',
        "kgctl: 1 changed, 2 removed",
    ]
    assert sorted(peers.names()) == ["ann", "phone"]
    assert peers.spec("ann") == before["spec"]
    assert peers.get("ann")["metadata"]["annotations"] == {names.OWNER: "ann@example.com"}


def test_a_dry_run_of_the_server_changes_nothing_and_asks_it(peers: Peers) -> None:
    before = [peers.get(name) for name in HERE]
    run = peers.run("apply", "-f", table("ann,,", "laptop,10.5.0.9,"), "--dry-run", "server")
    assert run.stdout == (
        '~ peer "laptop": allowed IPs 10.5.0.1/32 -> 10.5.0.9/32\n+ peer "ann": 10.5.0.3/32, with a new key pair\n'
    )
    assert [peers.get(name) for name in HERE] == before
    denied = peers.run("apply", "-f", "fleet.csv", "--dry-run", "server", user="reader")
    assert denied.exit_code == 1
    assert "forbidden" in denied.stderr


def test_a_user_who_may_not_create_peers_gets_no_file(peers: Peers) -> None:
    result = peers.run("apply", "-f", table("ann,,"), "-O", "confs", user="reader")
    assert "forbidden" in refused(result)
    assert (files_below(Path()), sorted(peers.names())) == (["fleet.csv"], sorted(HERE))


def test_two_who_apply_at_once_get_different_addresses(peers: Peers) -> None:
    runs = []
    for team in ("one", "two"):
        Path(f"{team}.csv").write_text(HEADER + "".join(f"{team}-{number},,\n" for number in range(4)))
        options = ("apply", "-f", f"{team}.csv", "--set", team, "--prune", "-O", team)
        runs.append(subprocess.Popen(peers.program(*options), stderr=subprocess.PIPE))
    told = [run.communicate(timeout=100)[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], told
    made = {name: peers.spec(name)["allowedIPs"][0] for name in peers.names() if name not in HERE}
    assert len(made) == 8
    assert len({*made.values(), "10.5.0.1/32", "10.5.0.2/32"}) == 10
    for name, cidr in made.items():
        assert value(Path(name.partition("-")[0], f"{name}.conf").read_text(), "Address") == cidr


def test_a_fleet_in_a_git_folder_exists_when_it_is_applied(peers: Peers) -> None:
    Path("vpn", "peers").mkdir(parents=True)
    Path("vpn", "kustomization.yaml").write_text("resources: []\n")
    options = ("apply", "--git", "vpn", "--set", "office", "-O", "confs", "--prune", "-f")
    run = peers.run(*options, table("ann,,", "bob,,"))
    assert run.exit_code == 0, run.stderr
    assert peers.names() == HERE
    assert kubectl(peers.server, "apply", "-k", "vpn").returncode == 0
    assert peers.spec("bob")["publicKey"] == public_key(Path("confs", "bob.conf").read_text())
    again = peers.run(*options, "fleet.csv")
    assert "kgctl: 2 unchanged" in again.stderr
    files = files_below(Path("vpn"))
    fewer = peers.run(*options, table("ann,,"))
    assert fewer.exit_code == 0, fewer.stderr
    assert sorted({*files} - {*files_below(Path("vpn"))}) == ["peers/bob.yaml"]

"""`kgctl check --local FILE`: a configuration is checked without bringing it up."""

import json
from pathlib import Path
from typing import Any

import pytest

from kgctl_py.wireguard import Key
from kgctl_py.wireguard.keygen import public_key
from tests.cli.kgctl import kgctl
from tests.in_memory import Cluster, node, peer

PRIVATE = Key(bytes(range(32)))
LAPTOP = peer("laptop", 1, publicKey=str(public_key(PRIVATE)), persistentKeepalive=25)
CLUSTER = Cluster([node("north"), node("south", 2, "b")], [LAPTOP])


@pytest.fixture(autouse=True)
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The laptop's configuration."""
    monkeypatch.chdir(tmp_path)
    Path("key").touch(0o600)
    Path("key").write_text(str(PRIVATE))
    args = ("showconf", "peer", "laptop", "-o", "wg-quick", "--services", "none", "--dns", "none")
    made = CLUSTER.kgctl(*args, "--private-key", "key", "-O", "wg0.conf")
    assert made.exit_code == 0, made.stderr
    return tmp_path / "wg0.conf"


def check(name: str, cluster: Cluster = CLUSTER) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the codes that are found, and the checks of the section."""
    Path("cluster.json").write_text(cluster.as_list())
    done = kgctl("--from-file", "cluster.json", "check", "--section", "local", "--local", name, "-o", "json")
    assert str(PRIVATE) not in done.output
    (section,) = json.loads(done.stdout)["sections"]
    checks: list[dict[str, Any]] = section["checks"]
    return [finding["code"] for one in checks for finding in one["findings"]], checks


@pytest.mark.parametrize("name", ["wg0.conf", "./wg0.conf"])
def test_a_current_file_has_no_findings_and_what_needs_an_interface_is_skipped(name: str) -> None:
    found, checks = check(name)
    assert found == []
    assert "it is a file, not an interface" in json.dumps(checks)


def test_what_is_missing_in_a_file_is_found(conf: Path) -> None:
    more = Cluster([*CLUSTER.nodes, node("east", 3, "c"), node("south-2", 4, "b")], [LAPTOP])
    assert check("wg0.conf", more)[0] == ["K-LOCAL-PEERS"] * 2
    conf.write_text(conf.read_text().replace("10.5.0.1/32", "10.5.0.9/32"))
    assert check("wg0.conf")[0] == ["K-LOCAL-ADDRESS"]
    codes, checks = check("wg0.conf", Cluster(CLUSTER.nodes, [peer("laptop", 1)]))
    assert codes == ["K-LOCAL-KEY"]
    assert checks[2]["remark"] == "no Peer that Kilo uses has its public key"


def test_a_file_that_cannot_be_read_is_reported(conf: Path) -> None:
    conf.write_text("hello\n")
    for name, words in (("wg0.conf", "is not a WireGuard configuration"), ("./missing.conf", "no such file")):
        run = CLUSTER.kgctl("check", "--local", name)
        assert (run.exit_code, run.stdout) == (1, "")
        assert words in run.stderr

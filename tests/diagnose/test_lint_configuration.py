"""`kgctl lint` of WireGuard configurations: what WireGuard would pass over without a word has its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from kgctl_py.wireguard import Key
from kgctl_py.wireguard.keygen import public_key
from tests.cli.kgctl import kgctl
from tests.in_memory import Cluster, key, listening_peer, node, peer

A, B = key("a"), key("b")
PRIVATE = Key(bytes(range(32)))
HEAD = f"[Interface]\nPrivateKey = {PRIVATE}\nAddress = 10.5.0.1/32\n"


def lint(text: str, *args: str) -> list[dict[str, Any]]:
    done = kgctl("lint", "-", "-o", "json", "--strict", *args, stdin=text.encode())
    findings: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    assert str(PRIVATE) not in done.output

    assert bool(findings) == bool(done.exit_code), done.output
    return findings


def section(public: str, *cidrs: str, endpoint: str = "") -> str:
    place = f"Endpoint = {endpoint}\n" if endpoint else ""
    return f"[Peer]\nPublicKey = {public}\nAllowedIPs = {', '.join(cidrs)}\n{place}"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (section(A, "10.1.0.0/24") + section(A, "10.2.0.0/24"), "K-KEY-TWICE", 4),
        (section(str(public_key(PRIVATE)), "10.1.0.0/24"), "K-KEY-TWICE", 4),
        (section(A, "10.1.0.0/24") + section(B, "10.1.0.9/24"), "K-PEER-DUP", 4),
        (section(A, "10.1.0.0/24") + section(B, "203.0.113.0/24", endpoint="203.0.113.1:1"), "K-LOOP", 7),
        (section("hunter2", "10.1.0.0/24"), "K-FILE", 5),
    ],
)
def test_it_is_found_with_its_line(text: str, code: str, line: int) -> None:
    (finding,) = lint(HEAD + text)
    assert (finding["code"], finding["line"]) == (code, line)
    assert "hunter2" not in json.dumps(finding)


def test_a_section_without_a_name_is_not_said_to_have_its_own_key() -> None:
    (finding,) = lint(HEAD + section(A, "10.1.0.0/24") + section(A, "10.2.0.0/24"))
    assert finding["message"] == "it has the public key of a later section, which replaces it"


def test_what_is_right_has_no_finding() -> None:
    assert (
        lint(HEAD + section(A, "10.1.0.0/24", endpoint="203.0.113.1:1") + section(B, "10.1.0.0/25", "0.0.0.0/0"))
        == []
    )


def test_the_number_of_peers_is_told_of_several_formats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.conf").write_text(HEAD + section(A, "10.1.0.0/24"))
    Path("b.nmconnection").write_text(f"[wireguard]\n[wireguard-peer.{A}]\nallowed-ips=10.1.0.0/24;\n")
    Path("c.netdev").write_text(f"[WireGuard]\nRouteTable=main\n[WireGuardPeer]\nPublicKey={A}\n")
    Path("c.network").write_text("[Match]\nName=c\n[Network]\nAddress=10.5.0.1/32\n")
    done = kgctl("lint", "a.conf", "b.nmconnection", "c.netdev", "c.network")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "3 peers in 4 files: 0 errors, 0 warnings" in done.stderr
    Path("d.conf").write_text("hello\n")
    done = kgctl("lint", "d.conf")
    assert done.exit_code == 1
    assert "d.conf:1" in done.stdout
    assert "K-FILE: it is not a WireGuard configuration: this line is neither [SECTION]" in done.stdout


def test_what_showconf_writes_passes() -> None:
    cluster = Cluster([node("north"), node("south", 2, "b")], [peer("laptop", 1), listening_peer("office", 2)])
    args = ("showconf", "peer", "laptop", "-o", "wg-quick", "--services", "none", "--dns", "none")
    assert lint(cluster.kgctl(*args).stdout) == []


def test_a_folder_has_its_configurations_checked_and_other_files_of_that_name_passed_over(tmp_path: Path) -> None:
    double = section(A, "10.1.0.0/24") + section(A, "10.2.0.0/24")
    (tmp_path / "clients").mkdir()
    (tmp_path / "clients/laptop.conf").write_text(HEAD + double)
    (tmp_path / "clients/desk.nmconnection").write_text(
        f"[wireguard]\n[wireguard-peer.{A}]\nallowed-ips=10.1.0.0/24;\n"
    )
    (tmp_path / "wifi.nmconnection").write_text("[connection]\ntype=wifi\n[wifi]\nssid=home\n")
    (tmp_path / "nginx.conf").write_text("server { listen 80; }\n")
    (tmp_path / "other.conf").write_bytes(b"\xff\x00[Interface]")
    done = kgctl("lint", str(tmp_path))
    assert done.exit_code == 1
    assert f"{tmp_path}/clients/laptop.conf:4" in done.stdout
    assert "K-KEY-TWICE" in done.stdout
    assert done.stderr == "kgctl: 3 peers in 2 files: 1 error, 0 warnings\n"
    assert str(PRIVATE) not in done.output


@pytest.mark.parametrize(
    "text",
    [
        "[Interface]\nListenPort = 51820\n[Peer]\nAllowedIPs = 10.1.0.0/24\n",
        f"[Peers]\nPublicKey = {A}\nAllowedIPs = 10.1.0.0/24\n",
        f"PublicKey = {A}\n",
        "[Peer]\nEndpoint = 192.0.2.1:51820\n",
        f"[Interface]\nPrivateKey = {A[:-3]}\n",
    ],
)
def test_a_damaged_configuration_in_a_folder_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "wg0.conf").write_text(text)
    done = kgctl("lint", str(tmp_path))
    assert done.exit_code == 1
    assert "it is not a WireGuard configuration" in done.stdout


@pytest.mark.parametrize(("encoding", "name"), [("utf-16-le", "UTF-16LE"), ("utf-16-be", "UTF-16BE")])
def test_utf_16_without_a_mark_is_named(tmp_path: Path, encoding: str, name: str) -> None:
    file = tmp_path / "wg0.conf"
    file.write_bytes("[Interface]\nMTU = 1420\n".encode(encoding))
    run = kgctl("lint", str(file))
    assert run.exit_code == 1
    assert f"it is not a WireGuard configuration: it is {name} without a byte order mark" in run.stdout


@pytest.mark.parametrize("output", ["text", "github", "sarif"])
@pytest.mark.parametrize("name", ["bad.conf", "bad.yaml"])
def test_a_finding_about_a_file_names_the_file_and_the_line_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, output: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text("[Interface]\nAdress = 10.5.0.1/32\n")
    said = kgctl("lint", name, "-o", output).stdout
    assert said.count(name) == 1
    assert "line 2" not in said


def test_an_unknown_field_of_a_configuration_is_in_one_short_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.conf").write_text("[Interface]\nAdress = 10.5.0.1/32\n")
    assert kgctl("lint", "bad.conf").stdout == (
        'bad.conf:2: error K-FILE: it is not a WireGuard configuration: "Adress" is not a field of this section\n'
    )

"""The command that splits DNS: what a shell runs of it, and that nothing else can become part of it."""

import subprocess
from pathlib import Path

import pytest

from kgctl_py.wireguard.parse import parse_conf
from kgctl_py.wireguard.split_dns import is_split_dns_command, split_dns_command

DNS = ("10.96.0.10", "fd00::a", "svc.cluster.local", "cluster.local")


@pytest.mark.parametrize(
    ("exists", "told"),
    [
        (
            True,
            "dns kilo 10.96.0.10 fd00::a\ndomain kilo svc.cluster.local cluster.local\ndefault-route kilo no\n",
        ),
        (False, ""),
    ],
)
def test_only_a_host_with_systemd_resolved_runs_resolvectl(tmp_path: Path, exists: bool, told: str) -> None:
    resolved, log, program = tmp_path / "resolve", tmp_path / "log", tmp_path / "resolvectl"
    log.touch()
    program.write_text(f'#!/bin/sh\necho "$@" >>{log}\n')
    program.chmod(0o755)
    if exists:
        resolved.mkdir()
    command = split_dns_command(DNS).replace("/run/systemd/resolve", str(resolved)).replace("%i", "kilo")
    done = subprocess.run(
        ("bash", "-ec", 'eval "$1"; echo up', "bash", command),
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "up\n", "")
    assert log.read_text() == told


@pytest.mark.parametrize("dns", [(), DNS[:2], DNS[2:], ("10.96.0.10", "a; reboot"), ("10.96.0.10", "$(reboot)")])
def test_without_a_server_and_a_valid_domain_there_is_no_command(dns: tuple[str, ...]) -> None:
    assert split_dns_command(dns) == ""


def test_a_reader_takes_it_for_the_dns_of_the_file_and_no_other_command() -> None:
    command = split_dns_command(DNS)
    assert is_split_dns_command(command)
    text = "[Interface]\nDNS = 10.96.0.10\nPostUp = "
    assert parse_conf(text + command).ignored == ()
    for other in (f"{command}; reboot", command.replace("cluster.local", "$(reboot)"), "reboot"):
        assert parse_conf(text + other).ignored == ("PostUp",)

"""systemd-resolved is told of name servers, and of no others than it needs; the lab runs the real resolvconf."""

import os
from pathlib import Path

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.net import set_name_servers
from kgctl_py.net.set_name_servers import Resolver


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A resolvectl that writes down what it is told, for systemd cannot run here."""
    log, program = tmp_path / "log", tmp_path / "resolvectl"
    program.write_text(f'#!/bin/sh\n[ "$2" != bad0 ] || {{ echo no link >&2; exit 1; }}\necho "$@" >>{log}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return log


def test_with_domains_only_they_are_asked_of_the_cluster(told: Path) -> None:
    assert set_name_servers.find_resolver(told.parent) is Resolver.RESOLVECTL
    set_name_servers.set_dns(Resolver.RESOLVECTL, "kilo0", ("10.96.0.10",), ("svc.cluster.local", "cluster.local"))
    set_name_servers.unset_dns(Resolver.RESOLVECTL, "kilo0")
    assert told.read_text().splitlines() == [
        "dns kilo0 10.96.0.10",
        "domain kilo0 svc.cluster.local cluster.local",
        "default-route kilo0 no",
        "revert kilo0",
    ]


def test_without_domains_everything_is(told: Path) -> None:
    set_name_servers.set_dns(Resolver.RESOLVECTL, "kilo0", ("10.96.0.10",), ())
    assert told.read_text().splitlines()[1:] == ["domain kilo0 ~.", "default-route kilo0 yes"]


def test_it_is_asked_what_an_interface_has(told: Path) -> None:
    program = told.parent / "resolvectl"
    program.write_text(
        "#!/bin/sh\n[ $1 = dns ] && echo 'Link 5 (kilo0): 10.96.0.10' || echo 'Link 5 (kilo0): a.test'\n"
    )
    assert set_name_servers.has_dns(Resolver.RESOLVECTL, "kilo0", ("10.96.0.10",), ("a.test",))
    assert not set_name_servers.has_dns(Resolver.RESOLVECTL, "kilo0", ("10.96.0.10",), ("b.test",))
    assert not set_name_servers.has_dns(Resolver.RESOLVECTL, "kilo0", ("10.96.0.11",), ("a.test",))
    assert not set_name_servers.has_dns(Resolver.RESOLVECTL, "kilo0", ("10.96.0.10",), ())


def test_a_refusal_of_the_resolver_is_reported(told: Path) -> None:
    with pytest.raises(KgctlError, match=r'"resolvectl dns bad0 10\.96\.0\.10" failed: no link'):
        set_name_servers.set_dns(Resolver.RESOLVECTL, "bad0", ("10.96.0.10",), ())
    set_name_servers.unset_dns_if_any("bad0", told.parent)


def test_without_a_resolver_it_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KgctlError, match="neither systemd-resolved nor resolvconf"):
        set_name_servers.find_resolver(tmp_path / "none")

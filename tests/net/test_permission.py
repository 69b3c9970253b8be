"""Where no interface can be made, one line says so, and what to do instead."""

import sys

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.net import permission
from tests.cli.kgctl import kgctl


def test_elsewhere_than_on_linux_another_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(KgctlError, match="create and change interfaces only on Linux") as refused:
        permission.check("kgctl peer add laptop")
    assert refused.value.hint == "kgctl peer add laptop"
    run = kgctl("connect", "laptop")
    assert (run.exit_code, run.stdout) == (1, "")
    assert "hint: to create the peer and print its configuration: kgctl peer add laptop" in run.stderr

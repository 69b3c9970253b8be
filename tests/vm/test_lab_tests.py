"""Tests of tests/tunnel that need no cluster, on WireGuard of the kernel."""

import pytest

from tests.vm.lab_tests import CODE, run_tests
from tests.vm.machine import Machine

pytestmark = [pytest.mark.vm, pytest.mark.timeout(1800)]

TESTS = (
    "tests/tunnel/test_read_device.py",
    "tests/tunnel/test_restart_session.py",
    "tests/tunnel/test_setconf.py::test_wireguard_takes_every_configuration_of_the_example",
    "tests/tunnel/test_sync.py",
)


def test_an_interface_is_read_changed_and_restarted_in_the_kernel_as_in_wireguard_go(machine: Machine) -> None:
    output = "".join(run_tests(machine, TESTS))
    assert machine.run(f"cat {CODE}").strip() == "0", output
    assert "skipped: 0" in output

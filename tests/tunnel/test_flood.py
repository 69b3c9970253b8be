"""An hour of a change every second leaves nothing behind."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tunnel.connection import state
from tests.tunnel.host import Host
from tests.tunnel.lab import Lab

FLOOD = Path(__file__).with_name("flood.py")
MEBI = 1 << 20


def flooded(host: Host, count: int) -> tuple[dict[str, Any], dict[str, Any]]:
    told = json.loads(host.run(sys.executable, FLOOD, str(count), timeout=950))
    return told["before"], told["after"]


def test_after_some_changes_the_interface_is_what_the_last_mesh_says(lab: Lab) -> None:
    before, after = flooded(lab.host("laptop"), 30)
    assert before["looks"] == after["looks"]


@pytest.mark.slow
@pytest.mark.timeout(1000)
def test_3600_changes_leak_neither_memory_nor_sockets_nor_routes(lab: Lab) -> None:
    host = lab.host("laptop")
    clean = state(host)
    before, after = flooded(host, 3600)
    assert {name: after[name] for name in ("descriptors", "sockets", "looks")} == {
        name: before[name] for name in ("descriptors", "sockets", "looks")
    }
    assert abs(after["objects"] - before["objects"]) < 200
    assert after["memory"] - before["memory"] < 8 * MEBI
    assert state(host) == clean

"""`kgctl connect` in the machine, and packets that are counted meanwhile."""

import contextlib
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tests.vm.lan import Namespace
from tests.vm.machine import Machine
from tests.vm.mesh import Mesh

PATIENCE = 90
"""An emulated machine takes 10 s to start kgctl, and longer where much else runs."""
_PAUSE = 0.5
"""Long, since each look costs the machine what it needs for what is waited for."""

_STATE = """
ip -o address; ip -4 route show table all; ip -6 route show table all; ip rule; ip -6 rule
wg show all allowed-ips; nft list ruleset; resolvectl status; readlink -f /etc/resolv.conf
ls /var/run/wireguard || true
"""


class Connection:
    """A run of `kgctl connect`, on the machine itself or on a host of its network; its events are read as JSON."""

    def __init__(
        self, machine: Machine, kubeconfig: str, *arguments: str, within: Namespace | None = None
    ) -> None:
        self._machine = machine
        self._files = f"/run/connect-{time.monotonic_ns()}"
        words = " ".join(arguments)
        inside = f"ip netns exec {within.name} " if within else ""
        command = f"{inside}kgctl --kubeconfig {kubeconfig} connect {words} -o json"
        machine.run(f"""
            cat >{self._files}.sh <<'END'
            {command} >{self._files}.events 2>{self._files}.errors </dev/null &
            echo $! >{self._files}.pid
            wait $!
            echo $? >{self._files}.code
END
            setsid bash {self._files}.sh >/dev/null 2>&1 &
        """)
        assert machine.comes_true(f"test -s {self._files}.pid")

    @property
    def events(self) -> list[dict[str, Any]]:
        """What was told so far."""
        whole = self._machine.run(f"cat {self._files}.events").rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    @property
    def everything(self) -> str:
        """All that was told or said."""
        return self._machine.run(f"cat {self._files}.events {self._files}.errors")

    @property
    def errors(self) -> str:
        """What was said on stderr so far."""
        return self._machine.run(f"cat {self._files}.errors")

    @property
    def pid(self) -> int:
        return int(self._machine.run(f"cat {self._files}.pid"))

    def tells(self, event: str, words: str = "", *, after: int = 0) -> bool:
        """Wait until an event of that kind, with these words, is told after so many; return whether it was."""
        deadline = time.monotonic() + PATIENCE
        while not any(e["event"] == event and words in e["message"] for e in self.events[after:]):
            if time.monotonic() > deadline:
                return False
            time.sleep(_PAUSE)
        return True

    def is_up(self) -> "Connection":
        """Wait until the interface knows the locations."""
        assert self.tells("joined", "location:"), self.everything
        return self

    def signal(self, name: str = "TERM") -> None:
        self._machine.run(f"kill -{name} {self.pid}")

    def end(self, name: str = "TERM") -> int:
        """Send a signal, wait for the end, and return the exit code."""
        self.signal(name)
        return self.ended()

    def ended(self) -> int:
        """Wait for the end, and return the exit code."""
        assert self._machine.comes_true(f"test -s {self._files}.code", within=PATIENCE), self.everything
        return int(self._machine.run(f"cat {self._files}.code"))

    def stop(self) -> None:
        """End it, if it runs."""
        self._machine.run(f"test -s {self._files}.code || kill {self.pid}", check=False)
        self._machine.comes_true(f"test -s {self._files}.code")


def connected(mesh: Mesh, *arguments: str) -> Connection:
    """Make the machine the peer "laptop", with services and names, and wait until both nodes answer."""
    connection = Connection(
        mesh.machine, mesh.kubeconfig, "laptop", "--services", "auto", "--dns", "auto", *arguments
    ).is_up()
    mesh.sync()
    for node in (mesh.a, mesh.b):
        assert mesh.reaches(node.pod), connection.everything
    return connection


_IN_A_SECOND = 10
"""The packets of the last second may be on their way."""


class Pings:
    """The numbers of the packets that came back, and of the last one that had time to; known after the block."""

    answered: frozenset[int] = frozenset()
    last = 0

    @property
    def lost(self) -> list[int]:
        """The packets from the first answer on that have none."""
        return sorted(set(range(min(self.answered), self.last + 1)) - self.answered)


@contextlib.contextmanager
def pinging(machine: Machine, address: str) -> Iterator[Pings]:
    """Ping `address` ten times a second during the block."""
    pings, output = Pings(), f"/run/ping-{time.monotonic_ns()}"
    machine.run(f"setsid ping -n -i {1 / _IN_A_SECOND} {address} >{output} 2>&1 & echo $! >{output}.pid")
    try:
        assert machine.comes_true(f"grep -q icmp_seq {output}"), machine.run(f"cat {output}")
        yield pings
        machine.run("sleep 2")
    finally:
        machine.run(f"kill -INT $(cat {output}.pid)")
    assert machine.comes_true(f"grep -q 'packets transmitted' {output}")
    text = machine.run(f"cat {output}")
    pings.answered = frozenset(map(int, re.findall(r"bytes from .* icmp_seq=(\d+) ", text)))
    pings.last = int(re.findall(r"(\d+) packets transmitted", text)[0]) - _IN_A_SECOND


def loses_nothing(attempt: Callable[[], Iterable[int]]) -> bool:
    """Return whether one of three attempts loses no packet.

    Where the machine stands still for a second, a session seems ended and is restarted, which may lose some.
    """
    return any(not list(attempt()) for _ in range(3))


def state(machine: Machine) -> list[str]:
    """Return addresses, routes, rules, name servers and the firewall, without what passes by itself."""
    text = machine.run(_STATE)
    return re.sub(
        r"(?m)^\d+: |^Link \d+ | tentative|\d+sec|expires \S+|valid_lft .*|.*Current DNS Server.*\n", "", text
    ).splitlines()

"""`kgctl connect` on a host of the lab, which reaches the API server through two relays."""

import contextlib
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.api.server import ApiServerProcess
from tests.slowness import SLOWNESS
from tests.tunnel.host import Host, until
from tests.tunnel.lab import Lab

PROCESS = "^[^ ]*python[^ ]* -m kgctl_py .*(connect|heal)"
"""What pgrep(1) finds the process by, and not a shell that waits for it."""

DEFAULT_SIGNALS = ("env", "--default-signal=INT,HUP")
"""Runs a command that heeds these signals, which a shell's background jobs, and what nohup starts, ignore."""

_RELAY = Path(__file__).with_name("relay.py")
_PATIENCE = 30


class Line:
    """The line of hosts to the API server; it can go dead without a word, as no server that is stopped does."""

    def __init__(self, server: ApiServerProcess, folder: Path) -> None:
        self._port = server.url.rpartition(":")[2]
        self._socket = folder / "api.sock"
        self._process = subprocess.Popen((sys.executable, _RELAY, self._socket, self._port))
        assert until(self._socket.exists)

    def lead_to(self, host: Host) -> None:
        """Let a host reach the server by the machine's own address for it."""
        host.background(sys.executable, _RELAY, self._port, self._socket)
        assert until(lambda: bool(host.run("ss", "-Hltn", "src", f"127.0.0.1:{self._port}"))), "it does not listen"

    def cut(self) -> None:
        """Pass nothing on any more, and say nothing about it."""
        self._process.send_signal(signal.SIGSTOP)

    def close(self) -> None:
        """End."""
        self._process.kill()
        self._process.wait()


def program(server: ApiServerProcess, *arguments: str | Path) -> tuple[str | Path, ...]:
    """Return the command that runs kgctl against the server."""
    return (sys.executable, "-m", "kgctl_py", "--kubeconfig", server.kubeconfig(), *arguments)


class Connection:
    """A run of `kgctl connect`, or of another command that goes on; what it tells is read as JSON."""

    def __init__(
        self, lab: Lab, server: ApiServerProcess, host: Host, *arguments: str | Path, command: str = "connect"
    ) -> None:
        self.host = host
        self._output = lab.folder / f"{host.name}-{time.monotonic_ns()}.jsonl"
        self._errors = self._output.with_suffix(".stderr")
        words = ("setsid", *DEFAULT_SIGNALS, *program(server, command, *arguments, "-o", "json"))
        with self._output.open("wb") as output, self._errors.open("wb") as errors:
            self._process = host.popen(*words, stdout=output, stderr=errors)

    @property
    def events(self) -> list[dict[str, Any]]:
        """What was told so far."""
        whole = self._output.read_text().rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    @property
    def errors(self) -> str:
        """What was said on stderr so far."""
        return self._errors.read_text()

    @property
    def everything(self) -> str:
        """All that was told or said."""
        return self._output.read_text() + self.errors

    def tells(self, event: str, words: str = "", within: float = _PATIENCE) -> bool:
        """Wait until an event of that kind, with these words, has been told; tell whether it was."""
        return until(lambda: any(e["event"] == event and words in e["message"] for e in self.events), within)

    def is_up(self) -> "Connection":
        """Wait until the interface knows the locations."""
        assert self.tells("joined", "location:"), self.everything
        return self

    def signal(self, name: str = "TERM") -> None:
        """Send the process itself a signal."""
        self.host.run("pkill", f"-{name}", "-f", PROCESS)

    def press_ctrl_c(self) -> None:
        """Send SIGINT to the whole process group, as a terminal does."""
        self.host.run("sh", "-c", f"pkill -INT -g $(pgrep -f '{PROCESS}')")

    def end(self, name: str = "TERM", within: float = 10) -> int:
        """Have it end, and give its exit code; fail when it takes longer than it may."""
        self.signal(name)
        return self.ended(within)

    def ended(self, within: float = _PATIENCE) -> int:
        """Wait for its end, and give its exit code."""
        return self._process.wait(within * SLOWNESS)


_IN_FLIGHT = 0.4
"""The seconds before the end whose pings are not judged: on a busy machine their answers may come too late."""


@contextlib.contextmanager
def pinging(host: Host, address: str, a_second: int = 50) -> Iterator["Pings"]:
    """Ping `address` so many times a second during the block."""
    pings = Pings()
    command = host.inside("ping", "-n", "-i", str(1 / a_second), address)
    with tempfile.TemporaryFile("w+") as output, subprocess.Popen(command, stdout=output) as process:
        try:
            time.sleep(0.2)
            yield pings
            time.sleep(0.2 + _IN_FLIGHT)
        finally:
            host.run("pkill", "-INT", "-f", f"ping .*{re.escape(address)}$")
            process.wait(10)
        output.seek(0)
        text = output.read()
    answered = {int(number) for number in re.findall(r"icmp_seq=(\d+) ttl=", text)}
    (sent,) = re.findall(r"(\d+) packets transmitted", text)
    pings.sent = int(sent) - int(_IN_FLIGHT * a_second)
    pings.lost = pings.sent - sum(number <= pings.sent for number in answered)


class Pings:
    """How many were sent and how many were lost, known after the block."""

    sent: int
    lost: int


def state(host: Host) -> list[str]:
    """Return what `ip` and `wg` say of a host, without what changes by itself: times, and bytes sent.

    wireguard-go lists its peers in an order that differs from one call to the next, so they are sorted.
    """
    shown = (host.run("ip", "-o", *what) for what in (("address",), ("route",), ("-6", "route"), ("rule",)))
    wg = sorted(re.sub(r"  transfer: .*\n?", "", host.wg("show")).split("\n\n"))
    return [*(re.sub(r"\d+sec|expires \S+", "", text) for text in shown), *map(str.strip, wg), _sockets(host)]


def _sockets(host: Host) -> str:
    return host.run("sh", "-c", "ls /var/run/wireguard 2>/dev/null || true")

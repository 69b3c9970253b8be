"""One machine of the lab: what can be run, configured and asked on it."""

import functools
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.slowness import SLOWNESS

Output = int | IO[bytes]

_SERVERS = Path(__file__).with_name("servers.py")
_FIRST_PROCESS = """
set -e
resolv_conf=$(readlink -f /etc/resolv.conf)
mount -t tmpfs tmpfs /run
mkdir -p "$(dirname "$resolv_conf")"
: >/run/host-resolv.conf
[ -e "$resolv_conf" ] || : >"$resolv_conf"
mount --bind /run/host-resolv.conf "$resolv_conf"
echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
ip link set lo up
echo ready
exec cat >/dev/null
"""
"""Sets a host up, then lives until its standard input is closed: by the lab, or by the death of the tests."""


def until(condition: Callable[[], bool], within: float = 20) -> bool:
    """Ask `condition` again and again until it holds; tell whether it did in time."""
    deadline = time.monotonic() + within * SLOWNESS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05 * SLOWNESS)
    return True


@functools.cache
def kernel_has_wireguard() -> bool:
    """Return whether an interface of type wireguard can be created, which wg-quick and kgctl try first."""
    command = ("unshare", "--net", "ip", "link", "add", "wg-probe", "type", "wireguard")
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@functools.cache
def kernel_has_ipip() -> bool:
    """Return whether kg could create its tunnel for packets within a location."""
    command = ("unshare", "--net", "ip", "tunnel", "add", "ipip-probe", "mode", "ipip", "local", "127.0.0.1")
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


class Host:
    """A machine of the lab; `run` runs a command on it, and all else is such commands."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._started: list[subprocess.Popen[bytes]] = []
        unshare = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
        self._process = subprocess.Popen(
            (*unshare, "sh", "-c", _FIRST_PROCESS), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != b"ready\n":
            self.stop()
            raise RuntimeError(f"host {name} did not start")

    @property
    def pid(self) -> int:
        """A process of the machine that is in the host's network and mount namespaces."""
        return self._process.pid

    def stop(self) -> None:
        """Switch the host off, with every process on it."""
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for process in self._started:
            process.wait()

    def inside(self, *command: str | Path) -> tuple[str, ...]:
        """Return what runs `command` on the host when it is run on the machine."""
        processes = f"--pid=/proc/{self.pid}/ns/pid_for_children"
        return ("nsenter", f"--target={self.pid}", "--net", "--mount", processes, *map(str, command))

    def run(self, *command: str | Path, check: bool = True, timeout: float = 30) -> str:
        """Run `command` on the host and give what it printed; what it fails with stands in the error.

        It prints to a file, for a daemon that it starts may keep a pipe open for ever.
        """
        with tempfile.TemporaryFile("w+") as output:
            status = subprocess.run(
                self.inside(*command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=timeout * SLOWNESS,
                check=False,
            ).returncode
            output.seek(0)
            text = output.read()
        if check and status:
            raise AssertionError(f"on {self.name}: {' '.join(map(str, command))}: exit {status}\n{text}")
        return text

    def succeeds(self, *command: str | Path) -> bool:
        """Run `command` on the host and tell whether it succeeded."""
        words, timeout = self.inside(*command), 30 * SLOWNESS
        return subprocess.run(words, capture_output=True, timeout=timeout, check=False).returncode == 0

    def background(self, *command: str | Path) -> None:
        """Start `command` on the host; it ends with the host."""
        self.popen(*command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def popen(self, *command: str | Path, stdout: Output, stderr: Output) -> subprocess.Popen[bytes]:
        """Start `command` on the host, and give the process; it ends with the host."""
        null = subprocess.DEVNULL
        process = subprocess.Popen(self.inside(*command), stdin=null, stdout=stdout, stderr=stderr)
        self._started.append(process)
        return process

    def address(self, *addresses: str, device: str = "lo") -> None:
        """Return the host `addresses`: on `lo`, as a pod's or a service's, unless `device` is told."""
        for address in addresses:
            self.run("ip", "address", "add", address, "dev", device)

    def route(self, *destinations: str, via: str, protocol: str = "static") -> None:
        """Send what is for `destinations` to the neighbour `via`; what was said of them before is forgotten."""
        for destination in destinations:
            self.run("ip", "route", "replace", destination, "via", via, "protocol", protocol)

    def forget_routes(self, protocol: str) -> None:
        """Take back every route that was made with `protocol`."""
        for family in ("-4", "-6"):
            self.run("ip", family, "route", "flush", "protocol", protocol)

    def forward(self) -> None:
        """Make the host a router."""
        self.run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")

    def masquerade(self, device: str, match: str = "") -> None:
        """Return what leaves by `device` (and fits `match`, in the words of nft) the host's own address."""
        chain = "type nat hook postrouting priority srcnat;"
        rule = f'oifname "{device}" {match} masquerade'
        self.run("nft", f"table inet lab {{ chain outgoing {{ {chain} {rule}; }}; }}")

    def refuse_from(self, device: str) -> None:
        """Drop what comes in by `device` unasked, as the router of a home does."""
        chain = "type filter hook input priority filter;"
        rule = f'iifname "{device}" meta l4proto udp ct state new drop'
        self.run("nft", f"table inet lab {{ chain incoming {{ {chain} {rule}; }}; }}")

    @contextmanager
    def without_udp(self) -> Iterator[None]:
        """Drop every UDP packet that arrives from outside, and so all of WireGuard's, within the block."""
        chain = "type filter hook input priority filter;"
        rule = 'iifname != "lo" meta l4proto udp drop'
        self.run("nft", f"table inet silence {{ chain incoming {{ {chain} {rule}; }}; }}")
        try:
            yield
        finally:
            self.run("nft", "delete table inet silence")

    @property
    def wireguard(self) -> str:
        """The name that kgctl gives to what makes an interface here."""
        return "WireGuard in the kernel" if kernel_has_wireguard() else "wireguard-go"

    def start_wireguard(self, interface: str) -> None:
        """Create a WireGuard interface that no configuration was set on, in the kernel if it can, and await it."""
        if kernel_has_wireguard():
            self.run("ip", "link", "add", interface, "type", "wireguard")
            return
        self.run("wireguard-go", interface)
        assert until(lambda: "listening port" in self.wg("show", interface)), "it opens no port"

    def wg(self, *arguments: str | Path) -> str:
        """Run `wg` on the host."""
        return self.run("wg", *arguments)

    def wg_quick_up(self, file: Path) -> None:
        """Bring the interface of a wg-quick configuration up; its name is the file's."""
        self.run("wg-quick", "up", file)

    def wg_syncconf(self, file: Path) -> None:
        """Change an interface that is up into what a wg-quick configuration says now."""
        sync = 'wg syncconf "$(basename "$0" .conf)" <(wg-quick strip "$0")'
        self.run("bash", "-c", sync, file)

    def pings(self, address: str) -> bool:
        """Return whether `address` answers one ping within a second."""
        return self.succeeds("ping", "-n", "-q", "-c", "1", "-W", "1", address)

    def reaches(self, address: str, within: float = 20) -> bool:
        """Return whether `address` answers a ping in time."""
        return until(lambda: self.pings(address), within)

    def serve_tcp(self, address: str, port: int) -> None:
        """Serve the name of the host and the address of the caller to whoever connects."""
        self.background(sys.executable, _SERVERS, "tcp", address, str(port), self.name)
        assert until(lambda: bool(self.run("ss", "-Hltn", "src", f"[{address}]:{port}"))), "it does not listen"

    def serve_https(self, address: str, port: int, pem: Path, tls: str, status: str) -> None:
        """Answer every HTTPS request with a status, and every HTTP request with 400."""
        self.background(sys.executable, _SERVERS, "https", address, str(port), pem, tls, status)
        assert until(lambda: bool(self.run("ss", "-Hltn", "src", f"[{address}]:{port}"))), "it does not listen"

    def serve_dns(self, address: str, **names: str) -> None:
        """Answer DNS queries for `names` (with `_` for a dot) with their addresses."""
        records = (f"{name.replace('_', '.')}={ip}" for name, ip in names.items())
        self.background(sys.executable, _SERVERS, "dns", address, *records)
        assert until(lambda: bool(self.run("ss", "-Hlun", "src", f"[{address}]:53"))), "it does not listen"

    def asks(self, server: str, port: int) -> str:
        """Return what the TCP server at an address or a name (looked up by the host's DNS) says, or nothing."""
        read = f"cat </dev/tcp/{server}/{port}"
        text = self.run("timeout", "2", "bash", "-c", read, check=False)
        return text.strip() if text.startswith("I am ") else ""

    def hears(self, server: str, port: int, within: float = 20) -> str:
        """Ask the TCP server again and again until it says something, and give that, or nothing."""
        said = ""

        def asked() -> bool:
            nonlocal said
            said = self.asks(server, port)
            return bool(said)

        until(asked, within)
        return said

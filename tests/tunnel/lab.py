"""A network of small hosts on this machine: namespaces joined by bridges, with real WireGuard between them.

Every host has network, mount and process namespaces of its own, without a name, so that the machine sees
nothing of them, two labs never meet, and all of a host is gone when its first process is, however the tests end.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

from tests.tunnel.host import Host, kernel_has_wireguard

TOOLS = (
    ("ip", "iproute2"),
    ("nft", "nftables"),
    ("nsenter", "util-linux"),
    ("ping", "iputils-ping"),
    ("resolvconf", "openresolv"),
    ("ss", "iproute2"),
    ("sysctl", "procps"),
    ("unshare", "util-linux"),
    ("wg", "wireguard-tools"),
    ("wg-quick", "wireguard-tools"),
)
"""What the lab runs, and the Debian package that has it."""
USERSPACE = ("wireguard-go", "wireguard-go")
"""What it runs as well where the kernel has no WireGuard."""


def why_not() -> str:
    """Return the reason why there can be no lab on this machine, or nothing."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "network namespaces need root on Linux"
    tried = subprocess.run(("unshare", "--net", "--mount", "true"), capture_output=True, text=True, check=False)
    if tried.returncode:
        return tried.stderr.strip()
    in_kernel = kernel_has_wireguard()
    if not in_kernel and not Path("/dev/net/tun").exists():
        return "wireguard-go needs /dev/net/tun"
    tools = TOOLS if in_kernel else (*TOOLS, USERSPACE)
    packages = {package for tool, package in tools if not shutil.which(tool)}
    return f"needs the packages {', '.join(sorted(packages))}" if packages else ""


class Lab:
    """Hosts and the networks between them, gone at the end of the `with` block."""

    def __init__(self) -> None:
        self._hosts = contextlib.ExitStack()
        self._cables = 0
        self.folder = Path()
        """A folder for files of the tests, gone with the lab."""

    def __enter__(self) -> "Lab":
        self.folder = Path(self._hosts.enter_context(tempfile.TemporaryDirectory(prefix="kgctl-lab-")))
        self._switch = self.host("switch")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hosts.close()

    def host(self, name: str) -> Host:
        """Add a host."""
        host = Host(name)
        self._hosts.callback(host.stop)
        return host

    def network(self, name: str) -> str:
        """Add a network: a bridge called `name` that hosts can join."""
        self._switch.run("ip", "link", "add", "name", name, "type", "bridge", "mcast_snooping", "0")
        self._switch.run("ip", "link", "set", "dev", name, "up")
        return name

    def join(self, host: Host, network: str, *addresses: str) -> str:
        """Plug `host` into `network` with `addresses`, and give the name of its new interface."""
        self._cables += 1
        socket, device = f"port{self._cables}", f"{network}0"
        cable = f"ip link add name {socket} type veth peer name {device} netns {host.pid}"
        # In the machine's process namespace, where the host's number is known.
        subprocess.run(("nsenter", f"--target={self._switch.pid}", "--net", *cable.split()), check=True)
        self._switch.run("ip", "link", "set", "dev", socket, "master", network, "up")
        host.run("ip", "link", "set", "dev", device, "up")
        host.address(*addresses, device=device)
        return device

"""The permission to change the network of this machine."""

import sys
from pathlib import Path

from kgctl_py.errors import KgctlError

AS_ROOT = "run the same command with sudo --preserve-env=KUBECONFIG"

_CAP_NET_ADMIN = 12
"""The number of its bit (linux/capability.h)."""


def check(hint_elsewhere: str) -> None:
    """Raise KgctlError unless this process can create interfaces: on Linux, with CAP_NET_ADMIN.

    `hint_elsewhere` is the hint on other systems.
    """
    if sys.platform != "linux":
        raise KgctlError("kgctl can create and change interfaces only on Linux", hint=hint_elsewhere)
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    effective = next((line.split()[1] for line in status.splitlines() if line.startswith("CapEff:")), "0")
    if not int(effective, 16) >> _CAP_NET_ADMIN & 1:
        raise KgctlError("changing a network interface needs root, or CAP_NET_ADMIN", hint=AS_ROOT)

"""A lock, so that only one process uses an interface; the system releases it when the process ends."""

import contextlib
import errno
import socket
import struct
from collections.abc import Iterator

from kgctl_py.errors import KgctlError

_CREDENTIALS = struct.Struct("3i")


@contextlib.contextmanager
def interface_lock(interface: str) -> Iterator[None]:
    """Lock the interface `name` for the block; raise KgctlError with the process that holds the lock.

    The lock is an abstract Unix socket, which belongs to the network namespace, as the name of an interface does.
    """
    with socket.socket(socket.AF_UNIX) as lock:
        try:
            lock.bind(_name(interface))
            lock.listen(1)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise KgctlError(
                f'interface "{interface}" is in use by another kgctl, process {_holder(interface)}',
                hint="choose another interface, or stop that process",
            ) from None
        yield


def _name(interface: str) -> str:
    return f"\0kgctl/connect/{interface}"


def _holder(interface: str) -> str:
    """Return the process that holds the lock, if it is visible."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.settimeout(1)
            client.connect(_name(interface))
            pid, _, _ = _CREDENTIALS.unpack(
                client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
            )
        except OSError:  # the process just ended, or its queue is full
            return "unknown"
    return str(pid)

"""One program at a time has an interface; the lock ends with its holder, however that ends."""

import contextlib
import errno
import socket
import struct
from collections.abc import Iterator

from kgctl_py.errors import KgctlError

_CREDENTIALS = struct.Struct("3i")


@contextlib.contextmanager
def held(interface: str) -> Iterator[None]:
    """Hold the interface of that name; raise KgctlError, with whose it is, when somebody else does.

    The lock is a Unix socket without a file: like the name of an interface it belongs to the network namespace.
    """
    with socket.socket(socket.AF_UNIX) as lock:
        try:
            lock.bind(_name(interface))
            lock.listen(1)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise KgctlError(
                f'the interface "{interface}" is in use by another "kgctl connect", process {_holder(interface)}',
                hint="choose another interface with -i NAME, or end that process",
            ) from None
        yield


def _name(interface: str) -> str:
    return f"\0kgctl/connect/{interface}"


def _holder(interface: str) -> str:
    """Give the process that holds the lock, as far as it is seen from here."""
    with socket.socket(socket.AF_UNIX) as asking:
        try:
            asking.settimeout(1)
            asking.connect(_name(interface))
            pid, _, _ = _CREDENTIALS.unpack(
                asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
            )
        except OSError:  # gone just now, or asked by many
            return "unknown"
    return str(pid)

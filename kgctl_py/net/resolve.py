"""DNS lookups of several names at once, with one deadline."""

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from kgctl_py.wireguard.endpoint import IPAddress, parse_ip

SECONDS = 2.0
"""The deadline for all names together."""

THREADS = 100
"""The maximum number of lookups at once."""


def look_up(
    hosts: set[str], *, seconds: float = SECONDS, getaddrinfo: Callable[..., Any] = socket.getaddrinfo
) -> dict[str, IPAddress]:
    """Resolve many DNS names at once; return the addresses of those that resolve in time.

    The threads are daemons, so that a dead name server does not delay the exit.
    """
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    answers: queue.SimpleQueue[tuple[str, IPAddress | None]] = queue.SimpleQueue()
    over = threading.Event()

    def answer() -> None:
        with contextlib.suppress(queue.Empty):
            while not over.is_set():
                host = waiting.get_nowait()
                answers.put((host, _first_address(host, getaddrinfo)))

    for host in sorted(hosts):
        waiting.put(host)
    for _ in range(min(len(hosts), THREADS)):
        threading.Thread(target=answer, daemon=True).start()
    deadline, found = time.monotonic() + seconds, {}
    for _ in hosts:
        try:
            host, ip = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        if ip:
            found[host] = ip
    over.set()
    return found


def _first_address(host: str, getaddrinfo: Callable[..., Any]) -> IPAddress | None:
    """Return the first IPv4 address of a name, or its first IPv6 address."""
    try:
        infos = getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):  # a label of more than 63 characters is a UnicodeError
        return None
    texts = [str(info[4][0]) for info in infos]
    return parse_ip(next((text for text in texts if ":" not in text), texts[0]))

"""DNS lookups of several names at once, with one deadline."""

import queue
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from kgctl_py.wireguard.endpoint import IPAddress, parse_ip

SECONDS = 2.0
"""The deadline for all names together."""


def look_up(
    hosts: set[str], *, seconds: float = SECONDS, getaddrinfo: Callable[..., Any] = socket.getaddrinfo
) -> dict[str, IPAddress]:
    """Look up DNS names, all at once; return the addresses of those that are answered in time.

    The threads are daemons, so that a dead name server does not delay the exit.
    """
    answers: queue.SimpleQueue[tuple[str, IPAddress | None]] = queue.SimpleQueue()

    def answer(host: str) -> None:
        answers.put((host, _first_address(host, getaddrinfo)))

    for host in hosts:
        threading.Thread(target=answer, args=(host,), daemon=True).start()
    deadline, found = time.monotonic() + seconds, {}
    for _ in hosts:
        try:
            host, ip = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        if ip:
            found[host] = ip
    return found


def _first_address(host: str, getaddrinfo: Callable[..., Any]) -> IPAddress | None:
    """Return the first IPv4 address of a name, else its first IPv6 address."""
    try:
        infos = getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):  # a label of more than 63 characters is a UnicodeError
        return None
    texts = [str(info[4][0]) for info in infos]
    return parse_ip(next((text for text in texts if ":" not in text), texts[0]))

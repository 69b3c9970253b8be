"""DNS endpoints to addresses, as far as two seconds go."""

import queue
import socket
import threading
import time
from collections.abc import Iterable, Sequence

from kgctl_py.mesh.model import Node
from kgctl_py.value import replace
from kgctl_py.wireguard.endpoint import IPAddress, parse_ip

SECONDS = 2.0
"""For all names together, however many there are."""


def resolved(nodes: Iterable[Node], wanted: Sequence[Node]) -> tuple[Node, ...]:
    """Give `nodes`, those in `wanted` with the address of their DNS endpoint; unchanged when it has none."""
    found = addresses({node.endpoint.name for node in wanted if node.endpoint and node.endpoint.name})
    return tuple(_with_address(node, found) for node in nodes)


def _with_address(node: Node, addresses: dict[str, IPAddress]) -> Node:
    if node.endpoint is None or node.endpoint.name not in addresses:
        return node
    return replace(node, endpoint=replace(node.endpoint, ip=addresses[node.endpoint.name]))


def addresses(hosts: set[str]) -> dict[str, IPAddress]:
    """Give the addresses of DNS names, as many as answer in time; looked up side by side.

    The threads are daemons, so that a dead name server cannot hold up the exit.
    """
    answers: queue.SimpleQueue[tuple[str, IPAddress | None]] = queue.SimpleQueue()
    for host in hosts:
        threading.Thread(target=lambda host=host: answers.put((host, _address(host))), daemon=True).start()
    deadline, found = time.monotonic() + SECONDS, {}
    for _ in hosts:
        try:
            host, ip = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        if ip:
            found[host] = ip
    return found


def _address(host: str) -> IPAddress | None:
    """Give the first IPv4 address of a name, else its first IPv6 address."""
    try:
        infos = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):  # a label of more than 63 characters is no OSError
        return None
    texts = [str(info[4][0]) for info in infos]
    return parse_ip(next((text for text in texts if ":" not in text), texts[0]))

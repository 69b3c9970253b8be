"""Read the Peers in a file, which do not need to exist in a cluster."""

import sys

from kgctl_py import names
from kgctl_py.cluster.saved.read_objects import objects_in
from kgctl_py.cluster.saved.snapshot import peer_in
from kgctl_py.errors import KgctlError
from kgctl_py.limits import read_bytes, read_stream
from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.notice import Notice
from kgctl_py.os_errors import explained


def read_peers(path: str) -> tuple[tuple[Peer, ...], tuple[Notice, ...]]:
    """Return the Peers in a YAML or JSON file, or on stdin for `-`, and remarks; raise KgctlError without one."""
    shown = "stdin" if path == "-" else path
    with explained("read", path):
        content = read_stream(sys.stdin.buffer, shown) if path == "-" else read_bytes(path)
    read = [
        peer_in(raw)
        for raw in objects_in(shown, content)
        if raw.kind == names.PEER_KIND and (raw.api_version or "").startswith(names.GROUP + "/")
    ]
    if not read:
        raise KgctlError(f'"{shown}" contains no Peer', hint="to print one: kgctl peer add NAME --print yaml")
    peers = tuple(peer for peer in read if isinstance(peer, Peer))
    return peers, tuple(notice for notice in read if isinstance(notice, Notice))

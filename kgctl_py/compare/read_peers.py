"""Read the Peers in a file, which do not need to exist in a cluster."""

import sys
from collections.abc import Sequence

from kgctl_py import names
from kgctl_py.cluster.saved.nodes_and_peers_in_files import peer_in
from kgctl_py.cluster.saved.read_objects import SAVE_HINT, objects_in
from kgctl_py.errors import KgctlError
from kgctl_py.kube.objects.raw_object import RawObject
from kgctl_py.limits import read_bytes, read_stream
from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.notice import Notice
from kgctl_py.os_errors import explained

_SAVE_PEERS = "to save the Peers of a cluster: kubectl get peers.kilo.squat.ai -o yaml > peers.yaml"


def read_peers(path: str) -> tuple[tuple[Peer, ...], tuple[Notice, ...]]:
    """Return the Peers in a YAML or JSON file, or stdin for `-`, and remarks; raise KgctlError without Peers."""
    shown = "stdin" if path == "-" else path
    with explained("read", path):
        content = read_stream(sys.stdin.buffer, shown) if path == "-" else read_bytes(path)
    read = [
        peer_in(raw)
        for raw in _objects_in(shown, content)
        if raw.kind == names.PEER_KIND and (raw.api_version or "").startswith(names.GROUP + "/")
    ]
    if not read:
        raise KgctlError(f'"{shown}" contains no Peer', hint=_SAVE_PEERS)
    peers = tuple(peer for peer in read if isinstance(peer, Peer))
    return peers, tuple(notice for notice in read if isinstance(notice, Notice))


def _objects_in(shown: str, content: bytes) -> Sequence[RawObject]:
    try:
        return tuple(objects_in(shown, content))
    except KgctlError as error:
        if error.hint != SAVE_HINT:
            raise
        raise KgctlError(error.message, hint=_SAVE_PEERS) from None

"""Peers in files, which no API server validated: one that cannot be read becomes a Peer with faults."""

import json
from typing import Any

from kgctl_py.kilo import resources
from kgctl_py.kilo.peers import malformed, translate_peer
from kgctl_py.kube.objects import decoding
from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.value import replace


def read_peer(value: dict[str, Any]) -> Peer:
    """Return the Peer in `value`, with a fault if its metadata cannot be read."""
    try:
        return translate_peer(decoding.convert(value, resources.Peer))
    except ValueError as error:
        readable = translate_peer(
            resources.Peer(metadata=resources.PeerMetadata(name=_name(value)), spec=value.get("spec"))
        )
        return replace(readable, faults=(malformed(str(error)), *readable.faults))


def _name(value: dict[str, Any]) -> str:
    """Return the name as text, if possible: for `name: y` it is `true`, as in the error of kubectl."""
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if name is None or isinstance(name, dict | list):
        return ""
    return name if isinstance(name, str) else json.dumps(name)

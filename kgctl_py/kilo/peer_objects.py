"""Peers in files, which no API server has checked: one that cannot be read is a Peer with faults, not an error."""

import json
from typing import Any

from kgctl_py.kilo import resources
from kgctl_py.kilo.peers import malformed, translate_peer
from kgctl_py.kube.objects import decoding
from kgctl_py.kube.objects.decoding import Metadata
from kgctl_py.mesh.model import Peer
from kgctl_py.value import replace


def read_peer(value: dict[str, Any]) -> Peer:
    """Return the Peer that `value` is, with a fault where its metadata cannot be read."""
    try:
        return translate_peer(decoding.convert(value, resources.Peer))
    except ValueError as error:
        readable = translate_peer(resources.Peer(metadata=Metadata(name=_name(value)), spec=value.get("spec")))
        return replace(readable, faults=(malformed(str(error)), *readable.faults))


def _name(value: dict[str, Any]) -> str:
    """Return the name as far as one can be told: that of `name: y` is `true`, as kubectl has it in its error."""
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if name is None or isinstance(name, dict | list):
        return ""
    return name if isinstance(name, str) else json.dumps(name)

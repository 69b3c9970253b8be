"""Translate Nodes when they change; a Node with only a new heartbeat is not translated again."""

import hashlib
from collections.abc import Mapping

import msgspec

from kgctl_py import names
from kgctl_py.kilo import resources
from kgctl_py.kilo.nodes import translate_node
from kgctl_py.mesh.nodes_and_peers import Node
from kgctl_py.value import replace

_FINGERPRINT_BYTES = 16
_MOST_DIGITS = 18
"""The digits of a number that surely fits into Kilo's 64 bits."""


class NodeTranslator:
    """Translates a Node, or only updates its last-seen, which kg writes every 30 seconds.

    It keeps a fingerprint of the other content by name, because the objects would take too much memory.
    """

    def __init__(self, topology_label: str = names.TOPOLOGY_LABEL) -> None:
        self._topology_label = topology_label
        self._known: dict[str, tuple[bytes, Node]] = {}

    def translate(self, raw: resources.Node, old: Node | None) -> Node:
        """Return the Node that Kilo reads from `raw`, given the one that it read before."""
        name, annotations = raw.metadata.name, dict(raw.metadata.annotations or {})
        last_seen = annotations.pop(names.LAST_SEEN, "")
        if not (last_seen.isascii() and last_seen.isdigit() and len(last_seen) <= _MOST_DIGITS):
            self._known.pop(name, None)
            return translate_node(raw, self._topology_label)
        fingerprint, known = _fingerprint(raw, annotations), self._known.get(name)
        if known and known[0] == fingerprint and known[1] is old:  # `old` differs after a failed list
            node = replace(old, last_seen=int(last_seen))
        else:
            node = translate_node(raw, self._topology_label)
        self._known[name] = fingerprint, node
        return node

    def forget(self, name: str) -> None:
        """Forget a Node that was removed."""
        self._known.pop(name, None)


def _fingerprint(raw: resources.Node, annotations: Mapping[str, str]) -> bytes:
    """Return the fingerprint of what kgctl reads of a Node, with these annotations."""
    text = msgspec.json.encode((annotations, raw.metadata.labels, raw.spec))
    return hashlib.blake2b(text, digest_size=_FINGERPRINT_BYTES).digest()

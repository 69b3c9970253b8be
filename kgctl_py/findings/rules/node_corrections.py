"""Corrections for values of a node that Kilo ignores; a command removes only values without effect."""

import re

from kgctl_py import names
from kgctl_py.findings.rules.nodes import annotate
from kgctl_py.mesh.nodes_and_peers import IgnoredReason, IgnoredValue, Node

Correction = tuple[str, str]
"""A hint and a command; if both are empty, the finding has those of its code."""

_SET_BY_PEOPLE = {names.FORCE_INTERNAL_IP, names.PERSISTENT_KEEPALIVE}
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
_POD_CIDR_HINT = (
    "correct the option --cluster-cidr of the controller manager, and let the node join the cluster again during "
    "maintenance"
)
_BY_KG = "kg writes this value: read the log of kg on the node"


def correction(value: IgnoredValue, node: Node) -> Correction:
    """Return the hint and the command for an ignored value."""
    match value.reason:
        case IgnoredReason.UNREAD_ANNOTATION:
            return _unread(value, node)
        case IgnoredReason.UNREADABLE:
            return _unreadable(value, node)
    return value.hint, ""


def _unread(value: IgnoredValue, node: Node) -> Correction:
    if not _SAFE_NAME.fullmatch(value.field):  # a label, which other programs can read
        return value.hint, ""
    is_question = value.hint.endswith("?")
    before = f"{value.hint}{' To' if is_question else '; to'}" if value.hint else "to"
    return f"{before} remove this annotation", annotate(node, f"{value.field}-")


def _unreadable(value: IgnoredValue, node: Node) -> Correction:
    if value.field == names.ALLOWED_LOCATION_IPS:
        valid = ",".join(map(str, node.allowed_location_ips))
        change = f"{value.field}={valid}" if valid else f"{value.field}-"
        return "correct or leave out the invalid value", annotate(node, change)
    if value.field in _SET_BY_PEOPLE:
        return "correct or remove the annotation", annotate(node, f"{value.field}-")
    return (_BY_KG if value.field.startswith(names.PREFIX) else _POD_CIDR_HINT), ""

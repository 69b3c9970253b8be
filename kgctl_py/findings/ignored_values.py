"""The codes of the findings about values that Kilo ignores."""

from kgctl_py.findings.catalog import Code
from kgctl_py.mesh.model import IgnoredReason, IgnoredValue

_CODES = {
    IgnoredReason.UNREADABLE: Code.VALUE,
    IgnoredReason.NO_DENIAL: Code.LEADER_FALSE,
    IgnoredReason.FORCED_ENDPOINT: Code.FORCE_ENDPOINT,
    IgnoredReason.PRESHARED_KEY: Code.PEER_PSK,
    IgnoredReason.SECOND_ENDPOINT: Code.PEER_DNS_AND_IP,
    IgnoredReason.NUMBER_AS_NAME: Code.PEER_DNS_NUMBER,
    IgnoredReason.MISTYPED_ADDRESS: Code.NODE_DNS_NUMBER,
    IgnoredReason.UNREAD_ANNOTATION: Code.NODE_ANNOTATION,
    IgnoredReason.UNKNOWN_GRANULARITY: Code.GRANULARITY_UNKNOWN,
}


def code_of_ignored(value: IgnoredValue) -> Code:
    """Return the code of an ignored value."""
    return _CODES[value.reason]

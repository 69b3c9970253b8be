"""Which kind of finding a value is that Kilo passes over."""

from kgctl_py.findings.code import Code
from kgctl_py.mesh.model import Flaw, Unusable

_CODES = {
    Flaw.UNREADABLE: Code.VALUE,
    Flaw.NO_DENIAL: Code.LEADER_FALSE,
    Flaw.FORCED_ENDPOINT: Code.FORCE_ENDPOINT,
    Flaw.PRESHARED_KEY: Code.PEER_PSK,
    Flaw.SECOND_ENDPOINT: Code.PEER_DNS_AND_IP,
    Flaw.NUMBER_AS_NAME: Code.PEER_DNS_NUMBER,
}


def code_of(value: Unusable) -> Code:
    """Give the code of an unusable value."""
    return _CODES[value.flaw]

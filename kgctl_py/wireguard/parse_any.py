"""Parse configurations in any supported format: wg, wg-quick, NetworkManager, and systemd-networkd."""

import re

from kgctl_py.wireguard.parse import parse_conf
from kgctl_py.wireguard.parse_keyfile import parse_keyfile
from kgctl_py.wireguard.parse_networkd import parse_networkd
from kgctl_py.wireguard.sections import Parsed

_KEYFILE = re.compile(r"^\s*\[(connection|wireguard|wireguard-peer\..*)\]\s*$", re.MULTILINE)
_NETDEV = re.compile(r"^\s*\[(NetDev|WireGuard|WireGuardPeer)\]\s*$", re.MULTILINE)
_NETWORK = re.compile(r"^\s*\[Network\]\s*$", re.MULTILINE)
_CONF = re.compile(r"^\s*\[\s*(interface|peer)\s*\]", re.MULTILINE | re.IGNORECASE)


def is_configuration(text: str) -> bool:
    """Return whether a text looks like a configuration in one of the formats."""
    return any(pattern.search(text) for pattern in (_CONF, _KEYFILE, _NETDEV, _NETWORK))


def parse_any(text: str, network: str = "") -> Parsed:
    """Return the configuration in a text; a .netdev also needs the text of its .network.

    Raise ValueError with the line for an error of the program that uses the format.
    """
    if _NETDEV.search(text):
        return parse_networkd(text, network)
    if _NETWORK.search(text):
        return parse_networkd("", text)
    if _KEYFILE.search(text):
        return parse_keyfile(text)
    return parse_conf(text)

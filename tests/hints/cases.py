"""What a person does where a hint has only words, and why some hints cannot be followed in a test."""

import sys

from kgctl_py import names
from kgctl_py.findings import Code
from tests.in_memory import key

_BY_KG = "Only kg, restarted with other flags, changes it."
_ROUTER = "The test has no such machine, network, or program."
_FORCED = f"kubectl annotate --overwrite node {{}} {names.FORCE_ENDPOINT}={{}}"
_KEEPALIVE = f"kubectl annotate node a {names.PERSISTENT_KEEPALIVE}=25"
_NO_LOCATION_IPS = f"kubectl annotate node b {names.ALLOWED_LOCATION_IPS}-"
_OTHER_IP = "kgctl peer set q --ip 10.5.0.9/32"
_OTHER_ENDPOINT = "kgctl peer set q --endpoint 192.0.2.1:51820"

BY_HAND: dict[tuple[Code, int] | Code, str] = {
    Code.NODE_NOENDPOINT: _FORCED.format("c", "203.0.113.3:51820"),
    Code.NODE_DNS_NUMBER: _FORCED.format("b", "203.0.113.2:51820"),
    Code.NODE_ANNOTATION: (f"kubectl label node b {names.LEADER}- && kubectl annotate node b {names.LEADER}=true"),
    (Code.NODE_OVERLAP, 0): f"kubectl annotate node b {names.FORCE_INTERNAL_IP}=-",
    (Code.KEY_TWICE, 1): "kgctl peer rotate q --yes",
    (Code.KEY_TWICE, 2): "kgctl peer rotate q --yes",
    Code.ENDPOINT_PRIVATE: _FORCED.format("b", "203.0.113.2:51820"),
    Code.ENDPOINT_VERSION: _FORCED.format("b", "203.0.113.2:51820"),
    (Code.ENDPOINT_VERSION, 1): _FORCED.format("c", "203.0.113.3:51820"),
    (Code.IP_VERSION, 0): f"kubectl annotate --overwrite node b {names.FORCE_INTERNAL_IP}=10.1.0.2/24",
    (Code.IP_VERSION, 3): f"kubectl annotate --overwrite node c {names.FORCE_INTERNAL_IP}=10.1.0.3/24",
    (Code.IP_VERSION, 4): f"kubectl annotate --overwrite node b {names.FORCE_INTERNAL_IP}=10.1.0.2/24",
    (Code.IP_VERSION, 5): f"kubectl annotate --overwrite node b {names.ALLOWED_LOCATION_IPS}=10.9.0.0/24",
    Code.ENDPOINT_TWICE: _FORCED.format("b", "203.0.113.1:51821"),
    Code.LEADER_PUBLIC: (
        f"kubectl annotate node b {names.LEADER}=true {names.WIREGUARD_IP}=10.4.0.1/16"
        f" && kubectl annotate node c {names.WIREGUARD_IP}-"
    ),
    Code.LOCIP_CLASH: f"kubectl annotate node a {names.ALLOWED_LOCATION_IPS}-",
    Code.LOCIP_ROUTED: _NO_LOCATION_IPS,
    Code.LOCIP_PEER: _NO_LOCATION_IPS,
    (Code.LOOP, 1): " && ".join(
        _FORCED.format(name, f"198.51.100.{number}:51820") for number, name in enumerate("ab", 1)
    ),
    Code.PEER_INVALID: f"kubectl edit {names.PEERS_RESOURCE} q",
    Code.PEER_NOIPS: _OTHER_IP,
    Code.PEER_DUP: _OTHER_IP,
    Code.PEER_OVERLAP: _OTHER_IP,
    Code.PEER_UNUSABLE: _OTHER_IP,
    **{(Code.PEER_UNUSABLE, number): _OTHER_ENDPOINT for number in range(12, 15)},
    Code.PEER_PSK: "kgctl peer rotate q --psk --yes",
    Code.PEER_DNS_NUMBER: _OTHER_ENDPOINT,
    Code.KEEPALIVE_OWN: _KEEPALIVE,
}
"""The commands with which a person follows the words of a hint, also as kg would react to them."""

NOT_RUN: dict[tuple[Code, int] | Code, str] = {
    Code.API: "The server has to answer first.",
    Code.CLOCK: "The clock of a machine has to change.",
    (Code.NO_NODES, 0): "You have to choose another cluster; nothing in this one changes.",
    Code.NO_NODES: "Each node has a finding of its own, with a hint.",
    Code.NODE_NOCIDR: "Only the controller manager allocates it.",
    Code.KG_POD: "It shows more, and needs a kubelet.",
    Code.VALUE: "kg writes it.",
    Code.NODE_CLOCK_AHEAD: "The clock of a machine has to change.",
    (Code.IP_VERSION, 1): "Only the controller manager allocates it.",
    (Code.IP_VERSION, 2): _BY_KG,
    Code.POD_CIDR_UNREAD: "Kilo has no setting for it.",
    Code.GRANULARITY: _BY_KG,
    Code.GRANULARITY_UNKNOWN: "Only a newer kgctl knows it.",
    Code.GRANULARITY_NONE: _BY_KG,
    Code.KG_GRANULARITY: _BY_KG,
    Code.SUBNET: _BY_KG,
    Code.SUBNET_NONE: "Only kg writes it.",
    Code.KG_SUBNET: _BY_KG,
    Code.SUBNET_FULL: _BY_KG,
    Code.SUBNET_OVERLAP: _BY_KG,
    Code.SUBNET_EXHAUSTED: _BY_KG,
    Code.AGENT_LEADER: "It shows more, and needs a kubelet.",
    Code.AGENT_COUNTS: "It shows more, and needs a kubelet.",
    Code.AGENT_ERRORS: "It shows more, and needs a kubelet.",
    Code.LEADER_DRIFT: "Only kg writes the annotation, after kg has seen all changes.",
    Code.WIREGUARD_IP_DRIFT: "Only kg writes the annotation, after kg has seen all changes.",
    Code.NODE_OVERLAP: "Only the controller manager allocates it.",
    Code.KEY_TWICE: _ROUTER,
    Code.DNS_FAIL: _ROUTER,
    Code.LOOP: "The finding depends on the format of the configuration, not on the mesh.",
    Code.PEER_INVALID: "The API server refuses it, so only files have it.",
    Code.PEER_UNSEEN: "The peer has to connect.",
    Code.NAME_TWICE: "It matters only in DOT.",
    Code.REDACTED: "The bundle cannot be completed: the key is only in the cluster.",
    Code.LOCAL_HANDSHAKE: _ROUTER,
    (Code.LOCAL_HANDSHAKE, 2): "The handshake needs a running node.",
    Code.LOCAL_QUIET: "The other findings have hints of their own.",
    Code.LOCAL_DNS: _ROUTER,
}
"""Why nothing is run for a code, or for one of its cases."""

REVEALS: dict[Code, set[Code]] = {Code.PEER_DISABLED: {Code.PEER_ROAM}}
"""What a finding hides that is found when it is healed."""

_VALID = {"allowedIPs": ["10.5.0.9/32"], "publicKey": key("q"), "persistentKeepalive": 25}
EDITOR = f"""#!{sys.executable}
import sys, yaml
with open(sys.argv[1]) as file:
    peer = yaml.safe_load(file)
peer["spec"] = {_VALID!r}
with open(sys.argv[1], "w") as file:
    yaml.safe_dump(peer, file)
"""
"""What a person writes in the editor of `kubectl edit`: a valid Peer."""

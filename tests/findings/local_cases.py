"""For each kind of finding about this machine's tunnel one that has it, and one that nearly has it."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from kgctl_py import wireguard
from kgctl_py.findings import Code
from kgctl_py.findings.rules.this_machine import Local
from kgctl_py.mesh.address import parse_cidr
from kgctl_py.value import replace
from kgctl_py.wireguard.device import REJECT_AFTER_SECONDS, DevicePeer
from kgctl_py.wireguard.endpoint import parse_endpoint
from tests.in_memory import NOW, Cluster, key, node, peer

MESH = Cluster(
    [node("a", 1, "a"), node("b", 2, "b", endpoint="10.1.0.2:51820")], [peer("p", persistentKeepalive=25)]
)
"""What the machine belongs to as Peer "p"; the endpoint of "b" is inside its own allowed IPs."""
SERVICES = parse_cidr("10.96.0.0/12")


@dataclasses.dataclass(frozen=True)
class LocalCase:
    """Tunnels that have a finding, and tunnels that have not."""

    triggers: tuple[Local, ...]
    near_misses: tuple[Local, ...]


def at(number: int, **changes: Any) -> DevicePeer:
    """Return what the interface should know of node "a" (1) or "b" (2), heard just now."""
    name = "ab"[number - 1]
    texts = (
        f"10.42.{number}.0/24",
        f"10.4.0.{number}/32",
        *(("10.1.0.1/32", str(SERVICES)) if number == 1 else ()),
    )
    return replace(
        DevicePeer(
            public_key=wireguard.Key.parse(key(name)),
            endpoint=parse_endpoint(f"203.0.113.{number}:51820"),
            allowed_ips=tuple(map(parse_cidr, texts)),
            latest_handshake=NOW - 10,
        ),
        **changes,
    )


def tunnel(*peers: DevicePeer, **changes: Any) -> Local:
    """Return a tunnel that is as it should be, but for `changes`."""
    well = Local(
        interface="wg0",
        public_key=wireguard.Key.parse(key("p")),
        addresses=(parse_cidr("10.5.0.1/32"),),
        peers=peers or (at(1), at(2)),
        now=NOW,
        services=(SERVICES,),
        dns={"10.96.0.10": ""},
    )
    return replace(well, **changes)


WELL = tunnel()
TRIED = frozenset({at(2).public_key})
OLD = NOW - REJECT_AFTER_SECONDS

CASES: Mapping[Code, LocalCase] = {
    Code.LOCAL_NONE: LocalCase((Local(interface="wg9", missing="there is no such interface"),), (WELL,)),
    Code.LOCAL_DOWN: LocalCase((tunnel(up=False),), (WELL,)),
    Code.LOCAL_KEY: LocalCase(
        (tunnel(public_key=wireguard.Key.parse(key("x"))), tunnel(public_key=None)),
        (WELL, tunnel(public_key=wireguard.Key.parse(key("a")))),
    ),
    Code.LOCAL_ADDRESS: LocalCase(
        (tunnel(addresses=()), tunnel(addresses=(parse_cidr("10.5.0.2/32"),))),
        (tunnel(addresses=(parse_cidr("10.5.0.1/24"), parse_cidr("10.5.0.2/32"))),),
    ),
    Code.LOCAL_PEERS: LocalCase(
        (tunnel(at(1)), tunnel(at(1), at(2, allowed_ips=(parse_cidr("10.4.0.2/32"),)))),
        (WELL, tunnel(at(1), at(2, allowed_ips=(parse_cidr("0.0.0.0/0"),), endpoint=None))),
    ),
    Code.LOCAL_ROUTE: LocalCase(
        (tunnel(astray={parse_cidr("10.42.1.0/24"): "leave by eth0, not through it"}),), (WELL,)
    ),
    Code.LOCAL_HANDSHAKE: LocalCase(
        (
            tunnel(at(1), at(2, latest_handshake=OLD), tried=TRIED),
            tunnel(at(1), at(2, latest_handshake=0), tried=TRIED),
            tunnel(at(1), at(2, latest_handshake=0, endpoint=None)),
        ),
        (tunnel(at(1), at(2, latest_handshake=OLD + 1), tried=TRIED), tunnel(at(1), at(2, latest_handshake=0))),
    ),
    Code.LOCAL_QUIET: LocalCase(
        (tunnel(at(1), at(2, latest_handshake=0)), tunnel(at(1), at(2, latest_handshake=OLD))),
        (tunnel(at(1), at(2, latest_handshake=OLD + 1)), tunnel(at(1), at(2, latest_handshake=0), tried=TRIED)),
    ),
    Code.LOCAL_SERVICES: LocalCase(
        (tunnel(at(1, allowed_ips=(parse_cidr("10.96.0.10/32"), *at(2).allowed_ips)), at(2)),),
        (tunnel(at(1, allowed_ips=(parse_cidr("0.0.0.0/0"),)), at(2)), tunnel(at(2), services=())),
    ),
    Code.LOCAL_DNS: LocalCase((tunnel(dns={"10.96.0.10": "no response within 3 s"}),), (WELL, tunnel(dns={}))),
}

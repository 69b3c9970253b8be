"""What showconf warns about: each oddity is told once, by its code, naming the object, and nothing else is."""

from typing import Any

import pytest

from kgctl_py.findings.findings_for_output import about_output
from kgctl_py.mesh.build_with_agreed_settings import build_topology
from tests.in_memory import Cluster, Raw, key, node, peer

SEEN = f'{{"{key("x")}": {{"IP": "198.51.100.7", "Port": 70000}}}}'


def cluster(nodes: list[Raw] | None = None, **spec: Any) -> Cluster:
    return Cluster(nodes or [node("n", wireguard_ip="10.4.0.1/16")], [peer("a", 9), peer("p", **spec)])


def of_node(**annotations: Any) -> Cluster:
    return cluster([node("n", **annotations)])


PEER, NODE = ("peer", "p"), ("node", "n")


@pytest.mark.parametrize(
    ("told_by", "cluster", "line"),
    [
        (
            PEER,
            of_node(leader="false"),
            'K-LEADER-FALSE node "n": kilo.squat.ai/leader "false" has the effect of "true"',
        ),
        (
            PEER,
            of_node(force_endpoint="x"),
            'K-FORCE-ENDPOINT node "n": kilo.squat.ai/force-endpoint "x" is not HOST:PORT',
        ),
        (PEER, of_node(persistent_keepalive="25s"), '"25s" is not a decimal number'),
        (PEER, of_node(discovered_endpoints=SEEN), '"198.51.100.7, port 70000" is not an endpoint'),
        (PEER, of_node(wireguard_ip=None), "K-SUBNET-NONE nodes: none of them has a WireGuard IP yet"),
        (
            PEER,
            of_node(allowed_location_ips="10.42.1.0/25"),
            'K-LOCIP-ROUTED "location:a": allowed location IP 10.42',
        ),
        (
            NODE,
            of_node(persistent_keepalive="65536"),
            'K-KEEPALIVE node "n": persistent-keepalive 65536 is outside of the range of WireGuard, 0 to 65535',
        ),
        (
            PEER,
            cluster(persistentKeepalive=65536),
            'K-KEEPALIVE peer "p": persistentKeepalive 65536 is outside of the range of WireGuard, 0 to 65535',
        ),
        (
            PEER,
            cluster(allowedIPs=["10.5.0.7/24"]),
            'K-HOST-BITS peer "p": allowed IP "10.5.0.7/24" has host bits set',
        ),
        (
            PEER,
            cluster(allowedIPs=["10.5.0.9/32"]),
            'K-PEER-DUP peer "p": it does not get its allowed IP 10.5.0.9/32',
        ),
        (
            NODE,
            cluster(allowedIPs=["10.5.0.9/32"]),
            'K-PEER-DUP peer "p": it does not get its allowed IP 10.5.0.9/32',
        ),
        (PEER, cluster(presharedKey="x"), 'K-PEER-PSK peer "p": spec.presharedKey is not a WireGuard key'),
        (NODE, cluster(presharedKey="x"), 'K-PEER-PSK peer "p": spec.presharedKey is not a WireGuard key'),
        (
            PEER,
            cluster(endpoint={"dnsOrIP": {"dns": "x.example.com", "ip": "192.0.2.1"}, "port": 1}),
            'K-PEER-DNS-AND-IP peer "p": spec.endpoint.dnsOrIP.ip "192.0.2.1" is not used',
        ),
        (
            PEER,
            of_node(endpoint="10.1.0.1:51820"),
            'K-LOOP "location:a, leader n": its allowed IP 10.1.0.1',
        ),
        (
            PEER,
            cluster([node("n", location="", endpoint="10.1.0.1:51820")]),
            'K-LOOP "location:<none>, leader n": its allowed IP 10.1.0.1',
        ),
        (
            PEER,
            cluster([node("m", 2, endpoint="10.0.0.1:1", wireguard_ip=None), node("n", endpoint="100.64.0.1:1")]),
            'K-LEADER-PUBLIC node "n": its endpoint "100.64.0.1:1" is not public',
        ),
        (
            PEER,
            cluster([node("m", 2, granularity="full", wireguard_ip=None), node("n")]),
            'K-GRANULARITY nodes: they have different granularities; kgctl uses the most common, "full"',
        ),
        (
            PEER,
            cluster([node("m", 2, wireguard_ip="10.8.0.1/16"), node("n")]),
            "K-SUBNET nodes: they have different Kilo subnets; kgctl uses the most common, 10.8.0.0/16, not 10.4",
        ),
    ],
)
def test_an_oddity_is_one_warning(told_by: tuple[str, str], cluster: Cluster, line: str) -> None:
    run = cluster.kgctl("showconf", *told_by)
    assert (run.exit_code, run.stdout[:1]) == (0, "[")
    warnings = [one for one in run.stderr.splitlines() if not one.startswith("hint: ")]
    assert len(warnings) == 1, warnings
    assert warnings[0].startswith("kgctl: warning: ")
    assert line in warnings[0]


@pytest.mark.parametrize(
    ("asked", "cluster"),
    [
        (PEER, cluster()),
        (NODE, cluster(persistentKeepalive=65536)),  # a node's configuration has its own keepalive
        (NODE, of_node(endpoint="10.1.0.1:51820")),
        (PEER, Cluster([node("n")], [peer("a", allowedIPs=["0.0.0.0/0"]), peer("p", 2)])),
        (("peer", "a"), cluster(allowedIPs=["10.5.0.9/32", "10.5.0.7/24"])),
        (PEER, cluster([node("n"), node("gone", 2, last_seen="1000", granularity="full", leader="no")])),
    ],
)
def test_findings_that_do_not_concern_the_output_are_not_printed(asked: tuple[str, str], cluster: Cluster) -> None:
    run = cluster.kgctl("showconf", *asked)
    assert (run.exit_code, run.stderr) == (0, "")


def test_only_some_findings_of_the_same_kind_are_printed() -> None:
    nodes = [node(f"n{n}", n, leader="false") for n in range(8)]
    run = cluster(nodes).kgctl("showconf", *PEER)
    assert run.stderr.count('has the effect of "true"') == 5
    assert run.stderr.splitlines()[-1] == "kgctl: warning: K-LEADER-FALSE: 3 more of this kind"


def test_a_name_that_did_not_resolve_is_reported_when_it_could_lead() -> None:
    mesh = cluster([node("n", endpoint="vpn.example.com:1"), node("o", 2, wireguard_ip=None)]).mesh()
    topology = build_topology(mesh)
    assert not list(about_output(mesh, topology, stated_granularity=False, resolved=False))
    (finding,) = about_output(mesh, topology, stated_granularity=False, resolved=True)
    assert str(finding).startswith('K-DNS-FAIL node "n": its endpoint "vpn.example.com:1" did not resolve')

import json
from typing import Any

import pytest
import yaml

from tests.in_memory import Cluster, key, node, peer

LEADS = node("lead", 1, leader="true", endpoint="203.0.113.1:4500")
CLUSTER = Cluster(
    [LEADS, node("follows", 2), node("gone", 3, last_seen="1767257568")],
    [
        peer("laptop", 1),
        peer("server", 2, persistentKeepalive=25, endpoint={"dnsOrIP": {"dns": "x.example.com"}, "port": 1}),
        peer("broken", 3, publicKey="AAAA"),
        peer("empty", 4, allowedIPs=[]),
    ],
)


@pytest.mark.parametrize(
    ("args", "message", "hint"),
    [
        (("node", "follows"), 'node "follows" is not a leader: "lead" leads "location:a"', "showconf node lead"),
        (("node", "gone"), 'node "gone" is not ready: last seen 7m12s ago', "kgctl check"),
        (("node", "folows"), 'node "folows" not found in the cluster', 'the only leader is "lead"'),
        (("node", "leat"), 'node "leat" not found in the cluster', 'did you mean "lead"?'),
        (
            ("node", "a"),
            'node "a" not found in the cluster',
            "of its leader: kgctl showconf node lead",
        ),
        (("peer", "brokem"), 'peer "brokem" not found in the cluster', "the peers are "),
        (("peer", "leptop"), 'peer "leptop" not found', 'did you mean "laptop"?'),
        (
            ("peer", "broken"),
            'peer "broken" is invalid: spec.publicKey "AAAA" is not a WireGuard key',
            "kubectl edit peers",
        ),
        (("peer", "empty"), 'peer "empty" is invalid: it has no allowedIPs', "kubectl edit peers"),
        (("peer", "x\x1b[31my\n"), r'peer "x\x1b[31my\n" not found', "the peers are"),
    ],
)
def test_what_cannot_be_shown_is_one_line_with_the_reason(args: tuple[str, str], message: str, hint: str) -> None:
    run = CLUSTER.kgctl("showconf", *args)
    assert (run.exit_code, run.stdout) == (1, "")
    first, *hints = run.stderr.splitlines()
    assert first.startswith(f"kgctl: {message}")
    assert hint in "".join(hints)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("node", "lead", "-o", "yaml"), "-o yaml needs --as-peer"),
        (("peer", "laptop", "-o=json"), "-o json needs --as-peer"),
        (("peer", "laptop", "--allowed-ips", "10.0.0.0/8"), "--allowed-ips needs --as-peer"),
        (("peer", "laptop", "--as-peer=maybe"), '--as-peer "maybe" is neither true nor false'),
        (("peer", "laptop", "--as-peer", "--allowed-ips", "10.0.0.1"), '--allowed-ips "10.0.0.1" is not a CIDR'),
        (("peer", "laptop", "-o", "toml"), '--output "toml" is not one of'),
        (("peer",), "missing argument NAME"),
        (("node",), "missing argument NAME"),
        (("peer", "laptop", "phone"), "unexpected argument"),
        (("peers", "laptop"), 'unknown command "peers"'),
        (("peer", "laptop", "--as-pear"), 'unknown option "--as-pear"'),
        (("peer", "laptop", "--port", "0"), '--port "0" is not between 1 and 65535'),
    ],
)
def test_a_wrong_line_is_a_usage_error(args: tuple[str, ...], message: str) -> None:
    run = CLUSTER.kgctl("showconf", *args)
    assert (run.exit_code, run.stdout) == (2, "")
    assert run.stderr.startswith(f"kgctl: {message}")
    assert "\nhint: " in run.stderr


@pytest.mark.parametrize(("options", "port"), [((), 4500), (("--port", "51821"), 51821)])
def test_a_node_listens_on_the_port_of_its_endpoint_unless_a_port_is_given(
    options: tuple[str, ...], port: int
) -> None:
    assert CLUSTER.kgctl("showconf", "node", "lead", *options).stdout.startswith(
        f"[Interface]\nListenPort = {port}\n"
    )


@pytest.mark.parametrize(("keepalive", "printed"), [("-5", 0), ("65535", 65535), ("65536", 0), ("9" * 40, 0)])
def test_a_keepalive_that_wg_refuses_is_printed_as_off(keepalive: str, printed: int) -> None:
    cluster = Cluster([node("n", persistent_keepalive=keepalive)], [peer("p")])
    assert f"PersistentKeepalive = {printed}\n" in cluster.kgctl("showconf", "node", "n").stdout


def test_the_leader_is_used_even_if_a_peer_has_its_key() -> None:
    cluster = Cluster(CLUSTER.nodes, [peer("p", publicKey=key("follows"))])
    assert cluster.kgctl("showconf", "node", "follows").exit_code == 1
    assert cluster.kgctl("showconf", "node", "lead").exit_code == 0


def test_an_exhausted_subnet_prints_nothing() -> None:
    nodes = [node(f"n{n}", n, wireguard_ip="10.4.0.1/31", granularity="full") for n in range(2)]
    run = Cluster(nodes, [peer("p")]).kgctl("showconf", "peer", "p")
    assert (run.exit_code, run.stdout) == (1, "")
    assert 'the Kilo subnet "10.4.0.0/31" is exhausted' in run.stderr


@pytest.mark.parametrize(
    ("name", "added", "spec"),
    [
        ("laptop", (), {"allowedIPs": ["10.5.0.1/32"], "publicKey": key("laptop")}),
        (
            "server",
            ("--allowed-ips", "10.6.0.7/24,10.5.0.2/32", "--allowed-ips=fd00::1/64"),
            {
                "allowedIPs": ["10.5.0.2/32", "10.6.0.0/24", "fd00::/64"],
                "endpoint": {"dnsOrIP": {"dns": "x.example.com"}, "port": 1},
                "persistentKeepalive": 25,
                "publicKey": key("server"),
            },
        ),
    ],
)
def test_a_peer_as_a_peer_is_a_resource_to_apply(name: str, added: tuple[str, ...], spec: dict[str, Any]) -> None:
    as_json, as_yaml = (
        CLUSTER.kgctl("showconf", "peer", name, "--as-peer", "-o", output, *added).stdout
        for output in ("json", "yaml")
    )
    assert json.loads(as_json) == yaml.safe_load(as_yaml)
    assert list(json.loads(as_json)) == ["kind", "apiVersion", "metadata", "spec"]
    assert json.loads(as_json)["metadata"] == {"name": name}
    assert json.loads(as_json)["spec"] == spec


PLAIN = CLUSTER.kgctl("showconf", "peer", "server", "--as-peer", "-o", "wireguard").stdout


@pytest.mark.parametrize(
    "line",
    [
        "showconf peer server --as-peer",
        "--as-peer showconf peer server",
        "showconf --as-peer=true peer server -o=wireguard",
        "-o wireguard showconf peer --as-peer=1 server --port 51820",
        "showconf peer --topology-label=rack server --as-peer --context none",
        "--verbose=false showconf --output=wireguard peer --as-peer server",
    ],
)
def test_options_stand_anywhere_on_the_line(line: str) -> None:
    run = CLUSTER.kgctl(*line.split())
    assert (run.exit_code, run.stdout) == (0, PLAIN)
    assert PLAIN.startswith("[Peer]\nAllowedIPs = 10.5.0.2/32\nEndpoint = x.example.com:1\n")


def test_as_peer_can_be_turned_off() -> None:
    assert "[Peer]\nAllowedIPs = 10.42." in CLUSTER.kgctl("showconf", "peer", "server", "--as-peer=false").stdout

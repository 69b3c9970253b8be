"""`kgctl trace` and `kgctl whois` say in words, and for programs, what is computed of ways and owners."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given

from tests.cli.in_terminal import kgctl_in_terminal
from tests.cli.kgctl import kgctl
from tests.in_memory import NOW, Cluster, node, peer
from tests.strategies import VIEWER, clusters, hostile

NAT = "only if the NAT in front of node/home-1 accepts packets from peer/laptop at 198.51.100.77:40312"
EXAMPLE = ("--from-file", "docs/example-cluster.yaml")

THERE_AND_BACK = """\
Path from peer/laptop (10.5.0.1) to 10.42.2.17
NEXT HOP                       VIA             ROUTE          ENDPOINT
node/berlin-1 (leads berlin)   WireGuard       10.42.2.0/24   203.0.113.11:51820
node/berlin-2                  local network   10.42.2.0/24   <none>
10.42.2.17 is at node/berlin-2

Return path from node/berlin-2 (10.42.2.17) to 10.5.0.1
NEXT HOP                       VIA             ROUTE         ENDPOINT
node/berlin-1 (leads berlin)   local network   10.5.0.1/32   <none>
peer/laptop                    WireGuard       10.5.0.1/32   <none>
10.5.0.1 is at peer/laptop

yes: the packet and its reply arrive
"""


def test_a_trace_shows_each_hop_there_and_back() -> None:
    done = kgctl(*EXAMPLE, "trace", "laptop", "10.42.2.17")
    assert (done.exit_code, done.stdout, done.stderr) == (0, THERE_AND_BACK, "")


@pytest.mark.parametrize(
    ("ends", "code", "conclusion"),
    [
        (
            ("laptop", "phone"),
            1,
            "no: neither peer/laptop nor peer/phone has an endpoint, and Kilo does not relay between them",
        ),
        (("laptop", "berlin-4"), 1, "no: node/berlin-4 is not ready: last seen 2h13m ago"),
        (("home-1", "paris-2"), 0, "yes: the packet and its reply arrive"),
        (
            ("laptop", "home-1"),
            0,
            f"perhaps: {NAT}",
        ),
    ],
)
def test_the_last_line_and_the_exit_code_are_the_result(ends: tuple[str, str], code: int, conclusion: str) -> None:
    done = kgctl(*EXAMPLE, "trace", *ends)
    assert done.exit_code == code
    assert done.stdout.splitlines()[-1].startswith(conclusion)
    assert done.stderr == ""


def test_an_address_of_nobody_may_be_that_of_a_service_that_the_files_lack() -> None:
    done = kgctl(*EXAMPLE, "trace", "laptop", "192.0.2.1")
    assert done.exit_code == 1
    assert done.stdout.splitlines()[-1] == "no: peer/laptop has no route through the mesh to 192.0.2.1"
    assert done.stderr.splitlines() == [
        "kgctl: note: kgctl does not know whether 192.0.2.1 is the address of a Service: no Service in the file",
        (
            "hint: to also save Services: "
            "kubectl get nodes,peers.kilo.squat.ai,services,endpointslices -A -o yaml > cluster.yaml"
        ),
    ]


def test_an_answer_that_is_lost_is_distinguished_from_a_question_that_is() -> None:
    lan = peer("lan", 9, allowedIPs=["10.42.2.128/25"], persistentKeepalive=25)
    cluster = Cluster([node("a1"), node("b1", 2, "b", endpoint="203.0.113.2:51820")], [lan])
    done = cluster.kgctl("trace", "10.42.2.200", "10.42.2.5")
    assert done.exit_code == 0
    twins = [
        node("a1", 1),
        node("b1", 2, "b", internal_ip="192.168.1.2/24"),
        node("c1", 3, "c", internal_ip="192.168.1.2/24"),
    ]
    done = Cluster(twins, [peer("p", persistentKeepalive=25)]).kgctl("trace", "b1", "p")
    assert done.exit_code == 1
    assert "accepts 192.168.1.2 only from node/c1, whose allowed IP is 192.168.1.2/32" in done.stdout


def test_a_program_gets_the_whole_trace() -> None:
    data = json.loads(kgctl(*EXAMPLE, "trace", "peer/laptop", "node/home-1", "-o", "json").stdout)
    assert (data["apiVersion"], data["kind"], data["verdict"]) == ("kgctl.kilo.squat.ai/v1", "Trace", "perhaps")
    assert data["there"] == {
        "source": "10.5.0.1",
        "masqueradedAs": None,
        "destination": "192.168.1.10",
        "end": {"kind": "node", "name": "home-1"},
        "hops": [
            {
                "from": {"kind": "peer", "name": "laptop"},
                "to": {"kind": "node", "name": "home-1"},
                "leaderOf": "location:home",
                "tunnel": True,
                "route": "192.168.1.10/32",
                "endpoint": "198.51.100.77:40312",
                "doubts": [NAT],
            }
        ],
        "fault": None,
    }
    as_yaml = kgctl(*EXAMPLE, "trace", "peer/laptop", "node/home-1", "-o", "yaml").stdout
    assert yaml.safe_load(as_yaml) == data


def test_programs_get_the_fault() -> None:
    done = kgctl(*EXAMPLE, "trace", "laptop", "berlin-4", "-o", "json")
    data: dict[str, Any] = json.loads(done.stdout)
    assert (done.exit_code, data["verdict"], data["there"], data["back"]) == (1, "no", None, None)
    assert data["reason"] == "node/berlin-4 is not ready: last seen 2h13m ago"


def test_a_name_that_a_node_and_a_peer_have_must_say_which() -> None:
    cluster = Cluster([node("x"), node("b", 2, "b")], [peer("x"), peer("y", 2)])
    done = cluster.kgctl("trace", "x", "b")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == 'kgctl: "x" is both a node and a peer\nhint: use node/x or peer/x\n'
    assert cluster.kgctl("trace", "node/x", "b").exit_code == 0


def test_an_unknown_name_is_an_error_with_similar_names() -> None:
    done = kgctl(*EXAMPLE, "trace", "lapto", "berlin-1")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        'kgctl: node or peer "lapto" not found in the cluster, and it is not an IP address\n'
        'hint: did you mean "laptop"?\n'
    )


def test_a_trace_reports_findings_about_the_mesh() -> None:
    cluster = Cluster([node("a"), node("b", 2), node("c", 3, granularity="full")])
    assert "K-GRANULARITY" in cluster.kgctl("trace", "a", "b").stderr


def test_a_trace_fits_a_terminal_of_80_columns() -> None:
    shown = kgctl_in_terminal(*EXAMPLE, "trace", "laptop", "10.42.2.17", columns=80)
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert "203.0.113.11:" in shown.stdout


@given(clusters(hostile))
def test_no_name_breaks_out_of_its_line(cluster: Cluster) -> None:
    for args in (
        ("trace", VIEWER, "node-0", "--explain"),
        ("trace", "10.0.0.1", VIEWER),
        ("whois", "10.0.0.1"),
        ("reach", "--pods", "--verbose"),
        ("reach", VIEWER),
    ):
        done = cluster.kgctl(*args)
        assert "fault of kgctl" not in done.stderr
        assert (done.stdout + done.stderr).replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("10.42.2.17", "is in the pod CIDR 10.42.2.0/24 of node/berlin-2"),
        (
            "10.42.4.1",
            "is in the pod CIDR 10.42.4.0/24 of node/berlin-4, but the node is not ready: last seen 2h13m ago",
        ),
        ("10.4.0.3", "is the WireGuard IP of node/paris-1"),
        ("10.4.7.7", "is in the Kilo subnet 10.4.0.0/16"),
        ("192.168.50.9", "is in the allowed IP 192.168.50.0/24 of peer/office"),
        (
            "198.51.100.77",
            "is the discovered endpoint of node/home-1, as berlin-1 sees it",
        ),
        ("::ffff:10.5.0.1", "is the allowed IP of peer/laptop"),
        ("u5LX", "ZFSo1URU57GhrwkievJbPIMBPshtlrbSsETu0WQ= is the public key of peer/laptop"),
    ],
)
def test_whois_shows_the_owner(subject: str, told: str) -> None:
    done = kgctl(*EXAMPLE, "whois", subject)
    assert (done.exit_code, done.stderr) == (0, "")
    assert told in done.stdout.splitlines()[0]


def test_whois_shows_the_leader_of_a_node_once() -> None:
    of_berlin = "node/berlin-2 is in location:berlin (leader berlin-1)\n"
    assert kgctl(*EXAMPLE, "whois", "10.42.2.17").stdout == (
        f"10.42.2.17 is in the pod CIDR 10.42.2.0/24 of node/berlin-2\n{of_berlin}"
    )
    by_name = kgctl(*EXAMPLE, "whois", "berlin-1").stdout
    assert by_name.splitlines()[0] == "node/berlin-1: pod CIDR 10.42.1.0/24"
    assert by_name.endswith("\nnode/berlin-1 leads location:berlin\n")
    assert by_name.count("location:") == 1


def test_whois_knows_services(tmp_path: Path) -> None:
    manifests = [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "web", "namespace": "default"},
            "spec": {"clusterIP": "10.96.0.80"},
        },
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "ServiceCIDR",
            "metadata": {"name": "kubernetes"},
            "spec": {"cidrs": ["10.96.0.0/12"]},
        },
    ]
    file = tmp_path / "services.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests}))
    known = kgctl(*EXAMPLE, "--from-file", str(file), "whois", "10.96.0.80")
    assert known.stdout == (
        "10.96.0.80 is the cluster IP of service/default/web\n10.96.0.80 is in the Service CIDR 10.96.0.0/12\n"
    )
    assert kgctl(*EXAMPLE, "--from-file", str(file), "whois", "10.96.0.81").stdout == (
        "10.96.0.81 is in the Service CIDR 10.96.0.0/12\n"
    )


def test_whois_knows_pods(tmp_path: Path) -> None:
    def pod(name: str, phase: str) -> dict[str, Any]:
        metadata = {"name": name, "namespace": "default"}
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": metadata,
            "status": {"podIP": "10.42.2.17", "phase": phase},
        }

    file = tmp_path / "pods.json"
    items = [pod("web", "Running"), pod("job", "Succeeded")]
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    done = kgctl(*EXAMPLE, "--from-file", str(file), "whois", "10.42.2.17")
    assert done.stdout.splitlines()[1:] == [
        "10.42.2.17 is the pod IP of pod/default/web",
        "node/berlin-2 is in location:berlin (leader berlin-1)",
    ]
    assert "pod/" not in kgctl(*EXAMPLE, "--from-file", str(file), "whois", "10.42.2.18").stdout


@pytest.mark.parametrize(
    ("subject", "code", "said"),
    [
        ("192.0.2.1", 1, 'no node, peer, or known Service has "192.0.2.1"'),
        ("10.0.0.1/33", 2, '"10.0.0.1/33" is not a CIDR: its prefix length is not between 0 and 32'),
        ("nokey", 1, 'node, peer, or public key "nokey" not found in the cluster'),
        (
            "abc",
            1,
            'node or peer "abc" not found in the cluster\nhint: to look up a public key, use ',
        ),
    ],
)
def test_whois_reports_an_address_without_an_owner(subject: str, code: int, said: str) -> None:
    done = kgctl(*EXAMPLE, "whois", subject)
    assert (done.exit_code, done.stdout) == (code, "")
    assert said in done.stderr


def test_whois_shows_programs_where_traffic_goes() -> None:
    cluster = Cluster(
        [node("n"), node("late", 2, last_seen=str(NOW - 60))], [peer("wide", allowedIPs=["10.42.0.0/16"])]
    )
    data = json.loads(cluster.kgctl("whois", "10.42.2.5", "-o", "json").stdout)
    assert (data["kind"], data["subject"]) == ("Whois", "10.42.2.5")
    assert [(one["role"], one["place"]["name"], one["routed"]) for one in data["claims"]] == [
        ("allowed IP", "wide", True),
        ("pod CIDR", "late", False),
    ]


def test_whois_works_in_a_mesh_without_a_ready_node() -> None:
    done = Cluster([node("n", key=None)], [peer("p")]).kgctl("whois", "10.42.1.1")
    assert (
        done.stdout == "10.42.1.1 is in the pod CIDR 10.42.1.0/24 of node/n, but the node is not ready: no key\n"
    )


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("10.42.2.7:80", "leave out the port: 10.42.2.7"),
        ("[fd00::1]:80", "leave out the port: fd00::1"),
        ("10.42.2.0/24", "use one address of the network, such as 10.42.2.1"),
        ("10.42.2.7/24", "use one address of the network, such as 10.42.2.7"),
    ],
)
def test_an_address_with_a_port_or_a_prefix_length_is_an_error_with_the_address_alone(
    text: str, hint: str
) -> None:
    done = Cluster([node("a")]).kgctl("trace", "a", text)
    assert done.exit_code == 1
    assert done.stderr == (
        f'kgctl: node or peer "{text}" not found in the cluster, and it is not an IP address\nhint: {hint}\n'
    )

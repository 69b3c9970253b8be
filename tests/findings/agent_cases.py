"""Cases of agents that see another mesh than the annotations say."""

import json

from kgctl_py.findings import Code
from tests.findings.cases import HEALTHY, Case, Served
from tests.findings.node_cases import pod
from tests.kube.fake_server import Reply

PODS_PATH = "/api/v1/pods"
METRICS_PATH = "/api/v1/namespaces/kube-system/pods/kilo-x2v8:1107/proxy/metrics"


def metrics(*, leader: int = 1, nodes: int = 2, peers: int = 1, more: str = "") -> bytes:
    """Return the metrics of an agent, as kg prints them beside those of Go."""
    return (
        "# HELP go_goroutines Number of goroutines that currently exist.\n"
        "# TYPE go_goroutines gauge\ngo_goroutines 42\n"
        f"kilo_leader {leader}\n# TYPE kilo_nodes gauge\nkilo_nodes {nodes}\nkilo_peers {peers}\n"
        f"kilo_reconciles_total 1.2e+06\n{more}"
    ).encode()


def says(text: bytes) -> Served:
    """Return a cluster whose agent on node "b" gives this text."""
    pods = json.dumps({"items": [pod()]}).encode()
    return Served(HEALTHY, {PODS_PATH: Reply(body=pods), METRICS_PATH: Reply(body=text)})


CASES: dict[Code, Case] = {
    Code.AGENT_LEADER: Case(
        (says(metrics(leader=0)),), (says(metrics()), says(b"kilo_nodes 2\n"), says(b'kilo_leader{x="y"} 0\n'))
    ),
    Code.AGENT_COUNTS: Case(
        (says(metrics(nodes=3)), says(metrics(peers=0))),
        (says(metrics()), says(b"kilo_leader 1\nkilo_nodes NaN\n")),
    ),
    Code.AGENT_ERRORS: Case(
        (says(metrics(more='kilo_errors_total{event="apply"} 1.5e+06\n')),),
        (says(metrics(more='kilo_errors_total{event="apply"} 0\n')), says(metrics(more="kilo_errors_total 7\n"))),
    ),
}

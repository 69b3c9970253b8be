"""What agents of Kilo say of themselves, read through a real API server, where RBAC allows it."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from kgctl_py import names
from tests.api.agents import agent
from tests.api.server import ApiServerProcess
from tests.api.test_check import check_of, told
from tests.cli.kgctl import kgctl, kgctl_program
from tests.findings.agent_cases import metrics
from tests.in_memory import EXAMPLE

pytestmark = pytest.mark.slow

AGREE = "the agents of Kilo see the mesh that nodes report"
READ = ["get", "list"]


def agreed(report: dict[str, Any]) -> dict[str, Any]:
    return check_of(report, "topology", AGREE)


def test_an_agent_that_sees_the_same_mesh_is_said_to_agree_and_one_that_does_not_is_named(
    api_server: ApiServerProcess,
) -> None:
    with agent(api_server, "south", metrics(leader=1, nodes=2, peers=2)):
        assert agreed(told(api_server))["result"] == "passed"
    with agent(api_server, "south", metrics(leader=0, nodes=2, peers=5)):
        found = agreed(told(api_server))["findings"]
    assert [one["code"] for one in found] == ["K-AGENT-LEADER", "K-AGENT-COUNTS"]
    assert {one["subject"]["name"] for one in found} == {"south"}
    assert found[1]["message"] == "its agent counts 5 usable peers, but the cluster has 2"
    kubectl = f"kubectl --kubeconfig {api_server.kubeconfig()}"
    assert found[0]["command"] == f"{kubectl} -n kube-system logs kilo-south -c kilo"


def test_without_the_permission_to_reach_pods_the_check_is_skipped_and_says_why(
    api_server: ApiServerProcess,
) -> None:
    rules = [
        {"apiGroups": [""], "resources": ["nodes", "pods"], "verbs": READ},
        {"apiGroups": [names.GROUP], "resources": ["peers"], "verbs": READ},
    ]
    api_server.allow("guest", *rules)
    with agent(api_server, "south", metrics(nodes=9)):
        _until_skipped(api_server, "you are not allowed to connect to pods (pods/proxy)")
        api_server.allow("guest", *rules, {"apiGroups": [""], "resources": ["pods/proxy"], "verbs": ["get"]})
        _until_skipped(api_server, "")


def test_a_bundle_keeps_what_agents_said_and_another_file_has_nothing_of_it(
    api_server: ApiServerProcess, tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle.tar.gz"
    with agent(api_server, "south", metrics(leader=0, peers=2)):
        live = agreed(told(api_server))
        command = ("--kubeconfig", str(api_server.kubeconfig()), "gather", "-O", str(bundle))
        subprocess.run(kgctl_program(*command), capture_output=True, check=True)
    saved = agreed(json.loads(kgctl("--from-file", str(bundle), "check", "-o", "json").stdout))
    chosen = f" --kubeconfig {api_server.kubeconfig()}"
    assert saved == json.loads(json.dumps(live).replace(chosen, ""))
    assert [one["code"] for one in saved["findings"]] == ["K-AGENT-LEADER"]


def test_a_saved_cluster_without_metrics_skips_the_check() -> None:
    report = json.loads(kgctl("--from-file", str(EXAMPLE), "check", "-o", "json").stdout)
    assert agreed(report)["result"] == "skipped"


def _until_skipped(server: ApiServerProcess, reason: str) -> None:
    """Wait until the authorizer, which reads rules from its own cache, knows the rules."""
    end = time.monotonic() + 30
    while agreed(report := told(server, user="guest"))["remark"] != reason:
        assert time.monotonic() < end, agreed(report)
        time.sleep(0.5)

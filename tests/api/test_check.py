"""`kgctl check` on a real API server: healthy, refusing, dead, and while it is waited for."""

import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kgctl_py import names
from kgctl_py.kilo import resources
from tests.api import crd, mesh
from tests.api.server import ApiServerProcess
from tests.cli.kgctl import kgctl_program
from tests.findings.cases import codes

PODS = "/api/v1/namespaces/kube-system/pods"


def run(server: ApiServerProcess, *options: str, user: str = "admin") -> subprocess.CompletedProcess[str]:
    return run_with(server.kubeconfig(user), *options)


def run_with(kubeconfig: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = kgctl_program("--kubeconfig", str(kubeconfig), "check", *options)
    return subprocess.run(command, capture_output=True, text=True, check=False)


def told(server: ApiServerProcess, *options: str, user: str = "admin") -> dict[str, Any]:
    result: dict[str, Any] = json.loads(run(server, "-o", "json", *options, user=user).stdout)
    return result


def check_of(report: dict[str, Any], section: str, title: str) -> dict[str, Any]:
    (found,) = (
        check
        for one in report["sections"]
        if one["name"] == section
        for check in one["checks"]
        if check["title"] == title
    )
    check: dict[str, Any] = found
    return check


@pytest.fixture
def healthy(api_server: ApiServerProcess) -> Iterator[ApiServerProcess]:
    """The server, on which a pod of Kilo can be put; it is gone afterwards."""
    yield api_server
    if api_server.is_running and api_server.serves(f"{PODS}/kilo-x2v8"):
        api_server.request("DELETE", f"{PODS}/kilo-x2v8?gracePeriodSeconds=0")


@pytest.fixture
def seen_just_now(api_server: ApiServerProcess) -> Iterator[None]:
    """Nodes that Kilo has just seen; to the other tests they are seen in the future, lest they grow stale."""

    def see(seconds_from_now: int) -> None:
        annotations = {names.LAST_SEEN: str(int(time.time()) + seconds_from_now)}
        for node in api_server.request("GET", resources.NODES_PATH)["items"]:
            path = f"{resources.NODES_PATH}/{node['metadata']['name']}"
            api_server.request("PATCH", path, {"metadata": {"annotations": annotations}})

    see(0)
    yield
    see(3600)


@pytest.mark.usefixtures("seen_just_now")
def test_a_healthy_cluster_has_no_warning(healthy: ApiServerProcess) -> None:
    done = run(healthy, "--strict")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"√ kubernetes: 4 checks passed ({healthy.url}, v1.")
    assert not [line for line in done.stdout.splitlines() if line.startswith(("‼", "×"))]  # noqa: RUF001
    assert done.stdout.splitlines()[-1].startswith("Status: all checks passed (")


def test_a_broken_pod_of_kilo_is_reported_with_the_command_that_shows_its_log(healthy: ApiServerProcess) -> None:
    metadata = {"name": "kilo-x2v8", "labels": {"app.kubernetes.io/name": "kilo"}}
    container = {"name": "kilo", "image": "squat/kilo"}
    spec = {"nodeName": "south", "containers": [container]}
    healthy.create(PODS, {"metadata": metadata, "spec": spec})
    waiting = {"waiting": {"reason": "CrashLoopBackOff"}}
    status = {"phase": "Running", "containerStatuses": [_container_status(waiting)]}
    pod = healthy.request("GET", f"{PODS}/kilo-x2v8")
    healthy.request("PUT", f"{PODS}/kilo-x2v8/status", pod | {"status": status})
    (finding,) = check_of(told(healthy), "nodes", "all Kilo pods are running")["findings"]
    assert (finding["code"], finding["subject"]) == ("K-KG-POD", {"kind": "node", "name": "south"})
    assert finding["message"].endswith(
        "kube-system/kilo-x2v8 is not running correctly: CrashLoopBackOff after 7 restarts"
    )
    kubeconfig = healthy.kubeconfig()
    assert finding["command"] == f"kubectl --kubeconfig {kubeconfig} -n kube-system logs kilo-x2v8 -c kilo"
    assert finding["hint"] == f"to read the log of kg on the node: {finding['command']}"


def _container_status(state: dict[str, Any]) -> dict[str, Any]:
    return {"name": "kilo", "ready": False, "restartCount": 7, "image": "x", "imageID": "x", "state": state}


def test_a_user_who_can_list_only_nodes_and_peers_sees_what_is_skipped(healthy: ApiServerProcess) -> None:
    rules = [
        {"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]},
        {"apiGroups": [names.GROUP], "resources": ["peers"], "verbs": ["list"]},
    ]
    healthy.allow("guest", *rules)
    time.sleep(0.5)  # the authorizer reads rules from its own cache
    report = told(healthy, user="guest")
    assert report["passed"]
    skipped = check_of(report, "nodes", "all Kilo pods are running")
    assert (skipped["result"], skipped["remark"]) == ("skipped", "you are not allowed to read Pods")
    flags = check_of(report, "topology", "granularity and subnet match the DaemonSet of Kilo")
    assert (flags["result"], flags["remark"]) == ("skipped", "you are not allowed to read DaemonSets")


def test_a_denial_is_a_line_of_the_first_section_and_what_follows_is_skipped(healthy: ApiServerProcess) -> None:
    healthy.allow("guest", {"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]})
    time.sleep(0.5)
    done = run(healthy, user="guest")
    assert (done.returncode, done.stderr) == (1, "")
    skipped, problems, _ = done.stdout.split("\n\n")
    assert "\n× K-RBAC cluster: " in problems  # noqa: RUF001
    assert 'hint: ask for this RBAC rule: {apiGroups: ["kilo.squat.ai"], resources: ["peers"]' in problems
    sections = ("nodes", "topology", "peers")
    lines = [re.sub(r"\d+ checks", "N checks", line) for line in skipped.split("\n")]
    assert lines == [f"- {name}: N checks skipped (the cluster could not be read)" for name in sections]


def test_a_missing_crd_is_reported_with_how_to_install_it(healthy: ApiServerProcess) -> None:
    healthy.request("DELETE", f"{crd.CRDS}/{names.PEERS_RESOURCE}")
    while healthy.serves(resources.PEERS_PATH):
        time.sleep(0.1)
    try:
        report = told(healthy)
    finally:
        healthy.install_crd()
        for path, manifest in mesh.peers():
            healthy.create(path, manifest)
    title = "the CustomResourceDefinition of Peers is installed with the scope Cluster"
    (finding,) = check_of(report, "kubernetes", title)["findings"]
    assert (finding["code"], finding["command"][:28]) == ("K-CRD", "kgctl manifests --part crds ")


def test_a_dead_server_is_a_line_and_not_the_end(healthy: ApiServerProcess) -> None:
    report = json.loads(run_with(healthy.unreachable_kubeconfig(), "-o", "json").stdout)
    assert codes(report) == {"K-API"}
    (finding,) = check_of(report, "kubernetes", "the API server answers")["findings"]
    assert "connection refused" in finding["message"]
    assert {check["result"] for one in report["sections"][1:] for check in one["checks"]} == {"skipped"}


@pytest.mark.slow
def test_waiting_ends_as_soon_as_all_is_well(healthy: ApiServerProcess) -> None:
    invalid = mesh.peer("guest", "10.5.0.9")
    invalid["spec"]["allowedIPs"] = []
    healthy.create(resources.PEERS_PATH, invalid)
    command = kgctl_program("--kubeconfig", str(healthy.kubeconfig()), "check", "--only", "peers", "--wait")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as waiting:
        assert waiting.stderr is not None
        line = waiting.stderr.readline()
        healthy.request("DELETE", f"{resources.PEERS_PATH}/guest")
        stdout, _ = waiting.communicate(timeout=60)
    assert line == "kgctl: not yet: 1 error; checking again every 5 s\n"
    assert (waiting.returncode, "Status: all checks passed" in stdout) == (0, True)


def test_waiting_ends_when_its_time_is_over_and_reports_what_still_fails(healthy: ApiServerProcess) -> None:
    invalid = mesh.peer("guest", "10.5.0.9")
    invalid["spec"]["allowedIPs"] = []
    healthy.create(resources.PEERS_PATH, invalid)
    started = time.monotonic()
    done = run(healthy, "--only", "peers", "-o", "short", "--wait", "--wait-duration", "2s")
    assert time.monotonic() - started >= 2
    assert (done.returncode, done.stdout.splitlines()[0][:24]) == (1, '× K-PEER-NOIPS peer "gue')  # noqa: RUF001
    assert done.stderr.count("not yet") == 1

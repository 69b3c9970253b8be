"""`kgctl peering verify --probe`: pods that send packets, of which none is left."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import kubernetes_validate
import pytest

from kgctl_py import names
from kgctl_py.errors import KgctlError
from kgctl_py.kube.api_error import ApiError
from kgctl_py.peering.probing.probe_pods import SCRIPT, calling_pod, parse_report, waiting_pod
from tests.peering.clusters import World, aws, edge
from tests.peering.kubelet import Kubelet, is_calling
from tests.peering.test_status import hears, joined, server


def heard() -> World:
    """Two clusters that are joined, and whose leaders have heard each other."""
    world = joined()
    hears(server(world, "aws"), 0, "edge berlin-1", "edge home-1")
    hears(server(world, "edge"), 0, "aws n1")
    hears(server(world, "edge"), 2, "aws n1")
    return world


def kubelets(world: World) -> Iterator[Kubelet]:
    return (server(world, name).kubelet for name in ("aws", "edge"))


def no_pod_is_left(world: World) -> bool:
    return not any(kubelet.pods for kubelet in kubelets(world))


def test_a_pod_in_each_segment_calls_a_pod_in_each_segment_of_the_other() -> None:
    world = heard()
    run = world.kgctl("verify", "aws", "edge", "--probe")
    assert run.exit_code == 0, run.output
    assert [line.split() for line in run.stdout.splitlines()[3:]] == [
        ["pods,", "1400", "bytes", "location:berlin", "location:home", "Services", "of", "edge"],
        ["location:eu-west", *"√" * 5],
    ]
    near, far = kubelets(world)
    assert [one["spec"]["nodeName"] for one in far.created] == ["berlin-2", "home-1"]
    (calling,) = near.created
    assert calling["spec"]["nodeName"] == "n2"
    assert calling["spec"]["containers"][0]["command"][3:] == [
        *("probe", "cluster.local", "10.45.0.10", "10.44.11.10", "10.44.11.11")
    ]
    assert no_pod_is_left(world)


def test_json_has_the_probe_of_each_pair_only_if_there_was_one() -> None:
    world = heard()
    next(kubelets(world)).report = lambda *_: "0 1 0\n1 0 0\ndns 0\n"
    run = world.kgctl("verify", "aws", "edge", "--probe", "-o", "json")
    told = json.loads(run.stdout)
    assert [pair["probe"] for pair in told["pairs"]] == [
        {"pod": True, "service": False, "mtu": False},
        {"pod": False, "service": False, "mtu": None},
    ]
    assert (run.exit_code, {one["code"] for one in told["findings"]}) == (1, {"K-PEERING-PROBE"})
    assert all(
        "probe" not in pair
        for pair in json.loads(world.kgctl("verify", "aws", "edge", "-o", "json").stdout)["pairs"]
    )


@pytest.mark.parametrize(
    ("report", "words"),
    [
        ("0 1 1\n1 0 0\ndns 1\n", 'a pod in "location:eu-west" does not reach a pod in "location:home" of edge'),
        (
            "0 1 1\n1 1 0\ndns 1\n",
            'packets of 1400 bytes from "location:eu-west" to "location:home" of edge are lost',
        ),
        ("0 1 1\n1 1 1\ndns 0\n", "gets no answer from the DNS of edge"),
        ("0 1 1\ndns 1\n", 'the pod on node "n2" has not reported: Completed'),
        ("\x1b[31m\n9999 1 1\n1 2 3\n", "has not reported"),
    ],
)
def test_what_is_not_reached_is_a_problem(report: str, words: str) -> None:
    world = heard()
    next(kubelets(world)).report = lambda *_: report
    run = world.kgctl("verify", "aws", "edge", "--probe")
    assert (run.exit_code, words in run.stdout) == (1, True), run.output
    assert "\x1b" not in run.output
    assert no_pod_is_left(world)


def test_services_that_are_not_routed_are_not_asked() -> None:
    world = heard()
    assert world.kgctl("connect", "aws", "edge", "--services", "none").exit_code == 0
    run = world.kgctl("verify", "aws", "edge", "--probe")
    assert run.exit_code == 0, run.output
    (calling,) = next(kubelets(world)).created
    assert calling["spec"]["containers"][0]["command"][4:6] == ["", ""]


def test_a_pod_that_does_not_start_is_a_warning_and_the_others_call_and_are_called() -> None:
    world = heard()
    near, far = kubelets(world)
    far.broken = {"berlin-2"}
    run = world.kgctl("verify", "aws", "edge", "--probe", "-o", "json")
    told = json.loads(run.stdout)
    assert [pair["probe"]["pod"] for pair in told["pairs"]] == [None, True]
    assert [one["message"] for one in told["findings"]] == [
        'the probe is not complete: the pod on node "berlin-2" does not run: OutOfpods'
    ]
    assert run.exit_code == 1
    assert near.created[0]["spec"]["containers"][0]["command"][6:] == ["10.44.11.10"]


@pytest.mark.parametrize("cluster", ["aws", "edge"])
def test_without_the_right_to_create_pods_nothing_is_left(cluster: str) -> None:
    world = heard()
    server(world, cluster).kubelet.refuse = lambda verb, _: (
        ApiError("no", status=403) if verb == "create" else None
    )
    run = world.kgctl("verify", "aws", "edge", "--probe")
    assert (run.exit_code, f'cluster "{cluster}": no' in run.stderr, "RBAC rule" in run.stderr) == (1, True, True)
    assert no_pod_is_left(world)


def test_ctrl_c_leaves_no_pod_and_one_that_stays_is_named() -> None:
    def interrupt(verb: str, name: str) -> KgctlError | None:
        if verb == "get":
            raise KeyboardInterrupt
        return None

    world = heard()
    near, far = kubelets(world)
    near.refuse = interrupt
    assert world.kgctl("verify", "aws", "edge", "--probe").exit_code == 130
    assert no_pod_is_left(world)
    near.refuse = lambda *_: None
    far.refuse = lambda verb, _: ApiError("busy", status=500) if verb == "delete" else None
    run = world.kgctl("verify", "aws", "edge", "--probe")
    assert (run.exit_code, run.stderr.count('cluster "edge": cannot delete the pod "kgctl-peering-probe-')) == (
        0,
        2,
    )
    assert (
        "kubectl --context edge -n kube-system delete pods -l app.kubernetes.io/name=kgctl-peering-probe"
        in run.stderr
    )


def test_a_pod_whose_creation_was_not_answered_is_deleted() -> None:
    world = heard()
    _, far = kubelets(world)
    create = far.create

    def without_answer(manifest: dict[str, object]) -> None:
        create(manifest)
        raise KgctlError("the API server did not answer")

    far.create = without_answer  # type: ignore[method-assign]
    assert world.kgctl("verify", "aws", "edge", "--probe").exit_code == 1
    assert len(far.created) == 1
    assert no_pod_is_left(world)


def test_if_no_pod_runs_and_no_dns_is_asked_nothing_is_called() -> None:
    world = heard()
    near, far = kubelets(world)
    far.broken = {"berlin-2", "home-1"}
    run = world.kgctl("verify", "aws", "edge", "--probe", "--services", "none")
    assert (run.exit_code, near.created, no_pod_is_left(world)) == (1, [], True), run.output
    assert run.stdout.count("the probe is not complete: the pod on node") == 2


def test_a_file_cannot_be_probed(tmp_path: Path) -> None:
    world = World(aws=aws(), edge=edge())
    file = tmp_path / "edge.yaml"
    assert world.kgctl("export", "edge", "-O", str(file)).exit_code == 0
    run = world.kgctl("verify", "aws", str(file), "--probe")
    assert (run.exit_code, run.stdout) == (2, "")
    assert run.stderr == 'kgctl: "--probe" creates pods, but "edge" is a file\nhint: leave out --probe\n'
    assert world.kgctl("verify", "aws", "edge", "--probe", "--probe-image", "a b").exit_code == 2


def test_pods_are_valid_and_have_no_more_rights_than_ping_needs() -> None:
    for manifest in (waiting_pod("n1", "x"), calling_pod("n1", "x", ["10.0.0.1"], ("cluster.local", "10.1.0.10"))):
        kubernetes_validate.validate(manifest, "1.32", strict=True)
        (container,) = manifest["spec"]["containers"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"], "add": ["NET_RAW"]}
        assert not manifest["spec"]["automountServiceAccountToken"]
        assert manifest["metadata"]["labels"][names.MANAGED_BY] == "kgctl"
    assert not is_calling(waiting_pod("n1", "x"))


PROGRAMS = {
    "ping": 'case "$*" in *10.0.0.3) exit 1 ;; *"-s 1372 10.0.0.2") exit 1 ;; esac',
    "nslookup": 'echo "Name: $1"; [ "$2" = 10.96.0.10 ]',
    "timeout": 'shift; "$@"',
}


def test_the_script_reports_each_address_and_the_dns(tmp_path: Path) -> None:
    for name, text in PROGRAMS.items():
        file = tmp_path / name
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)
    out = tmp_path / "out"
    ips = ["10.0.0.1", "10.0.0.2", "10.0.0.3"]
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "OUT": str(out)}
    command = ["sh", "-c", SCRIPT, "probe", "cluster.local", "10.96.0.10", *ips]
    subprocess.run(command, env=env, check=True, timeout=60)
    report = parse_report(out.read_text())
    assert [(call.small, call.large) for _, call in sorted(report.calls.items())] == [
        (True, True),
        (True, False),
        (False, False),
    ]
    assert report.dns is True
    out.unlink()
    subprocess.run([*command[:4], "", "", "10.0.0.1"], env=env, check=True, timeout=60)
    assert out.read_text() == "0 1 1\n"

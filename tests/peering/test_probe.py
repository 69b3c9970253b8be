"""`kgctl peering verify --probe`: pods that send packets, of which none is left."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from kgctl_py import names
from kgctl_py.errors import KgctlError
from kgctl_py.kube.api_error import ApiError
from kgctl_py.kube.objects.reader import UnreadableError
from kgctl_py.peering.probing.probe_pods import calling_pod, waiting_pod
from kgctl_py.peering.probing.probe_script import SCRIPT, Report, parse_report
from kgctl_py.peering.probing.service_targets import ServiceTargets
from tests.peering.clusters import World, aws, edge, kubernetes_service
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
        ["location:eu-west", *"√" * 6],
    ]
    near, far = kubelets(world)
    assert [one["spec"]["nodeName"] for one in far.created] == ["berlin-2", "home-1"]
    (calling,) = near.created
    assert calling["spec"]["nodeName"] == "n2"
    assert calling["spec"]["containers"][0]["command"][3:] == [
        *("probe", "cluster.local", "10.45.0.10", "10.45.0.1:443", "10.44.11.10", "10.44.11.11")
    ]
    assert no_pod_is_left(world)


def test_json_has_the_probe_of_each_pair_only_if_there_was_one() -> None:
    world = heard()
    next(kubelets(world)).report = lambda *_: "0 1 0\n1 0 0\ndns 0\napi 1\n"
    run = world.kgctl("verify", "aws", "edge", "--probe", "-o", "json")
    told = json.loads(run.stdout)
    assert [pair["probe"] for pair in told["pairs"]] == [
        {"pod": True, "mtu": False, "service": False, "dns": False, "apiServer": True},
        {"pod": False, "mtu": None, "service": False, "dns": False, "apiServer": True},
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
        ("0 1 1\n1 1 1\ndns 0\n", "gets no response from the DNS of edge"),
        ("0 1 1\n1 1 1\ndns 1\napi 0\n", "gets no response from the API server of edge at its cluster IP"),
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
    assert calling["spec"]["containers"][0]["command"][4:7] == ["", "", ""]


UNREADABLE = UnreadableError("the API server does not allow to look at Service default/kubernetes")
NO_CLUSTER_IP = "its Service has no cluster IP"
API_NOT_ASKED = "kgctl does not probe the API server of edge: "


@pytest.mark.parametrize(
    ("service", "reason"),
    [
        (UNREADABLE, "the API server does not allow to look at Service default/kubernetes"),
        (None, 'the Service "default/kubernetes" is missing'),
        (kubernetes_service("10.96.0.0/12"), "its cluster IP 10.96.0.1 is not in the Service CIDR 10.45.0.0/16"),
        ({**kubernetes_service("10.45.0.0/16"), "spec": {"clusterIP": "None"}}, "its Service has no cluster IP"),
        (
            {**kubernetes_service("10.45.0.0/16"), "spec": {"clusterIP": "\x1b[1m"}},
            "its Service has no cluster IP",
        ),
    ],
    ids=["forbidden", "missing", "outside", "headless", "hostile"],
)
def test_an_api_server_that_cannot_be_asked_is_a_note_with_the_reason(service: Any, reason: str) -> None:
    world = heard()
    server(world, "edge").api_server = service
    next(kubelets(world)).report = lambda *_: "0 1 1\n1 1 1\ndns 1\n"
    run = world.kgctl("verify", "aws", "edge", "--probe", "-o", "json")
    told = json.loads(run.stdout)
    assert run.exit_code == 0, run.output
    assert [(one["severity"], one["message"]) for one in told["findings"]] == [("note", API_NOT_ASKED + reason)]
    assert [pair["probe"]["apiServer"] for pair in told["pairs"]] == [None, None]
    assert [pair["probe"]["service"] for pair in told["pairs"]] == [True, True]
    (calling,) = next(kubelets(world)).created
    assert calling["spec"]["containers"][0]["command"][4:7] == ["cluster.local", "10.45.0.10", ""]


def test_without_the_right_to_read_the_service_the_hint_has_the_rule() -> None:
    world = heard()
    server(world, "edge").api_server = UNREADABLE
    run = world.kgctl("verify", "aws", "edge", "--probe")
    assert 'hint: ask for this RBAC rule in default: {apiGroups: [""], resources: ["services"]' in run.stdout


def test_a_dns_outside_the_routed_networks_is_a_note_and_not_asked() -> None:
    world = heard()
    assert world.kgctl("connect", "aws", "edge", "--service-cidr", "edge=10.45.128.0/17").exit_code == 0
    run = world.kgctl("verify", "aws", "edge", "--probe")
    assert run.exit_code == 0, run.output
    for what, address in (("DNS", "10.45.0.10"), ("API server", "10.45.0.1")):
        assert (
            f"kgctl does not probe the {what} of edge: its cluster IP {address} is not in the Service CIDR "
            "10.45.128.0/17" in run.stdout
        )
    assert "hint: add --service-cidr edge=CIDR" in run.stdout
    (calling,) = next(kubelets(world)).created
    assert calling["spec"]["containers"][0]["command"][4:7] == ["", "", ""]


def test_of_several_cluster_ips_the_one_that_is_routed_is_asked_at_the_port_of_the_service() -> None:
    world = heard()
    ports = [{"name": "metrics", "port": 9}, {"name": "https", "port": 6443}]
    spec = {"clusterIPs": ["fd00:10::1", "10.45.0.1"], "ports": ports}
    server(world, "edge").api_server = kubernetes_service("10.45.0.0/16") | {"spec": spec}
    assert world.kgctl("verify", "aws", "edge", "--probe").exit_code == 0
    (calling,) = next(kubelets(world)).created
    assert calling["spec"]["containers"][0]["command"][6] == "10.45.0.1:6443"


def test_a_pod_that_does_not_start_is_a_warning_and_the_others_call_and_are_called() -> None:
    world = heard()
    near, far = kubelets(world)
    far.broken = {"berlin-2"}
    run = world.kgctl("verify", "aws", "edge", "--probe", "-o", "json")
    told = json.loads(run.stdout)
    assert [pair["probe"]["pod"] for pair in told["pairs"]] == [None, True]
    assert [one["message"] for one in told["findings"]] == [
        'the probe is incomplete: the pod on node "berlin-2" does not run: OutOfpods'
    ]
    assert run.exit_code == 1
    assert near.created[0]["spec"]["containers"][0]["command"][7:] == ["10.44.11.10"]


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
    assert run.stdout.count("the probe is incomplete: the pod on node") == 2


def test_a_file_cannot_be_probed(tmp_path: Path) -> None:
    world = World(aws=aws(), edge=edge())
    file = tmp_path / "edge.yaml"
    assert world.kgctl("export", "edge", "-O", str(file)).exit_code == 0
    run = world.kgctl("verify", "aws", str(file), "--probe")
    assert (run.exit_code, run.stdout) == (2, "")
    assert run.stderr == 'kgctl: --probe creates pods, but "edge" is a file\nhint: leave out --probe\n'
    assert world.kgctl("verify", "aws", "edge", "--probe", "--probe-image", "a b").exit_code == 2
    assert "--probe-image needs --probe" in world.kgctl("verify", "aws", "edge", "--probe-image", "a").stderr


def test_pods_are_valid_and_have_no_more_rights_than_ping_needs() -> None:
    for manifest in (
        waiting_pod("n1", "x"),
        calling_pod("n1", "x", ["10.0.0.1"], ServiceTargets(domain="cluster.local", dns="10.1.0.10")),
    ):
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
NO_TLS = "echo wget: not an http or ftp url: $5 >&2; exit 1"
REFUSES = "echo wget: server returned error: HTTP/1.1 401 Unauthorized >&2; exit 1"
WGETS = {
    "alive": ('[ "$*" = "-q -O /dev/null --no-check-certificate https://10.96.0.1:443/livez" ]', True),
    "refuses": (REFUSES, True),
    "no TLS here": (f'case "$*" in *http://10.96.0.1:443/livez) {REFUSES} ;; esac; {NO_TLS}', True),
    "silent": ('echo "wget: can\'t connect to remote host: Connection refused" >&2; exit 1', False),
    "large packets are lost": (f'case "$*" in *https://*) exit 143 ;; esac; {REFUSES}', False),
}


def install(folder: Path, programs: Mapping[str, str]) -> None:
    for name, text in programs.items():
        file = folder / name
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)


@pytest.mark.parametrize(("wget", "answers"), WGETS.values(), ids=WGETS)
def test_the_script_takes_any_status_as_an_answer_of_the_api_server(
    wget: str, answers: bool, tmp_path: Path
) -> None:
    install(tmp_path, PROGRAMS | {"wget": wget})
    out = tmp_path / "out"
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "OUT": str(out), "LOG": str(tmp_path / "log")}
    subprocess.run(["sh", "-c", SCRIPT, "probe", "", "", "10.96.0.1:443"], env=env, check=True, timeout=60)
    assert parse_report(out.read_text()) == Report(calls={}, api_server=answers)


def test_the_script_reports_each_address_and_the_dns(tmp_path: Path) -> None:
    install(tmp_path, PROGRAMS)
    out = tmp_path / "out"
    ips = ["10.0.0.1", "10.0.0.2", "10.0.0.3"]
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "OUT": str(out)}
    command = ["sh", "-c", SCRIPT, "probe", "cluster.local", "10.96.0.10", "", *ips]
    subprocess.run(command, env=env, check=True, timeout=60)
    report = parse_report(out.read_text())
    assert [(call.small, call.large) for _, call in sorted(report.calls.items())] == [
        (True, True),
        (True, False),
        (False, False),
    ]
    assert report.dns is True
    out.unlink()
    subprocess.run([*command[:4], "", "", "", "10.0.0.1"], env=env, check=True, timeout=60)
    assert out.read_text() == "0 1 1\n"

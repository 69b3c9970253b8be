"""Flags and mounts are those that Kilo's own manifests have (the facts of squat/kilo 0.7.0, manifests/)."""

from typing import Any

import pytest

from kgctl_py.kilo.install.installation import Cni, Distribution, Installation, WireGuard
from kgctl_py.mesh.address import parse_cidr
from kgctl_py.mesh.nodes_and_peers import Granularity
from tests.kilo.installations import POSSIBLE, Manifest, name, of_kind, pod

ALWAYS = ["--kubeconfig=/etc/kubernetes/kubeconfig", "--hostname=$(NODE_NAME)"]
ADD_ON = "--internal-cidr=$(NODE_IP)/32"
CNI_FLAGS = {
    Cni.KILO: [],
    Cni.FLANNEL: ["--cni=false", "--compatibility=flannel", "--local=false", ADD_ON],
    Cni.CILIUM: [
        "--cni=false",
        "--compatibility=cilium",
        "--local=false",
        "--encapsulate=crosssubnet",
        "--clean-up-interface=true",
        ADD_ON,
    ],
}
USERSPACE_FLAGS = ["--create-interface=false", "--interface=kilo0"]

VOLUMES: dict[str, Any] = {
    "/var/lib/kilo": {"hostPath": {"path": "/var/lib/kilo"}},
    "/lib/modules": {"hostPath": {"path": "/lib/modules"}},
    "/run/xtables.lock": {"hostPath": {"path": "/run/xtables.lock", "type": "FileOrCreate"}},
}
KUBE_PROXY = {"name": "kube-proxy", "items": [{"key": "kubeconfig.conf", "path": "kubeconfig"}]}
KUBECONFIG: dict[str, Any] = {
    "kubeadm": {"/etc/kubernetes": {"configMap": KUBE_PROXY}},
    "kubeadm with cilium": {"/etc/kubernetes/kubeconfig": {"hostPath": {"path": "/etc/kubernetes"}}},
    "k3s": {"/etc/kubernetes": {"emptyDir": {}}},
    "typhoon": {"/etc/kubernetes": {"configMap": {"name": "kubeconfig-in-cluster"}}},
    "bootkube": {"/etc/kubernetes/kubeconfig": {"hostPath": {"path": "/etc/kubernetes/kubeconfig"}}},
}
CNI_DIR = {
    "kubeadm": "/etc/cni/net.d",
    "k3s": "/etc/cni/net.d",
    "typhoon": "/etc/kubernetes/cni/net.d",
    "bootkube": "/etc/kubernetes/cni/net.d",
}
SOCKETS = {"/var/run/wireguard": {"hostPath": {"path": "/var/run/wireguard"}}}
READ_ONLY = {"/lib/modules", "/etc/kubernetes", "/etc/kubernetes/kubeconfig"}

AGENTS = [
    pytest.param(one, agent, id=f"{name(one)} {agent}")
    for one in POSSIBLE
    for agent in (("kilo", "kilo-userspace") if one.wireguard is WireGuard.HETEROGENEOUS else ("kilo",))
]


def is_userspace(installation: Installation, agent: str) -> bool:
    return agent == "kilo-userspace" or installation.wireguard is WireGuard.USERSPACE


def by_name(things: list[Manifest]) -> dict[str, Manifest]:
    return {thing["name"]: thing for thing in things}


def mounted(spec: Manifest, container: Manifest) -> dict[str, Any]:
    """What a container sees at each path."""
    volumes = {one["name"]: {key: value for key, value in one.items() if key != "name"} for one in spec["volumes"]}
    return {mount["mountPath"]: volumes[mount["name"]] for mount in container["volumeMounts"]}


@pytest.mark.parametrize(("installation", "agent"), AGENTS)
def test_the_agent_has_the_flags(installation: Installation, agent: str) -> None:
    (kilo,) = [one for one in pod(installation, agent)["containers"] if one["name"] == "kilo"]
    userspace = USERSPACE_FLAGS if is_userspace(installation, agent) else []
    assert sorted(kilo["args"]) == sorted(ALWAYS + CNI_FLAGS[installation.cni] + userspace)


@pytest.mark.parametrize(("installation", "agent"), AGENTS)
def test_the_agent_has_the_mounts(installation: Installation, agent: str) -> None:
    spec = pod(installation, agent)
    kilo = by_name(spec["containers"])["kilo"]
    is_odd = installation.distribution is Distribution.KUBEADM and installation.cni is Cni.CILIUM
    wanted = VOLUMES | KUBECONFIG["kubeadm with cilium" if is_odd else installation.distribution]
    if installation.cni is Cni.KILO:
        wanted |= {"/etc/cni/net.d": {"hostPath": {"path": CNI_DIR[installation.distribution]}}}
    if is_userspace(installation, agent):
        wanted |= SOCKETS
    assert mounted(spec, kilo) == wanted
    read_only = {mount["mountPath"] for mount in kilo["volumeMounts"] if mount.get("readOnly")}
    assert read_only == READ_ONLY & wanted.keys()
    assert [mount.get("subPath") for mount in kilo["volumeMounts"] if "subPath" in mount] == [
        "admin.conf"
    ] * is_odd


@pytest.mark.parametrize(("installation", "agent"), AGENTS)
def test_the_agent_is_on_the_network_of_every_node(installation: Installation, agent: str) -> None:
    spec = pod(installation, agent)
    kilo = by_name(spec["containers"])["kilo"]
    assert (spec["hostNetwork"], spec["serviceAccountName"]) == (True, "kilo")
    assert spec["tolerations"] == [{"effect": e, "operator": "Exists"} for e in ("NoSchedule", "NoExecute")]
    assert kilo["image"] == "squat/kilo:0.7.0"
    assert kilo["securityContext"] == {"privileged": True}
    assert kilo["ports"] == [{"name": "metrics", "containerPort": 1107}]
    fields = {one["name"]: one["valueFrom"]["fieldRef"]["fieldPath"] for one in kilo["env"]}
    add_on = {"NODE_IP": "status.hostIP"} if installation.cni is not Cni.KILO else {}
    assert fields == {"NODE_NAME": "spec.nodeName"} | add_on


@pytest.mark.parametrize(("installation", "agent"), AGENTS)
def test_every_volume_is_mounted_and_every_mount_has_a_volume(installation: Installation, agent: str) -> None:
    spec = pod(installation, agent)
    containers = [*spec["containers"], *spec.get("initContainers", ())]
    mounts = {mount["name"] for container in containers for mount in container["volumeMounts"]}
    assert mounts == set(by_name(spec["volumes"]))


@pytest.mark.parametrize("installation", POSSIBLE, ids=name)
def test_the_cni_is_installed_only_where_kilo_is_it(installation: Installation) -> None:
    spec = pod(installation)
    install = by_name(spec.get("initContainers", [])).get("install-cni")
    assert (install is not None) == (installation.cni is Cni.KILO)
    if install:
        seen = mounted(spec, install)
        assert seen["/host/opt/cni/bin"] == {"hostPath": {"path": "/opt/cni/bin"}}
        assert seen["/host/etc/cni/net.d"] == {"hostPath": {"path": CNI_DIR[installation.distribution]}}
        assert seen["/kilo"] == {"configMap": {"name": "kilo"}}
        assert "cni-conf.json" in of_kind("ConfigMap", installation)["kilo"]["data"]


@pytest.mark.parametrize("installation", POSSIBLE, ids=name)
def test_a_kubeconfig_is_generated_only_on_k3s(installation: Installation) -> None:
    spec = pod(installation)
    generate = by_name(spec.get("initContainers", [])).get("generate-kubeconfig")
    assert (generate is not None) == (installation.distribution is Distribution.K3S)
    if generate:
        seen = mounted(spec, generate)
        assert seen["/etc/kubernetes"] == {"emptyDir": {}}
        assert seen["/var/lib/rancher/k3s/agent"] == {"hostPath": {"path": "/var/lib/rancher/k3s/agent"}}
        assert seen["/scripts"] == {"configMap": {"name": "kilo-scripts"}}


@pytest.mark.parametrize(("installation", "agent"), AGENTS)
def test_wireguard_runs_beside_the_agent_if_the_kernel_does_not_support_it(
    installation: Installation, agent: str
) -> None:
    spec = pod(installation, agent)
    wireguard = by_name(spec["containers"]).get("wireguard")
    assert (wireguard is not None) == is_userspace(installation, agent)
    if wireguard:
        assert wireguard["command"] == ["wireguard-go", "--foreground", "kilo0"]
        assert wireguard["securityContext"] == {"privileged": True}
        assert mounted(spec, wireguard) == SOCKETS


def test_where_nodes_differ_each_runs_the_agent_that_its_label_names() -> None:
    (installation,) = [one for one in POSSIBLE if one.wireguard is WireGuard.HETEROGENEOUS]
    label = "nkml.squat.ai/wireguard"
    assert pod(installation, "kilo")["nodeSelector"] == {label: "true"}
    assert pod(installation, "kilo-userspace")["nodeSelector"] == {label: "false"}
    nkml = pod(installation, "nkml")
    assert "nodeSelector" not in nkml
    assert "--label-mod=wireguard" in nkml["containers"][0]["args"]
    nodes = of_kind("ClusterRole", installation)["kilo"]["rules"][0]
    assert nodes == {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get", "list", "patch", "watch"]}


def test_choices_of_the_user_are_flags_of_the_agent() -> None:
    chosen = Installation(
        subnet=parse_cidr("10.6.0.0/16"),
        service_cidrs=(parse_cidr("10.96.0.0/12"), parse_cidr("fd00:96::/112")),
        mtu=1380,
        port=51821,
        granularity=Granularity.FULL,
        topology_label="example.com/rack",
        image="registry.example.com/kilo@sha256:00",
    )
    (kilo,) = pod(chosen)["containers"]
    plain = pod(Installation())["containers"][0]["args"]
    assert [flag for flag in kilo["args"] if flag not in plain] == [
        "--subnet=10.6.0.0/16",
        "--service-cidr=10.96.0.0/12",
        "--service-cidr=fd00:96::/112",
        "--mtu=1380",
        "--port=51821",
        "--mesh-granularity=full",
        "--topology-label=example.com/rack",
    ]
    assert kilo["image"] == "registry.example.com/kilo@sha256:00"

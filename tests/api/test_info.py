"""`kgctl info` against a real API server, as one who may see everything and as one who may hardly see anything."""

import json
import time
from collections.abc import Iterator

import pytest

from kgctl_py import names
from kgctl_py.errors import KgctlError
from kgctl_py.kilo.agent_flags import known_flags
from kgctl_py.kube.api_objects import ApiObjects
from kgctl_py.kube.client import Client
from kgctl_py.kube.objects import kinds
from kgctl_py.kube.objects.kinds import Kind
from kgctl_py.kube.objects.reader import UnreadableError
from kgctl_py.mesh.routing.agent_flags import UNKNOWN, Encapsulate
from tests.api.server import ApiServerProcess, Manifest
from tests.cli.kgctl import kgctl
from tests.kube.objects import config_map, kilo

SYSTEM = "namespaces/kube-system"
SERVICES, CONFIG_MAPS = f"/api/v1/{SYSTEM}/services", f"/api/v1/{SYSTEM}/configmaps"
DAEMON_SETS = f"/apis/apps/v1/{SYSTEM}/daemonsets"


@pytest.fixture
def cluster(api_server: ApiServerProcess) -> Iterator[ApiServerProcess]:
    """The server with the DNS, the CoreDNS and the Kilo that a cluster has."""
    daemon_set = kilo("--topology-label=rack", "--service-cidr=10.96.0.0/12")
    labels = daemon_set["metadata"]["labels"]
    template = daemon_set["spec"]["template"]
    for container in template["spec"]["containers"]:
        container["image"] = "example.org/kilo"
    template["metadata"] = {"labels": labels}
    daemon_set["spec"]["selector"] = {"matchLabels": labels}
    dns = {"metadata": {"name": "kube-dns"}, "spec": {"clusterIP": "10.96.0.10", "ports": [{"port": 53}]}}
    made: tuple[tuple[str, Manifest], ...] = (
        (SERVICES, dns),
        (CONFIG_MAPS, config_map("coredns", Corefile="kubernetes kube.example.org {")),
        (DAEMON_SETS, daemon_set),
    )
    for path, manifest in made:
        api_server.create(path, manifest)
    yield api_server
    for path, manifest in made:
        api_server.request("DELETE", f"{path}/{manifest['metadata']['name']}")


def objects(server: ApiServerProcess, user: str = "admin") -> ApiObjects:
    return ApiObjects(Client(kubeconfig=str(server.kubeconfig(user))))


def test_an_admin_sees_every_setting_and_its_source(cluster: ApiServerProcess) -> None:
    kubeconfig = cluster.kubeconfig()
    result = kgctl("--kubeconfig", str(kubeconfig), "info", "-o", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert found.pop("unreadable") == []
    version = cluster.request("GET", "/version")["gitVersion"]
    since_1_33 = cluster.serves(kinds.SERVICE_CIDR.path())
    service_cidr = "ServiceCIDR kubernetes" if since_1_33 else "--service-cidr in DaemonSet kube-system/kilo"
    for key, value, source in (
        ("context", "tests", f'kubeconfig "{kubeconfig}"'),
        ("server", cluster.url, f'kubeconfig "{kubeconfig}"'),
        ("serverVersion", version, "GET /version"),
        ("topologyLabel", "rack", "--topology-label in DaemonSet kube-system/kilo"),
        ("podCIDRs", ["10.42.1.0/24", "10.42.2.0/24"], "spec.podCIDR of 2/2 nodes"),
        ("serviceCIDR", ["10.96.0.0/12"], service_cidr),
        ("clusterDNS", ["10.96.0.10"], "Service kube-system/kube-dns"),
        ("clusterDomain", "kube.example.org", "ConfigMap kube-system/coredns"),
    ):
        assert found[key] == {"value": value, "source": source, "guess": False}


def test_the_flags_for_traces_are_those_of_the_daemon_set_for_whoever_may_list_it(
    cluster: ApiServerProcess,
) -> None:
    cluster.allow("guest", {"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]})
    assert known_flags(lambda: objects(cluster)).encapsulate is Encapsulate.ALWAYS
    assert known_flags(lambda: objects(cluster, "guest")) == UNKNOWN


def test_who_may_only_list_nodes_and_peers_is_told_what_that_leaves_out(cluster: ApiServerProcess) -> None:
    rule = {"verbs": ["list"]}
    cluster.allow(
        "guest",
        {"apiGroups": [""], "resources": ["nodes"], **rule},
        {"apiGroups": [names.GROUP], "resources": ["peers"], **rule},
    )
    time.sleep(0.5)  # the authorizer reads rules from its own cache
    result = kgctl("--kubeconfig", str(cluster.kubeconfig("guest")), "info", "-o", "json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["granularity"]["value"] == "location"
    assert (found["serviceCIDR"]["value"], found["clusterDNS"]["value"]) == ([], [])
    assert (found["mtu"]["source"], found["clusterDNS"]["source"]) == (
        "no DaemonSet of Kilo found",
        "no Service kube-dns found",
    )
    assert found["serverVersion"]["value"], "every user may ask for the version"
    assert result.stderr.splitlines() == [
        f"kgctl: warning: you are not allowed to read {place}"
        for place in (
            "ServiceCIDRs",
            "DaemonSets",
            "Pods in kube-system",
            "ConfigMap kube-system/kubeadm-config",
            "Services",
            "Services in kube-system",
            "ConfigMap kube-system/coredns",
            "ConfigMap kube-system/rke2-coredns-rke2-coredns",
        )
    ]


def test_one_config_map_may_be_allowed_alone(cluster: ApiServerProcess) -> None:
    rule = {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["coredns"], "verbs": ["list"]}
    cluster.allow("guest", rule)
    time.sleep(0.5)
    (found,) = objects(cluster, "guest").of(kinds.CONFIG_MAP, namespace="kube-system", name="coredns")
    assert found.place == "kube-system/coredns"
    with pytest.raises(UnreadableError, match=r"you are not allowed to read ConfigMaps in kube-system$"):
        objects(cluster, "guest").of(kinds.CONFIG_MAP, namespace="kube-system")
    with pytest.raises(UnreadableError, match=r"you are not allowed to read Namespace kube-system$"):
        objects(cluster, "guest").of(kinds.NAMESPACE, name="kube-system")


def test_a_list_is_read_page_by_page(api_server: ApiServerProcess) -> None:
    paged = ApiObjects(Client(kubeconfig=str(api_server.kubeconfig())), page=1)
    assert [node.place for node in paged.of(kinds.NODE)] == ["north", "south"]


def test_a_server_that_does_not_know_a_kind_has_none_of_it(api_server: ApiServerProcess) -> None:
    unknown = Kind("Gadget", "example.org/v1", "gadgets", kinds.Object, always_served=False)
    assert objects(api_server).of(unknown) == ()
    with pytest.raises(UnreadableError, match="cannot read Gadgets"):
        objects(api_server).of(Kind("Gadget", "example.org/v1", "gadgets", kinds.Object))


def test_an_unreachable_server_is_an_error_and_not_a_warning(api_server: ApiServerProcess) -> None:
    unreachable = ApiObjects(Client(kubeconfig=str(api_server.unreachable_kubeconfig())))
    with pytest.raises(KgctlError) as caught:
        unreachable.of(kinds.NODE)
    assert not isinstance(caught.value, UnreadableError)

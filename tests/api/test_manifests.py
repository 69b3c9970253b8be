"""What `kgctl manifests` prints is taken by a real API server, and says to kgctl itself what was chosen."""

import json
import shlex
from collections.abc import Iterator

import pytest

from kgctl_py import names
from kgctl_py.kilo import resources
from kgctl_py.kilo.install.installation import Distribution, Installation, Part
from kgctl_py.mesh.address import parse_cidr
from kgctl_py.render.kilo_manifests import manifests, stream
from tests.api import crd, mesh
from tests.api.kubectl import applied, kubectl
from tests.api.server import ApiServerProcess, running
from tests.cli.kgctl import kgctl, shell
from tests.in_memory import key
from tests.kilo.installations import POSSIBLE, name, of_kind

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SERVICES = "10.97.0.0/16"
DAEMON_SETS = "/apis/apps/v1/namespaces/kube-system/daemonsets"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServerProcess]:
    """A server of its own: what is applied stays."""
    with running(tmp_path_factory.mktemp("api"), users=("viewer", "editor", "agent"), services=SERVICES) as server:
        server.request("DELETE", f"{crd.CRDS}/{names.PEERS_RESOURCE}")
        applied(server, manifests(Installation(cel=False), (Part.CRDS,))[Part.CRDS])
        server.wait_for_peers()
        for path, manifest in mesh.manifests():
            server.create(path, manifest)
        yield server


def options(server: ApiServerProcess, user: str = "admin") -> tuple[str, ...]:
    return "--kubeconfig", str(server.kubeconfig(user)), "--no-resolve"


@pytest.mark.parametrize("installation", POSSIBLE, ids=name)
def test_every_combination_is_applied_and_kept_as_it_was_printed(
    server: ApiServerProcess, installation: Installation
) -> None:
    installation = Installation(
        distribution=installation.distribution, cni=installation.cni, wireguard=installation.wireguard, cel=False
    )
    said = applied(server, stream(manifests(installation)))
    assert "daemonset.apps/kilo" in said
    for one in of_kind("DaemonSet", installation).values():
        kept = server.request("GET", f"{DAEMON_SETS}/{one['metadata']['name']}")
        assert _images_and_words(kept) == _images_and_words(one)
        server.request("DELETE", f"{DAEMON_SETS}/{one['metadata']['name']}")


def _images_and_words(daemon_set: dict[str, object]) -> str:
    spec = json.loads(json.dumps(daemon_set))["spec"]["template"]["spec"]
    containers = [*spec.get("initContainers", ()), *spec["containers"]]
    return str([(one["name"], one["image"], one.get("command"), one.get("args")) for one in containers])


def test_in_a_pipe_to_kubectl_it_installs_kilo(server: ApiServerProcess) -> None:
    kubeconfig = shlex.quote(str(server.kubeconfig()))
    done = shell(f"kgctl manifests --no-cel | kubectl --kubeconfig {kubeconfig} apply -f -")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"daemonset.apps/kilo" in done.stdout
    again = shell(f"kgctl manifests --no-cel | kubectl --kubeconfig {kubeconfig} apply -f -")
    assert all(line.endswith(b" unchanged") for line in again.stdout.splitlines()), again.stdout


def test_a_namespace_of_ones_own_is_made_in_the_same_stream(server: ApiServerProcess) -> None:
    installation = Installation(distribution=Distribution.K3S, namespace="vpn", cel=False)
    said = applied(server, stream(manifests(installation)))
    assert "namespace/vpn created" in said
    assert server.request("GET", "/apis/apps/v1/namespaces/vpn/daemonsets/kilo")


def test_kgctl_info_reads_what_was_chosen(server: ApiServerProcess) -> None:
    chosen = ("--service-cidr", SERVICES, "--mtu", "1380", "--topology-label", "example.com/rack")
    printed = kgctl("manifests", "--only", "daemonset", *chosen)
    applied(server, printed.stdout)
    told = json.loads(kgctl(*options(server), "info", "-o", "json").stdout)
    for fact, value in (("mtu", "1380"), ("topologyLabel", "example.com/rack"), ("serviceCIDR", [SERVICES])):
        assert told[fact]["value"] == value, told
        assert "DaemonSet kube-system/kilo" in told[fact]["source"] or _is_told_by_the_server(told[fact])


def _is_told_by_the_server(told: dict[str, str]) -> bool:
    """Return whether an object of the API server itself says it, as one of Kubernetes 1.33 and later does."""
    return told["source"] == "ServiceCIDR kubernetes"


def test_those_who_view_may_look_at_all_and_change_nothing(server: ApiServerProcess) -> None:
    told = Installation(service_cidrs=(parse_cidr("10.96.0.0/12"),))
    applied(server, stream(manifests(told, (Part.DAEMONSET, Part.USERS))))
    bind(server, "viewer", "kgctl-view")
    for command in (("info",), ("showconf", "peer", "laptop"), ("graph",), ("get", "peers")):
        done = kgctl(*options(server, "viewer"), *command)
        assert done.exit_code == 0, done.stderr
        assert "does not allow" not in done.stderr
    refused = kgctl(*options(server, "viewer"), "peer", "add", "viewer-peer")
    assert refused.exit_code == 1
    assert "does not allow" in refused.stderr


def test_those_who_edit_may_add_change_and_remove_peers(server: ApiServerProcess) -> None:
    applied(server, manifests(Installation(), (Part.USERS,))[Part.USERS])
    bind(server, "editor", "kgctl-edit")
    for command in (
        ("add", "edited", "--public-key", key("edited"), "--print", "none"),
        ("set", "edited", "--owner", "me"),
        ("rm", "edited"),
    ):
        done = kgctl(*options(server, "editor"), "peer", *command)
        assert done.exit_code == 0, done.stderr


def test_the_agent_may_do_what_it_does_and_no_more(server: ApiServerProcess) -> None:
    applied(server, manifests(Installation(), (Part.RBAC,))[Part.RBAC])
    bind(server, "agent", "kilo")
    asked = {
        "list nodes": "yes",
        "watch nodes": "yes",
        "patch nodes": "yes",
        "get nodes": "no",
        "list peers.kilo.squat.ai": "yes",
        "create peers.kilo.squat.ai": "no",
        "get customresourcedefinitions.apiextensions.k8s.io": "yes",
        "list secrets": "no",
    }
    answers = {what: kubectl(server, "auth", "can-i", *what.split(), user="agent") for what in asked}
    assert {what: answer.stdout.split()[-1] for what, answer in answers.items()} == asked


def test_with_peer_validation_no_peer_is_taken_until_the_webhook_runs(server: ApiServerProcess) -> None:
    applied(server, stream(manifests(Installation(peer_validation=True, cel=False))))
    try:
        refused = kgctl(*options(server), "peer", "add", "unjudged")
        assert refused.exit_code == 1
        assert "peers.kilo.squat.ai" in refused.stderr
        assert not server.serves(f"{resources.PEERS_PATH}/unjudged")
    finally:
        hooks = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
        server.request("DELETE", f"{hooks}/peers.kilo.squat.ai")


def bind(server: ApiServerProcess, user: str, role: str) -> None:
    done = kubectl(
        server, "create", "clusterrolebinding", f"test-{user}", f"--clusterrole={role}", f"--user={user}"
    )
    assert done.returncode == 0, done.stderr

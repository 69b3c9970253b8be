"""The policy for Peers of one's own on a real API server; one before 1.30 lacks the kind, and says so."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import Result

from kgctl_py.kilo import resources
from tests.api import mesh
from tests.api.kubectl import kubectl
from tests.api.server import ApiServerProcess, running
from tests.cli.kgctl import kgctl
from tests.in_memory import key

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

POLICIES = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"
ADDRESS = "spec.allowedIPs must be one address of 10.5.16.0/20, with /32"
MINE = "the annotation kgctl.kilo.squat.ai/owner must be your user name"
THEIRS = "the Peer is not yours: its annotation kgctl.kilo.squat.ai/owner is not your user name"
_PATIENCE = 30


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServerProcess]:
    """A server of its own: what is applied stays."""
    with running(tmp_path_factory.mktemp("api")) as server:
        for path, manifest in mesh.manifests():
            server.create(path, manifest)
        yield server


class Member:
    """A user in the group of the policy."""

    def __init__(self, server: ApiServerProcess, name: str) -> None:
        self._options = "--kubeconfig", str(server.kubeconfig()), "--no-resolve", "--as", name
        self._name = name

    def peer(self, command: str, *args: str) -> Result:
        """Run `kgctl peer`."""
        return kgctl(*self._options, "--as-group", "vpn-users", "peer", command, *args)

    def add(self, name: str, ip: str, owner: str = "") -> Result:
        """Add a Peer of the member, or of somebody else."""
        given = ("--owner", owner or self._name, "--ip", ip, "--public-key", key(name))
        return self.peer("add", name, *given)


def test_members_manage_peers_of_their_own_and_an_older_server_says_what_it_lacks(
    server: ApiServerProcess, tmp_path: Path
) -> None:
    printed = kgctl("manifests", "--part", "users", "--self-service", "vpn-users", "--pool", "10.5.16.0/20").stdout
    done = kubectl(server, "apply", "-f", "-", stdin=printed)
    if not server.serves(POLICIES):
        assert done.returncode == 1
        assert 'no matches for kind "ValidatingAdmissionPolicy" in version "admissionregistration.k8s.io/v1"' in (
            done.stderr
        )
        return
    assert (done.returncode, done.stderr) == (0, "")
    ann, bob = Member(server, "ann"), Member(server, "bob")
    _wait_for_the_policy(bob)
    _ann_manages_her_own(server, ann, tmp_path)
    _others_are_refused(ann, bob)
    assert names(server) == ["ann-desk", "laptop", "phone"]
    assert ann.peer("rm", "ann-desk", "--yes").exit_code == 0
    administrator = kgctl("--kubeconfig", str(server.kubeconfig()), "peer", "rm", "laptop", "--yes")
    assert administrator.exit_code == 0, administrator.stderr


def _ann_manages_her_own(server: ApiServerProcess, ann: Member, folder: Path) -> None:
    done = (
        ann.add("ann-desk", "10.5.16.7/32"),
        ann.peer("set", "ann-desk", "--keepalive", "9"),
        ann.peer("set", "ann-desk", "--ip", "10.5.31.255/32"),
        ann.peer("rotate", "ann-desk", "--yes", "-O", str(folder / "ann-desk.conf")),
        ann.add("ann-phone", "10.5.16.8/32"),
        ann.peer("rm", "ann-phone", "--yes"),
    )
    assert [one.exit_code for one in done] == [0] * len(done), [one.stderr for one in done]
    assert names(server) == ["ann-desk", "laptop", "phone"]


def _others_are_refused(ann: Member, bob: Member) -> None:
    refused = (
        (bob.peer("set", "ann-desk", "--keepalive", "5"), THEIRS),
        (bob.peer("rm", "ann-desk", "--yes"), THEIRS),
        (bob.add("bob-desk", "10.5.16.9/32", owner="ann"), MINE),
        (ann.peer("rm", "laptop", "--yes"), THEIRS),
        (ann.peer("set", "ann-desk", "--owner", "bob"), MINE),
        (ann.peer("set", "ann-desk", "--ip", "10.5.16.7/32,10.5.16.8/32"), ADDRESS),
        (ann.peer("set", "ann-desk", "--ip", "10.5.32.1/32"), ADDRESS),
        (ann.add("ann-phone", "10.5.15.255/32"), ADDRESS),
        (ann.peer("set", "ann-desk", "--endpoint", "192.0.2.1:51820"), "spec.endpoint is not allowed"),
        (ann.peer("disable", "ann-desk"), ADDRESS),
    )
    for run, why in refused:
        line = f'kgctl: the admission policy "kgctl-self-service" of the cluster does not allow this change: {why}'
        assert run.exit_code == 1
        assert run.stderr.splitlines()[-1] == line


def names(server: ApiServerProcess) -> list[str]:
    return [peer["metadata"]["name"] for peer in server.request("GET", resources.PEERS_PATH)["items"]]


def _wait_for_the_policy(member: Member) -> None:
    """Wait until the server, which reads roles and policies from caches, knows both."""
    end = time.monotonic() + _PATIENCE
    while MINE not in (run := member.peer("add", "x", "--public-key", key("x"), "--dry-run", "server")).stderr:
        assert time.monotonic() < end, run.stderr
        time.sleep(0.2)

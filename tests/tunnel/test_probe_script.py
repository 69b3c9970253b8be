"""The script of `kgctl peering verify --probe`, run by the programs of the image: those of BusyBox."""

import shutil
import subprocess

import pytest

from kgctl_py.peering.probing.probe_pods import SCRIPT, Call, Report, parse_report
from tests.tunnel.host import Host
from tests.tunnel.lab import Lab

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

NEAR, FAR = ("10.44.0.1", "fd44::1"), ("10.44.0.2", "fd44::2")
SILENT = ("10.44.0.9", "fd44::9")
LARGE_IS_DROPPED = "table inet hole { chain c { type filter hook input priority 0; meta length > 1300 drop; }; }"


class Pods:
    """A pod that calls, and one that is called, with addresses of both IP versions."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        lab.network("net")
        self.caller, self.called = self._pod("caller", NEAR), self._pod("called", FAR)
        self._programs = lab.folder / "bin"
        self._programs.mkdir()
        busybox = shutil.which("busybox")
        assert busybox
        subprocess.run([busybox, "--install", "-s", str(self._programs)], check=True)

    def report(self, *ips: str, domain: str = "", dns: str = "") -> Report:
        """Return what the caller reports; it has no other programs than those of BusyBox."""
        out = self._lab.folder / "report"
        out.unlink(missing_ok=True)
        out.touch()
        environment = ("env", "-i", f"PATH={self._programs}", f"OUT={out}")
        self.caller.run(*environment, "sh", "-c", SCRIPT, "probe", domain, dns, *ips, timeout=120)
        return parse_report(out.read_text())

    def _pod(self, name: str, addresses: tuple[str, str]) -> Host:
        host = self._lab.host(name)
        ipv4, ipv6 = addresses
        self._lab.join(host, "net", f"{ipv4}/24", f"{ipv6}/64")
        return host


@pytest.fixture(scope="module")
def pods(shared_lab: Lab) -> Pods:
    if not shutil.which("busybox"):
        pytest.skip("needs the package busybox")
    pods = Pods(shared_lab)
    for address in FAR:
        pods.called.serve_dns(
            address,
            kubernetes_default_svc_cluster_local="10.45.0.1",
            kubernetes_default_svc_broken_test="SERVFAIL",
        )
    return pods


def test_pods_that_answer_and_pods_that_do_not(pods: Pods) -> None:
    calls = pods.report(*FAR, *SILENT).calls
    assert calls == {0: Call(True, True), 1: Call(True, True), 2: Call(False, False), 3: Call(False, False)}


def test_large_packets_that_do_not_arrive(pods: Pods) -> None:
    pods.called.run("nft", LARGE_IS_DROPPED)
    try:
        assert pods.report(*FAR).calls == {0: Call(True, False), 1: Call(True, False)}
    finally:
        pods.called.run("nft", "delete table inet hole")


@pytest.mark.parametrize("domain", ["cluster.local", "other.test", "broken.test"])
@pytest.mark.parametrize("server", FAR)
def test_a_dns_server_answers_whether_it_knows_the_name_or_not(pods: Pods, domain: str, server: str) -> None:
    assert pods.report(domain=domain, dns=server).dns is True


@pytest.mark.parametrize("server", [SILENT[0], NEAR[0]], ids=["nobody", "no DNS"])
def test_a_dns_server_that_does_not_answer(pods: Pods, server: str) -> None:
    assert pods.report(domain="cluster.local", dns=server).dns is False


def test_without_a_dns_server_nothing_is_told_of_one(pods: Pods) -> None:
    assert pods.report().dns is None

"""The script of `kgctl peering verify --probe`, run by the programs of the image: those of BusyBox."""

import itertools
import shutil
import subprocess
from pathlib import Path

import pytest

from kgctl_py.peering.probing.probe_script import SCRIPT, Call, Report, parse_report
from tests.api.certificates import Authority
from tests.tunnel.host import Host
from tests.tunnel.lab import Lab

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

NEAR, FAR = ("10.44.0.1", "fd44::1"), ("10.44.0.2", "fd44::2")
PORTS = itertools.count(6443)
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

    def report(self, *ips: str, domain: str = "", dns: str = "", api: str = "") -> Report:
        """Return what the caller reports; it has no other programs than those of BusyBox."""
        out = self._lab.folder / "report"
        out.unlink(missing_ok=True)
        out.touch()
        environment = ("env", "-i", f"PATH={self._programs}", f"OUT={out}", f"LOG={out}.log")
        self.caller.run(*environment, "sh", "-c", SCRIPT, "probe", domain, dns, api, *ips, timeout=120)
        return parse_report(out.read_text())

    def api_server(self, address: str, status: str, tls: str = "TLSv1_2") -> str:
        """Start an API server that answers with a status, and return its HOST:PORT."""
        port = next(PORTS)
        self.called.serve_https(address, port, self._pem(), tls, status)
        return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"

    def _pem(self) -> Path:
        """Write the certificate of a server, with issuers that make the TLS handshake larger than a packet."""
        server, issuers = Authority().server(), [Authority().certificate for _ in range(4)]
        file = self._lab.folder / "server.pem"
        file.write_bytes(b"".join([server.key, server.certificate, *issuers]))
        return file

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


def test_services_that_are_not_asked_are_not_reported(pods: Pods) -> None:
    assert pods.report() == Report(calls={})


REFUSES = "401 Unauthorized"


@pytest.mark.parametrize("status", ["200 OK", REFUSES, "500 Internal Server Error"])
@pytest.mark.parametrize("address", FAR)
def test_an_api_server_answers_with_any_status(pods: Pods, address: str, status: str) -> None:
    server = pods.api_server(address, status)
    assert pods.report(api=server) == Report(calls={}, api_server=True)


def test_an_api_server_whose_tls_busybox_does_not_have_answers_without_tls(pods: Pods) -> None:
    assert pods.report(api=pods.api_server(FAR[0], "200 OK", "TLSv1_3")).api_server is True


def test_nobody_is_no_api_server(pods: Pods) -> None:
    assert [pods.report(api=f"{address}:443").api_server for address in (SILENT[0], NEAR[0])] == [False, False]


def test_a_server_that_says_nothing_of_http_is_no_api_server(pods: Pods) -> None:
    pods.called.serve_tcp(FAR[0], 7)
    assert pods.report(api=f"{FAR[0]}:7").api_server is False


def test_an_api_server_behind_a_path_that_loses_large_packets_does_not_answer(pods: Pods) -> None:
    server = pods.api_server(FAR[0], REFUSES)
    pods.caller.run("nft", LARGE_IS_DROPPED)  # its certificate is larger
    try:
        assert pods.report(api=server).api_server is False
    finally:
        pods.caller.run("nft", "delete table inet hole")

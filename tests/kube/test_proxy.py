"""Which proxy is between kgctl and a server: the one that Go chooses."""

import socketserver
import threading
from pathlib import Path

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.kube.auth import Access, Cluster, User
from kgctl_py.kube.auth.proxy import choose_proxy
from kgctl_py.kube.client import Client
from tests.kube.fake_server import kubeconfig

PROXY = "http://proxy.example.com:3128"
NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NAMES, *map(str.lower, NAMES), "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)


def proxy(server: str = "https://k8s.example.com:6443", proxy_url: str | None = None) -> str:
    return choose_proxy(Access(cluster=Cluster(server=server, proxy_url=proxy_url), user=User()))


@pytest.mark.parametrize("name", ["ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy", "SOCKS_PROXY"])
def test_a_variable_that_go_does_not_know_for_https_is_nothing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, PROXY)
    assert proxy() == ""


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_each_scheme_has_its_variable_and_capitals_come_first(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv(f"{scheme}_proxy", "small:1")
    assert proxy(f"{scheme}://k8s.example.com") == "http://small:1"
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", PROXY)
    assert proxy(f"{scheme}://k8s.example.com") == PROXY
    for here in ("localhost", "127.0.0.1:6443", "[::1]", "127.9.9.9"):
        assert proxy(f"{scheme}://{here}") == ""


def test_a_cgi_server_cannot_be_told_a_proxy_by_its_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", PROXY)
    monkeypatch.setenv("REQUEST_METHOD", "GET")
    assert proxy("http://k8s.example.com") == ""


@pytest.mark.parametrize(
    ("entries", "server", "expected"),
    [
        ("*", "k8s.example.com", True),
        ("example.com", "k8s.example.com", True),
        ("example.com", "example.com", True),
        ("Example.COM", "k8s.example.com", True),
        (".example.com", "k8s.example.com", True),
        (".example.com", "example.com", False),
        ("*.example.com", "k8s.example.com", True),
        ("*.example.com", "example.com", False),
        ("ample.com", "example.com", False),
        ("example.com:6443", "k8s.example.com:6443", True),
        ("example.com:443", "k8s.example.com", True),
        ("example.com:80", "k8s.example.com", False),
        ("a, ,example.com", "k8s.example.com", True),
        ("10.0.0.0/8", "10.1.2.3:6443", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3:6443", "10.1.2.3:6443", True),
        ("10.1.2.3:6443", "10.1.2.3", False),
        ("fd00::/8", "[fd00::1]:6443", True),
        ("fd00::1", "[fd00:0::1]", True),
        ("[fd00::1]:6443", "[fd00::1]:6443", True),
        ("10.0.0.0/99,/,:", "10.1.2.3", False),
        ("0.0.0.0/0", "example.com", False),
    ],
)
def test_no_proxy_is_read_as_go_reads_it(
    monkeypatch: pytest.MonkeyPatch, entries: str, server: str, expected: bool
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", entries)
    assert (proxy(f"https://{server}") == "") is expected
    assert proxy(f"https://{server}", proxy_url=PROXY) == PROXY


def test_a_socks_proxy_looks_names_up_and_one_of_another_kind_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxy(proxy_url="socks5://p:1080") == "socks5h://p:1080"
    monkeypatch.setenv("HTTPS_PROXY", "ftp://u:hush@p")
    with pytest.raises(KgctlError, match="not a URL") as caught:
        proxy()
    assert "hush" not in caught.value.message


def test_a_socks_proxy_that_is_down_is_reported_in_our_words(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path / "config", "https://k8s.invalid", proxy_url="socks5://u:hush@127.0.0.1:1")
    with pytest.raises(KgctlError) as caught:
        Client(kubeconfig=path).get("/api/v1/nodes")
    assert "connection refused" in caught.value.message.lower()
    for word in ("interruptible", "Interruptible", "sOCKS", "Errno", "hush"):
        assert word not in caught.value.message


@pytest.mark.parametrize(("code", "reason"), [(1, "General SOCKS server failure"), (5, "Connection refused")])
def test_a_server_that_is_down_behind_a_socks_proxy_is_not_blamed_on_the_proxy(
    tmp_path: Path, code: int, reason: str
) -> None:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.read(3)  # the version, and one way to log in
            self.wfile.write(b"\5\0")
            self.rfile.read(4)
            self.rfile.read(self.rfile.read(1)[0] + 2)  # the name and the port of the server
            self.wfile.write(bytes([5, code, 0, 1, 0, 0, 0, 0, 0, 0]))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as socks:
        threading.Thread(target=socks.serve_forever, args=(0.005,), daemon=True).start()
        proxy_url = f"socks5://127.0.0.1:{socks.server_address[1]}"
        path = kubeconfig(tmp_path / "config", "https://k8s.invalid", proxy_url=proxy_url)
        with pytest.raises(KgctlError) as caught:
            Client(kubeconfig=path).get("/api/v1/nodes")
        socks.shutdown()
    assert caught.value.message.startswith('cannot reach the API server "https://k8s.invalid": ')
    assert reason in caught.value.message
    assert caught.value.hint.startswith("check that the server is running")

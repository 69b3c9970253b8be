"""An agent of Kilo that an API server reaches: its pod, and the port at which it serves its metrics."""

import contextlib
import http.server
import ipaddress
import socket
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from typing import Any

from tests.api.server import ApiServerProcess

PODS = "/api/v1/namespaces/kube-system/pods"
_SPARE = "192.0.2.53"
"""An address for documentation, for a machine without any but the loopback's, to which no API server connects."""


@contextlib.contextmanager
def agent(server: ApiServerProcess, node: str, metrics: bytes) -> Iterator[None]:
    """Run an agent on a node while the block runs."""
    with _own_address() as address, _serving(address, metrics) as port:
        pod = _create(server, node, port)
        running = {"name": "kilo", "ready": True, "restartCount": 0, "image": "x", "imageID": "x"}
        status = {
            "phase": "Running",
            "podIP": address,
            "podIPs": [{"ip": address}],
            "containerStatuses": [running | {"state": {"running": {}}}],
        }
        server.request("PUT", f"{PODS}/kilo-{node}/status", pod | {"status": status})
        try:
            yield
        finally:
            server.request("DELETE", f"{PODS}/kilo-{node}?gracePeriodSeconds=0")


def _create(server: ApiServerProcess, node: str, port: int) -> dict[str, Any]:
    metadata = {"name": f"kilo-{node}", "labels": {"app.kubernetes.io/name": "kilo"}}
    container = {"name": "kilo", "image": "squat/kilo", "args": [f"--listen=:{port}"]}
    return server.create(PODS, {"metadata": metadata, "spec": {"nodeName": node, "containers": [container]}})


@contextlib.contextmanager
def _serving(address: str, metrics: bytes) -> Iterator[int]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path.partition("?")[0] == "/metrics" else 404)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(metrics)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with socketserver.ThreadingTCPServer((address, 0), Handler) as served:  # which asks no name server
        served.daemon_threads = True
        threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True).start()
        yield int(served.server_address[1])
        served.shutdown()


@contextlib.contextmanager
def _own_address() -> Iterator[str]:
    """Find an address of this machine that is not the loopback's, or add one."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("203.0.113.1", 9))  # sends nothing
        address = ipaddress.ip_address(probe.getsockname()[0])
        if not (address.is_loopback or address.is_link_local):
            yield str(address)
            return
    subprocess.run(["ip", "address", "add", f"{_SPARE}/32", "dev", "lo"], check=True)
    try:
        yield _SPARE
    finally:
        subprocess.run(["ip", "address", "del", f"{_SPARE}/32", "dev", "lo"], check=True)

"""A server in front of an API server before 1.21, which serves EndpointSlices as later ones do.

Version v1beta1 of EndpointSlices has the fields of v1 that kgctl uses; only the name of the version is changed.
"""

import contextlib
import http.client
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from tests.api.certificates import context_that_trusts
from tests.api.server import ApiServerProcess

_OLD, _NEW = b"discovery.k8s.io/v1beta1", b"discovery.k8s.io/v1"
_PATIENCE = 300


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


@contextlib.contextmanager
def newer(server: ApiServerProcess, user: str, folder: Path) -> Iterator[Path]:
    """Serve all that `server` allows `user`, and yield the kubeconfig for it, which needs no credentials."""
    is_new = server.serves("/apis/discovery.k8s.io/v1/endpointslices")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            connection = http.client.HTTPSConnection(
                urlsplit(server.url).netloc, timeout=_PATIENCE, context=context_that_trusts(server.ca)
            )
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path = self.path.encode().replace(_NEW + b"/", _NEW + b"/" if is_new else _OLD + b"/").decode()
            headers = {"Authorization": f"Bearer {server.token(user)}", "Accept": "application/json"}
            if body:
                headers["Content-Type"] = self.headers["Content-Type"]
            connection.request(self.command, path, body.replace(_NEW, _NEW if is_new else _OLD) or None, headers)
            with contextlib.closing(connection), contextlib.suppress(OSError):  # a watch ends when kgctl does
                self._answer(connection.getresponse())

        def _answer(self, response: http.client.HTTPResponse) -> None:
            self.send_response(response.status)
            for name in ("Content-Type", "Date"):
                self.send_header(name, response.headers[name])
            self.end_headers()
            while line := response.readline():
                self.wfile.write(line.replace(_OLD, _NEW))
                self.wfile.flush()

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    front = _Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=front.serve_forever, daemon=True).start()
    try:
        file = folder / "newer.kubeconfig"
        cluster = {"server": f"http://127.0.0.1:{front.server_address[1]}"}
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "tests", "cluster": cluster}],
            "contexts": [{"name": "tests", "context": {"cluster": "tests"}}],
            "current-context": "tests",
        }
        file.write_text(json.dumps(content))
        yield file
    finally:
        front.shutdown()
        front.server_close()

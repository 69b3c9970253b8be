"""A small server that answers as it is told, for what a real API server will not do on demand."""

import contextlib
import dataclasses
import http.server
import itertools
import json
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from kgctl_py import names
from kgctl_py.kilo import resources
from kgctl_py.kube.objects import kinds
from tests.api.certificates import Authority, Signed

EMPTY = b'{"items": []}'
"""A list of no objects, which gets the kind of the path that it is sent for."""

KINDS = {kind.resource: kind.name for kind in vars(kinds).values() if isinstance(kind, kinds.Kind)} | {
    resources.PEERS: names.PEER_KIND
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer; `length` is the Content-Length it claims, `pace` the seconds before each byte of the body.

    A reply with a `status` of 0 never comes. One with `lines` sends each when there is one, and then ends, or
    breaks off when the iterator raises CutError.
    """

    status: int = 200
    body: bytes = EMPTY
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    length: int | None = None
    pace: float = 0
    lines: Iterator[bytes] | None = None


class CutError(Exception):
    """The connection breaks."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = EMPTY


def status(code: int, message: str, **headers: str) -> Reply:
    """Return a refusal in Kubernetes' own form; `retry_after` becomes the header of that name."""
    body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": code}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=code, body=json.dumps(body).encode(), headers=named)


def watch(*events: Mapping[str, Any], then: Iterable[bytes] = ()) -> Reply:
    """Return an answer to a watch: some events, and `then` others."""
    return Reply(lines=itertools.chain((json.dumps(event).encode() + b"\n" for event in events), then))


def cut() -> bytes:
    """Break off, in the place of a line."""
    raise CutError


def page(*names: str, more: str = "") -> Reply:
    """Return a page of objects that have nothing but names; `more` is the token of the next page."""
    items = [{"metadata": {"name": name}} for name in names]
    return Reply(body=json.dumps({"items": items, "metadata": {"continue": more}}).encode())


def empty_list(path: str) -> bytes:
    """Return an empty list of the kind that a server has at a path."""
    return json.dumps({"kind": f"{KINDS.get(path.rpartition('/')[2], '')}List", "items": []}).encode()


def endless_list() -> list[Reply]:
    """Return the pages of a list without an end: to read all that are here takes two minutes."""
    return [dataclasses.replace(page("p", more=str(number)), pace=0.001) for number in range(2_000)]


class FakeServer:
    """Answers every path with the replies it has for it, one after the other, the last one again and again.

    A path with none is answered with an empty list. A watch of a path is a path of its own, with `?watch` at its
    end; one with none tells nothing until the server is closed.
    """

    def __init__(self, replies: Mapping[str, Iterable[Reply]] | None = None, *, tls: Signed | None = None) -> None:
        self._replies = {path: list(some) for path, some in (replies or {}).items()}
        self.requests: list[Request] = []
        self.closed = threading.Event()
        self.holds_open = False
        """Whether a body that is shorter than it claims is followed by silence instead of the end."""
        self.answers_once = False
        """Whether the second request on a connection closes it, as if the server had just given it up."""
        self.connections = 0
        self._sockets: list[socket.socket] = []
        fake = self

        class Handler(_Handler):
            server_of = fake

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        if tls:
            self._server.socket = _context(tls).wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "FakeServer":
        threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.closed.set()
        self._server.shutdown()
        self._server.server_close()

    def hang_up(self) -> None:
        """Close every connection there is, as a server does with those that were idle for long."""
        for connection in self._sockets:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def connected(self, connection: socket.socket) -> None:
        """Count a new connection."""
        self.connections += 1
        self._sockets.append(connection)

    def add(self, path: str, reply: Reply) -> None:
        """Answer a path that was not known before the server had an address."""
        self._replies[path] = [reply]

    def reply(self, path: str) -> Reply:
        """Return the next reply for `path`."""
        unless = Reply(lines=self._silence()) if path.endswith("?watch") else Reply()
        replies = self._replies.get(path, [unless])
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        return dataclasses.replace(reply, body=empty_list(path)) if reply.body == EMPTY else reply

    def _silence(self) -> Iterator[bytes]:
        self.closed.wait()
        yield from ()

    def asked(self, path: str) -> list[Request]:
        """Return the requests for `path`, in order."""
        return [request for request in self.requests if request.path == path]


UNVERIFIED: Mapping[str, bool] = {"insecure_skip_tls_verify": True}
"""The fields of a cluster that trusts any certificate."""


def secure_server(replies: Mapping[str, Iterable[Reply]] | None = None) -> FakeServer:
    """Return a server with TLS, over which credentials are sent."""
    return FakeServer(replies, tls=Authority().server("localhost", "127.0.0.1"))


def kubeconfig(file: Path, server: str, *, user: Mapping[str, Any] | None = None, **cluster: Any) -> str:
    """Write a kubeconfig for `server`, and give its path; `_` in a field of the cluster stands for `-`."""
    fields = {name.replace("_", "-"): value for name, value in cluster.items()}
    content = {
        "clusters": [{"name": "fake", "cluster": {"server": server, **fields}}],
        "contexts": [{"name": "fake", "context": {"cluster": "fake", "user": "somebody"}}],
        "users": [{"name": "somebody", "user": user or {}}],
        "current-context": "fake",
    }
    file.write_text(json.dumps(content))
    return str(file)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each body waits 40 ms for the client to acknowledge the headers
    server_of: FakeServer
    has_answered = False
    body = b""

    def setup(self) -> None:
        super().setup()
        self.server_of.connected(self.connection)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(
            method=self.command, path=url.path, query=dict(parse_qsl(url.query)), headers=headers, body=self.body
        )
        self.server_of.requests.append(request)
        if self.has_answered and self.server_of.answers_once:
            self.close_connection = True
            return
        self.has_answered = True
        with contextlib.suppress(OSError):  # who asked may have left
            self._send(self.server_of.reply(url.path + ("?watch" if "watch" in request.query else "")))

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.do_GET()
        self.body = b""

    def do_PATCH(self) -> None:
        self.do_POST()

    def _send(self, reply: Reply) -> None:
        if not reply.status:
            self.server_of.closed.wait()
            return
        self.send_response_only(reply.status)
        if reply.lines is not None:
            self._send_lines(reply.lines)
            return
        length = len(reply.body) if reply.length is None else reply.length
        if "Transfer-Encoding" not in reply.headers:
            self.send_header("Content-Length", str(length))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        for part in [reply.body] if not reply.pace else [reply.body[i : i + 1] for i in range(len(reply.body))]:
            time.sleep(reply.pace)
            self.wfile.write(part)
        if length > len(reply.body) and self.server_of.holds_open:
            self.server_of.closed.wait()
        self.close_connection = length != len(reply.body)

    def _send_lines(self, lines: Iterator[bytes]) -> None:
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for line in lines:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
        except CutError:
            self.close_connection = True
            return
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server names it so
        """Say nothing."""


def _context(signed: Signed) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(signed.certificate + signed.key)
        file.flush()
        context.load_cert_chain(file.name)
    return context

"""A proxy that opens tunnels, as one before an HTTPS server does; all of them lead to one server."""

import socket
import socketserver
import threading
from types import TracebackType


class TunnelProxy:
    """Answers every CONNECT with a tunnel to `target`; `heads` are the requests as they came."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.heads: list[str] = []
        proxy = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    head += self.rfile.readline()
                proxy.heads.append(head.decode())
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                with socket.create_connection(target) as server:
                    there = threading.Thread(target=_pump, args=(self.connection, server), daemon=True)
                    there.start()
                    _pump(server, self.connection)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "TunnelProxy":
        threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while part := source.recv(65536):
            sink.sendall(part)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return  # one of both has left

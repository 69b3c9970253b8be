"""What a TLS socket does that `ssl.SSLSocket` does, too, and that no client can show."""

import contextlib
import socket
import ssl
import time

import pytest

from kgctl_py.kube.auth.tls import client_context, trust_pem
from kgctl_py.kube.auth.tls_socket import TlsSocket
from tests.api.certificates import Authority
from tests.kube.tls_server import AUTHORITY, ServerSide, TlsServer, server_context
from tests.kube.watched import until


def trusting() -> ssl.SSLContext:
    context = client_context()
    trust_pem(context, AUTHORITY.certificate)
    return context


def connected(server: TlsServer, name: str = "127.0.0.1") -> TlsSocket:
    plain = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    return TlsSocket(plain, trusting(), name)


def test_a_record_that_comes_byte_by_byte_does_not_stretch_the_timeout() -> None:
    def script(side: ServerSide) -> None:
        with contextlib.suppress(OSError):
            for byte in side.records(b"x" * 4_096):
                side.send(bytes([byte]))
                time.sleep(0.02)

    with TlsServer(script) as server, connected(server) as tls:
        tls.do_handshake()
        tls.settimeout(0.3)
        with pytest.raises(TimeoutError):
            tls.recv_into(bytearray(10))
        assert tls.gettimeout() == 0.3


def test_what_has_arrived_is_received_without_waiting_for_more() -> None:
    def script(side: ServerSide) -> None:
        side.send(side.records(b"abc", 1))
        side.wait()

    got = b""
    with TlsServer(script) as server, connected(server) as tls:
        tls.do_handshake()
        buffer = bytearray(100_000)
        while len(got) < 3:
            got += bytes(buffer[: tls.recv_into(buffer)])
    assert got == b"abc"


def test_no_server_is_believed_without_a_name() -> None:
    with (
        TlsServer(ServerSide.wait) as server,
        socket.create_connection(("127.0.0.1", server.port)) as plain,
        pytest.raises(ValueError, match="server_hostname"),
    ):
        TlsSocket(plain, trusting(), "")


def test_a_server_that_is_not_trusted_is_told_why() -> None:
    other = server_context(Authority("other").server("localhost", "127.0.0.1"))
    with TlsServer(ServerSide.wait, other) as server, connected(server) as tls:
        with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer certificate"):
            tls.do_handshake()
        until(lambda: "unknown ca" in str(server.errors))

"""TLS with a server: what arrives, what does not count as whole, and what is refused, by both ways to it."""

import base64
import json
import random
import re
import ssl
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.kube.client import Client
from tests.api.certificates import Authority
from tests.kube.fake_server import kubeconfig
from tests.kube.own_records import OwnRecords, context_with_key_log
from tests.kube.tls_server import AUTHORITY, OK, ServerSide, TlsServer, chunked, server_context, sized

PATH = "/api/v1/nodes"
BODY = random.Random(18).randbytes(300_000)
FORMS: dict[str, Callable[[bytes], bytes]] = {"chunks": lambda body: chunked(body, 5_870), "length": sized}

pytestmark = pytest.mark.usefixtures("way")


def client(folder: Path, server: TlsServer, timeout: float = 30, user: Mapping[str, str] | None = None) -> Client:
    trusted = {"certificate_authority_data": encoded(AUTHORITY.certificate)}
    config = kubeconfig(folder / "config", server.url, user=user, **trusted)
    return Client(kubeconfig=config, request_timeout=timeout)


def encoded(pem: bytes) -> str:
    return base64.b64encode(pem).decode()


def body_of(folder: Path, script: Callable[[ServerSide], None], context: ssl.SSLContext | None = None) -> bytes:
    with TlsServer(script, context) as server:
        return client(folder, server).get(PATH).body


def message_of(folder: Path, script: Callable[[ServerSide], None], **named: Any) -> str:
    with TlsServer(script, **named) as server, pytest.raises(KgctlError) as caught:
        client(folder, server).get(PATH)
    return caught.value.message


def limited(version: ssl.TLSVersion) -> ssl.SSLContext:
    context = server_context()
    context.maximum_version = version
    return context


@pytest.mark.parametrize("size", [900, 16_384])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=str)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_body_arrives_whole_however_its_records_are_cut(
    tmp_path: Path, form: Callable[[bytes], bytes], version: ssl.TLSVersion, size: int
) -> None:
    places = random.Random(size)

    def script(side: ServerSide) -> None:
        for _ in range(2):
            side.request()
            raw = side.records(form(BODY), size)
            while raw:
                most = places.choice([1, 5, 4_096, 70_000])
                side.send(raw[:most])
                raw = raw[most:]

    with TlsServer(script, limited(version)) as server:
        asking = client(tmp_path, server)
        assert [asking.get(PATH).body for _ in range(2)] == [BODY, BODY]
    assert server.connections == 1


def test_a_large_object_is_sent_whole(tmp_path: Path) -> None:
    sent = {"data": "x" * 700_000}
    requests: list[bytes] = []

    def script(side: ServerSide) -> None:
        requests.append(side.request())
        side.send(side.records(sized(b"{}")))

    with TlsServer(script) as server:
        assert client(tmp_path, server).send("POST", PATH, sent).body == b"{}"
    assert json.loads(requests[0].partition(b"\r\n\r\n")[2]) == sent


@pytest.mark.parametrize("ends", [True, False], ids=["ended", "cut"])
@pytest.mark.parametrize(
    ("form", "left"),
    [*((FORMS["length"], left) for left in (1, 299_000)), *((FORMS["chunks"], left) for left in (5, 7, 299_000))],
)
def test_a_body_that_is_cut_off_is_an_error(
    tmp_path: Path, form: Callable[[bytes], bytes], left: int, ends: bool
) -> None:
    def script(side: ServerSide) -> None:
        side.request()
        side.send(side.records(form(BODY)[:-left]) + (side.end() if ends else b""))

    assert re.search("is incomplete$|^lost the connection", message_of(tmp_path, script))


def test_a_body_that_is_cut_off_within_a_record_is_an_error(tmp_path: Path) -> None:
    def script(side: ServerSide) -> None:
        side.request()
        side.send(side.records(sized(BODY))[:-1])

    assert message_of(tmp_path, script).endswith("is incomplete")


def test_a_damaged_record_is_an_error(tmp_path: Path) -> None:
    def script(side: ServerSide) -> None:
        side.request()
        raw = bytearray(side.records(sized(BODY)))
        raw[100_000] ^= 1
        side.send(bytes(raw))
        side.wait()

    message = message_of(tmp_path, script)
    assert message.startswith("cannot speak TLS with the API server ")
    assert "bad record mac" in message or "record layer failure" in message  # OpenSSL 3.0 and 3.6


@pytest.mark.parametrize("after", [b"\x16\x03\x03\x00\x01?", b"HTTP/1.1 400", b"\x00" * 100])
def test_what_follows_a_whole_body_does_not_spoil_it(tmp_path: Path, after: bytes) -> None:
    def script(side: ServerSide) -> None:
        side.request()
        side.send(side.records(sized(BODY)) + after)
        side.wait()

    assert body_of(tmp_path, script) == BODY


def test_a_server_that_ends_tls_after_an_answer_is_asked_on_a_new_connection(tmp_path: Path) -> None:
    def script(side: ServerSide) -> None:
        side.request()
        side.send(side.records(sized(BODY)) + side.end())

    with TlsServer(script) as server:
        asking = client(tmp_path, server)
        assert [asking.get(PATH).body for _ in range(3)] == [BODY] * 3
        assert server.connections == 3


def test_a_server_changes_keys_within_an_answer_and_gets_a_new_one(tmp_path: Path) -> None:
    key_log = tmp_path / "keys"
    requests: list[bytes] = []

    def script(side: ServerSide) -> None:
        own = OwnRecords(side.tls, key_log)
        for _ in range(3):
            requests.append(side.request())
            answer = sized(BODY[:20_000])
            first, second = own.record(answer[:7_000]), own.update_key()
            side.send(first + second + own.record(answer[7_000:9_000]))
            side.send(own.update_key() + own.record(answer[9_000:]))

    with TlsServer(script, context_with_key_log(key_log)) as server:
        asking = client(tmp_path, server)
        assert [asking.get(PATH).body for _ in range(3)] == [BODY[:20_000]] * 3
    assert (len(requests), server.connections, server.errors) == (3, 1, [])


def test_lines_of_a_watch_are_told_as_they_arrive(tmp_path: Path) -> None:
    told = threading.Semaphore(0)

    def script(side: ServerSide) -> None:
        side.request()
        side.send(side.records(OK + b"Transfer-Encoding: chunked\r\n\r\n"))
        for number in range(5):
            side.send(side.records(b"4\r\na%d b\r\n" % number))
            side.send(side.records(b"1\r\n\n\r\n2\r\nc\n\r\n1\r\nd\r\n"))
            assert told.acquire(timeout=30)
            side.send(side.records(b"1\r\n\n\r\n"))
            assert told.acquire(timeout=30)
        side.wait()

    with TlsServer(script) as server:
        reply = client(tmp_path, server).stream(PATH, {"watch": "1"}, silence=30)
        lines = reply.lines()
        for number in range(5):
            assert (next(lines), next(lines)) == (b"a%d b\n" % number, b"c\n")
            told.release()
            assert next(lines) == b"d\n"
            told.release()
        reply.close()
        assert list(lines) == []
    assert server.errors == []


def test_a_watch_that_is_closed_ends_for_the_thread_that_reads_it(tmp_path: Path) -> None:
    def script(side: ServerSide) -> None:
        side.request()
        side.send(side.records(OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\na\n\r\n"))
        side.wait()

    with TlsServer(script) as server:
        reply = client(tmp_path, server).stream(PATH, {"watch": "1"}, silence=60)
        seen: list[bytes] = []
        first = threading.Event()

        def read() -> None:
            for line in reply.lines():
                seen.append(line)
                first.set()

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        assert first.wait(30)
        reply.close()
        reader.join(30)
        assert (reader.is_alive(), seen) == (False, [b"a\n"])


def test_a_watch_without_a_word_ends_after_its_silence(tmp_path: Path) -> None:
    def script(side: ServerSide) -> None:
        side.request()
        side.send(side.records(OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\na\n\r\n"))
        side.wait()

    with TlsServer(script) as server:
        lines = client(tmp_path, server).stream(PATH, {"watch": "1"}, silence=0.3).lines()
        assert next(lines) == b"a\n"
        with pytest.raises(TimeoutError):
            next(lines)


def silent(side: ServerSide) -> None:
    side.wait()


def test_a_handshake_without_an_answer_ends_in_time(tmp_path: Path) -> None:
    with (
        TlsServer(silent, plain=True) as server,
        pytest.raises(KgctlError, match="did not answer within"),
    ):
        client(tmp_path, server, timeout=0.2).get(PATH)


def test_a_server_that_stops_within_a_record_is_given_up_in_time(tmp_path: Path) -> None:
    def script(side: ServerSide) -> None:
        side.request()
        side.send(side.records(sized(BODY))[:-1])
        side.wait()

    with TlsServer(script) as server, pytest.raises(KgctlError, match="did not answer within"):
        client(tmp_path, server, timeout=0.5).get(PATH)


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "cannot speak TLS with .*: (wrong version number|http request)"),
        (b"\x15\x03\x01\x00\x02\x02\x28", "cannot speak TLS with .*: .*alert handshake failure"),
        (b"", "cannot speak TLS with .*: unexpected eof while reading"),
        (b"\x16\x03\x03\x40\x00half", "cannot speak TLS with .*: unexpected eof while reading"),
    ],
    ids=["http", "alert", "end", "half"],
)
def test_a_server_without_tls_is_reported(tmp_path: Path, first: bytes, expected: str) -> None:
    def script(side: ServerSide) -> None:
        side.socket.recv(65536)
        side.send(first)

    assert re.search(expected, message_of(tmp_path, script, plain=True))


def test_a_server_that_is_not_trusted_is_refused(tmp_path: Path) -> None:
    context = server_context(Authority("other").server("localhost", "127.0.0.1"))
    message = message_of(tmp_path, silent, context=context)
    assert message.endswith("is not trusted: unable to get local issuer certificate")


def test_a_server_with_another_name_is_refused(tmp_path: Path) -> None:
    context = server_context(AUTHORITY.server("localhost", "127.0.0.2"))
    assert "is not trusted: IP address mismatch" in message_of(tmp_path, silent, context=context)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=str)
def test_a_server_knows_the_client_by_its_certificate(tmp_path: Path, version: ssl.TLSVersion) -> None:
    users = Authority("users")
    anna = users.client("anna")
    context = server_context(clients=users)
    context.maximum_version = version
    seen: list[Any] = []

    def script(side: ServerSide) -> None:
        side.request()
        seen.append(side.tls.getpeercert())
        side.send(side.records(sized(b"{}")))

    with TlsServer(script, context) as server:
        user = {"client-certificate-data": encoded(anna.certificate), "client-key-data": encoded(anna.key)}
        asking = client(tmp_path, server, user=user)
        assert asking.get(PATH).body == b"{}"
        with pytest.raises(KgctlError, match=r"required|handshake failure|lost the connection"):
            client(tmp_path, server).get(PATH)
    assert seen[0]["subject"] == ((("commonName", "anna"),),)


def test_a_server_that_leaves_while_it_is_sent_a_large_object_is_an_error(tmp_path: Path) -> None:
    def script(side: ServerSide) -> None:
        side.receive()

    with TlsServer(script) as server, pytest.raises(KgctlError, match=r"lost the connection|cannot speak TLS"):
        client(tmp_path, server).send("POST", PATH, {"data": "x" * 20_000_000})

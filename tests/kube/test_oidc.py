"""The auth-provider "oidc": a token that is valid is used, one that is not is renewed, and no word is secret."""

import base64
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.kube.auth import Access, AuthProvider, Cluster, User, oidc
from kgctl_py.kube.client import Client
from tests.api.certificates import Authority
from tests.kube.fake_server import FakeServer, Reply, kubeconfig, status

DISCOVERY = "/id/.well-known/openid-configuration"


def jwt(expires: float) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": expires}).encode()).decode().rstrip("=")
    return f"e30.{claims}.hush"


def token(**config: str) -> str:
    return token_within(5, config)


def token_within(seconds: float, config: Mapping[str, str]) -> str:
    fields = {name.replace("_", "-"): value for name, value in config.items()}
    user = User(auth_provider=AuthProvider(name="oidc", config=fields))
    access = Access(cluster=Cluster(server="https://k"), user=user, user_name="kim")
    return oidc.log_in(access, seconds).id_token


@pytest.fixture
def authority() -> Authority:
    return Authority()


def renewed(tmp_path: Path, authority: Authority, answer: Reply, **config: str) -> str:
    (tmp_path / "ca.crt").write_bytes(b"\xff text\n" + authority.certificate)
    with FakeServer({"/token": [answer]}, tls=authority.server("localhost")) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        server.add(DISCOVERY, Reply(body=json.dumps({"token_endpoint": f"{url}/token"}).encode()))
        fields = {"idp_issuer_url": f"{url}/id", "idp_certificate_authority": str(tmp_path / "ca.crt")}
        return token(
            **{"client_id": "k", "refresh_token": "hush-r", "client_secret": "hush-s", **fields, **config}
        )


def test_a_valid_token_needs_no_request() -> None:
    valid = jwt(time.time() + 600)
    assert token(id_token=valid, idp_issuer_url="https://127.0.0.1:1") == valid


@pytest.mark.parametrize("old", [None, jwt(1), "soon", "x", "a.b.c", "e30.W10.x"])
def test_a_token_that_is_not_is_renewed(tmp_path: Path, authority: Authority, old: str | None) -> None:
    new = jwt(time.time() + 600)
    old = jwt(time.time() + 5) if old == "soon" else old
    answer = Reply(body=json.dumps({"id_token": new, "access_token": "x"}).encode())
    assert renewed(tmp_path, authority, answer, **({"id_token": old} if old else {})) == new


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Reply(status=400, body=b'{"error": "hush-r"}'), r'the issuer "localhost:\d+" answered 400'),
        (Reply(body=b"{}"), "its issuer gave no id_token"),
        (Reply(body=b"<html>hush"), "gave a response that does not follow OpenID Connect"),
    ],
)
def test_an_issuer_that_does_not_renew_it_is_reported(
    tmp_path: Path, authority: Authority, answer: Reply, words: str
) -> None:
    with pytest.raises(
        KgctlError, match=rf'^the auth-provider of user "kim" in .* cannot log in: .*{words}'
    ) as caught:
        renewed(tmp_path, authority, answer)
    assert "hush" not in caught.value.message + caught.value.hint
    assert "log in again" in caught.value.hint


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"id_token": jwt(1)}, "its id-token is not valid, but it has no refresh-token"),
        ({"refresh_token": "hush"}, "it has no client-id"),
        ({"refresh_token": "hush", "client_id": "k"}, "not an https URL"),
        (
            {"refresh_token": "hush", "client_id": "k", "idp_issuer_url": "http://127.0.0.1:1"},
            "not an https URL",
        ),
        (
            {"refresh_token": "hush", "client_id": "k", "idp_issuer_url": "https://u:hush@127.0.0.1:1"},
            'the issuer "127.0.0.1:1" cannot be reached: connection refused',
        ),
        (
            {"refresh_token": "hush", "client_id": "k", "idp_certificate_authority_data": "aHVzaA=="},
            "idp-certificate-authority contains no certificate",
        ),
        (
            {"refresh_token": "h", "client_id": "k", "idp_certificate_authority": "/no"},
            'cannot read "/no": no such',
        ),
    ],
)
def test_missing_settings_for_a_new_token_are_reported(config: dict[str, str], words: str) -> None:
    with pytest.raises(KgctlError) as caught:
        token(**config)
    assert words in caught.value.message
    assert "hush" not in caught.value.message


def sign_in(folder: Path, authority: Authority, replies: Mapping[str, Reply], timeout: float = 5) -> str:
    """Return why an issuer with these replies gives no token."""
    (folder / "ca.crt").write_bytes(authority.certificate)
    with FakeServer(
        {path: [reply] for path, reply in replies.items()}, tls=authority.server("localhost")
    ) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        server.add(
            DISCOVERY, replies.get(DISCOVERY) or Reply(body=b'{"token_endpoint": "%s/token"}' % url.encode())
        )
        fields = {"idp_issuer_url": f"{url}/id", "idp_certificate_authority": str(folder / "ca.crt")}
        with pytest.raises(KgctlError) as caught:
            token_within(timeout, {"client_id": "k", "refresh_token": "hush", "client_secret": "hush", **fields})
    assert "hush" not in caught.value.message
    return caught.value.message


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_from_https_to_http_is_not_followed(tmp_path: Path, authority: Authority, status: int) -> None:
    with FakeServer() as other:
        away = Reply(status=status, headers={"Location": f"{other.url}/token"})
        assert f"answered {status}" in sign_in(tmp_path, authority, {DISCOVERY: away})
        assert f"answered {status}" in sign_in(tmp_path, authority, {"/token": away})
        assert not other.requests


def test_secrets_are_not_sent_after_a_redirect(tmp_path: Path, authority: Authority) -> None:
    with FakeServer({}, tls=authority.server("localhost")) as other:
        away = Reply(status=307, headers={"Location": f"{other.url.replace('127.0.0.1', 'localhost')}/token"})
        assert "answered 307" in sign_in(tmp_path, authority, {"/token": away})
        assert not other.requests


def test_an_issuer_that_answers_byte_by_byte_is_given_up(tmp_path: Path, authority: Authority) -> None:
    slow = Reply(body=b" " * 10_000, pace=0.1)
    assert "did not answer within 0.5 s" in sign_in(tmp_path, authority, {DISCOVERY: slow}, 0.5)


def refresh_tokens_sent(
    folder: Path,
    authority: Authority,
    tokens: Sequence[Mapping[str, str | None]],
    answers: list[Reply],
    requests: int,
    *,
    failing_first: bool = False,
) -> list[str]:
    """Return the refresh tokens that a client sends to the issuer during a number of successful requests.

    With `failing_first`, no connection can be opened for the request before them, because a file is missing.
    """
    (folder / "ca.crt").write_bytes(authority.certificate)
    issued = [Reply(body=json.dumps(one).encode()) for one in tokens]
    with FakeServer({"/token": issued, "/version": answers}, tls=authority.server("localhost")) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        server.add(DISCOVERY, Reply(body=json.dumps({"token_endpoint": f"{url}/token"}).encode()))
        fields = {"idp-issuer-url": f"{url}/id", "idp-certificate-authority": str(folder / "ca.crt")}
        provider = {"name": "oidc", "config": {"client-id": "k", "refresh-token": "first", **fields}}
        trusted = folder / "later.crt"
        path = kubeconfig(
            folder / "config", url, user={"auth-provider": provider}, certificate_authority=str(trusted)
        )
        before = (folder / "config").read_bytes()
        client = Client(kubeconfig=path)
        if failing_first:
            with pytest.raises(KgctlError, match=r"later\.crt"):
                client.get("/version")
        trusted.write_bytes(authority.certificate)
        for _ in range(requests):
            client.get("/version")
        assert (folder / "config").read_bytes() == before
        return [parse_qs(request.body.decode())["refresh_token"][0] for request in server.asked("/token")]


def test_each_renewal_sends_the_newest_refresh_token(tmp_path: Path, authority: Authority) -> None:
    tokens: list[dict[str, str | None]] = [
        {"id_token": jwt(time.time() + 600), "refresh_token": "second"},
        {"id_token": jwt(time.time() + 600), "refresh_token": None},  # an issuer that does not rotate it here
        {"id_token": jwt(time.time() + 600), "refresh_token": "third"},
        {"id_token": jwt(time.time() + 600)},
    ]
    expired = status(401, "Unauthorized")
    answers = [Reply(), expired, Reply(), expired, Reply(), expired, Reply()]
    sent = refresh_tokens_sent(tmp_path, authority, tokens, answers, 4)
    assert sent == ["first", "second", "second", "third"]


def test_a_refresh_token_is_kept_if_no_connection_can_be_opened(tmp_path: Path, authority: Authority) -> None:
    tokens: list[dict[str, str | None]] = [
        {"id_token": jwt(time.time() + 600), "refresh_token": "second"},
        {"id_token": jwt(time.time() + 600), "refresh_token": "third"},
    ]
    sent = refresh_tokens_sent(tmp_path, authority, tokens, [Reply()], 1, failing_first=True)
    assert sent == ["first", "second"]


@pytest.mark.parametrize("new", ["opaque", "e30.e30.x", "soon", jwt(1)])
def test_a_new_token_without_a_useful_end_is_renewed_only_if_it_is_rejected(
    tmp_path: Path, authority: Authority, new: str
) -> None:
    tokens = [{"id_token": jwt(time.time() + 5) if new == "soon" else new}]
    answers = [Reply(), Reply(), Reply(), status(401, "Unauthorized"), Reply()]
    assert len(refresh_tokens_sent(tmp_path, authority, tokens, answers, 3)) == 1
    assert len(refresh_tokens_sent(tmp_path, authority, tokens, answers, 4)) == 2

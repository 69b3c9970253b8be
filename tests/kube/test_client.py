"""The client and servers, proxies and credentials of every kind, real ones but for the answers.

All of it holds for both ways to a server, so that they cannot drift apart.
"""

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.kube.api_error import ApiError, rule
from kgctl_py.kube.client import TRIES, Client
from tests.api.certificates import Authority
from tests.cli.kgctl import kgctl_program
from tests.kube.fake_server import UNVERIFIED, FakeServer, Reply, kubeconfig, secure_server, status
from tests.kube.tunnel_proxy import TunnelProxy

PATH = "/api/v1/nodes"
OK = Reply(body=b'{"ok": true}')


pytestmark = pytest.mark.usefixtures("way")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config"


def get(path: str, timeout: float = 5) -> bytes:
    return Client(kubeconfig=path, request_timeout=timeout).get(PATH).body


def error_of(config: Path, reply: Reply, timeout: float = 5) -> KgctlError:
    with FakeServer({PATH: [reply]}) as server, pytest.raises(KgctlError) as caught:
        get(kubeconfig(config, server.url), timeout)
    return caught.value


def test_nothing_is_read_before_the_first_request(config: Path) -> None:
    client = Client(kubeconfig=str(config))
    with pytest.raises(KgctlError, match="no such file"):
        client.get(PATH)


def test_the_client_names_its_context_and_server(config: Path) -> None:
    client = Client(kubeconfig=kubeconfig(config, "https://kilo.example.com:6443/clusters/one/"))
    assert (client.context, client.server) == ("fake", "https://kilo.example.com:6443/clusters/one")


def test_a_server_below_a_path_gets_requests_there(config: Path) -> None:
    with FakeServer({f"/clusters/one{PATH}": [OK]}) as server:
        assert get(kubeconfig(config, f"{server.url}/clusters/one")) == OK.body


@pytest.mark.parametrize("code", [429, 503])
def test_a_busy_server_gets_a_retry_after_the_requested_time(config: Path, code: int) -> None:
    with FakeServer({PATH: [status(code, "busy", retry_after="1"), OK]}) as server:
        started = time.monotonic()
        assert get(kubeconfig(config, server.url)) == OK.body
    assert time.monotonic() - started >= 1


def test_a_server_that_stays_busy_gets_a_few_retries(config: Path) -> None:
    with FakeServer({PATH: [status(429, "too many requests", retry_after="0")]}) as server:
        with pytest.raises(ApiError, match="too many requests"):
            get(kubeconfig(config, server.url))
        assert len(server.requests) == TRIES


def test_a_server_that_asks_to_wait_past_the_deadline_is_not_waited_for(config: Path) -> None:
    started = time.monotonic()
    assert "answered 503" in error_of(config, status(503, "starting", retry_after="60")).message
    assert time.monotonic() - started < 3


def test_an_internal_error_is_reported_in_the_servers_words(config: Path) -> None:
    message = error_of(config, status(500, "etcdserver: no leader")).message
    assert message.endswith(f'answered 500 to GET "{PATH}": etcdserver: no leader')


def test_a_missing_crd_is_named_with_the_command_that_creates_it(config: Path) -> None:
    path, crds = "/apis/example.com/v1/things", {"things.example.com": "kubectl apply -f things.yaml"}
    with FakeServer({path: [status(404, "page not found")]}) as server:
        client = Client(kubeconfig=kubeconfig(config, server.url), crds=crds)
        with pytest.raises(ApiError, match=r'has no Things: CRD "things\.example\.com" is missing') as caught:
            client.get(path)
    assert caught.value.hint == "kubectl apply -f things.yaml"


def test_an_error_that_is_no_status_is_reported_by_its_number(config: Path) -> None:
    message = error_of(config, Reply(status=502, body=b"<html>")).message
    assert message.endswith('does not come from Kubernetes: 502 Bad Gateway: "<html>"')


@pytest.mark.parametrize("code", [401, 403, 404, 500])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>login</html>",
        b'{"message": "access_denied"}',
        b'{"kind": "Error", "code": 403}',
        b"\xff\xfe",
        b"[1]",
    ],
)
def test_an_answer_that_is_not_that_of_kubernetes_has_no_hint_of_it(config: Path, code: int, body: bytes) -> None:
    path, crds = "/apis/example.com/v1/things", {"things.example.com": "kubectl apply -f things.yaml"}
    with FakeServer({path: [Reply(status=code, body=body)]}) as server, pytest.raises(ApiError) as caught:
        Client(kubeconfig=kubeconfig(config, server.url), crds=crds).get(path)
    assert f"does not come from Kubernetes: {code} " in caught.value.message
    assert caught.value.hint == "check that this is the API server, and not a proxy or a login page"


@pytest.mark.parametrize(
    "body",
    [
        b"Client sent an HTTP request to an HTTPS server.\n",
        b"<title>400 The plain HTTP request was sent to HTTPS port</title>",
    ],
)
def test_http_on_a_port_for_https_has_the_hint_to_change_it(config: Path, body: bytes) -> None:
    with FakeServer({PATH: [Reply(status=400, body=body)]}) as server, pytest.raises(ApiError) as caught:
        get(kubeconfig(config, server.url))
    assert caught.value.hint == f"set server in the kubeconfig to {server.url.replace('http://', 'https://')}"


def test_a_long_page_is_cut_and_a_group_that_is_not_served_is_reported_by_the_server(config: Path) -> None:
    assert len(error_of(config, Reply(status=403, body=b"<p>" * 9999)).message) < 400
    path, crds = "/apis/example.com/v1/things", {"things.example.com": "kubectl apply -f things.yaml"}
    reply = Reply(status=404, body=b"404 page not found\n")
    with FakeServer({path: [reply]}) as server, pytest.raises(ApiError, match="is missing"):
        Client(kubeconfig=kubeconfig(config, server.url), crds=crds).get(path)


def test_a_redirect_is_not_followed(config: Path) -> None:
    reply = Reply(status=302, headers={"Location": "https://login.example.com"})
    assert "does not come from Kubernetes: 302 Found" in error_of(config, reply).message


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b'{"items": [', length=400),
        Reply(body=b'190\r\n{"items": [', headers={"Transfer-Encoding": "chunked"}, length=0),
        Reply(body=b"\x1f\x8b\x08\x00\x00", headers={"Content-Encoding": "gzip"}, length=400),
    ],
    ids=["length", "chunked", "compressed"],
)
def test_a_body_cut_off_is_an_error(config: Path, reply: Reply) -> None:
    message = error_of(config, reply).message
    assert message.startswith('the response from the API server "http://127.0.0.1:')
    assert message.endswith("is incomplete")


@pytest.mark.parametrize("reply", [Reply(status=0), Reply(pace=0.4, body=b" " * 60)], ids=["silent", "dripping"])
def test_a_slow_server_is_given_up_at_the_deadline(config: Path, reply: Reply) -> None:
    started = time.monotonic()
    error = error_of(config, reply, timeout=1)
    assert "did not answer within 1 s" in error.message
    assert "--request-timeout" in error.hint
    assert time.monotonic() - started < 3


def test_ctrl_c_ends_the_program_at_once(config: Path) -> None:
    with FakeServer({PATH: [Reply(status=0)]}) as server:
        command = kgctl_program("--kubeconfig", kubeconfig(config, server.url), "graph")
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as kgctl:
            while not server.asked(PATH):
                time.sleep(0.05)
            kgctl.send_signal(signal.SIGINT)
            stdout, stderr = kgctl.communicate(timeout=10)  # the server would be waited for longer
    assert (kgctl.returncode, stdout) == (130, b"")
    assert b"Traceback" not in stderr


def test_a_server_that_is_down_cannot_be_reached(config: Path) -> None:
    with pytest.raises(
        KgctlError, match=r'cannot reach the API server "https://127\.0\.0\.1:1": connection refused'
    ) as e:
        get(kubeconfig(config, "https://127.0.0.1:1"))
    assert str(config) in e.value.hint


def test_a_server_whose_name_is_unknown_cannot_be_reached(config: Path) -> None:
    with pytest.raises(KgctlError, match=r'cannot reach the API server "https://kilo\.invalid"'):
        get(kubeconfig(config, "https://kilo.invalid"))


def test_a_server_that_speaks_no_tls_is_told_from_one_that_is_not_trusted(config: Path) -> None:
    with FakeServer() as server, pytest.raises(KgctlError, match="cannot speak TLS with the API server"):
        get(kubeconfig(config, server.url.replace("http:", "https:")))


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture
def ca(authority: Authority, tmp_path: Path) -> str:
    (tmp_path / "ca.crt").write_bytes(authority.certificate)
    return "ca.crt"


def test_a_server_whose_authority_is_not_given_is_not_trusted(config: Path, authority: Authority) -> None:
    with FakeServer(tls=authority.server("kilo", "127.0.0.1")) as server:
        with pytest.raises(KgctlError, match="is not trusted: unable to get local issuer certificate") as caught:
            get(kubeconfig(config, server.url))
        assert "certificate-authority" in caught.value.hint


def test_a_certificate_for_another_name_is_not_trusted(config: Path, authority: Authority, ca: str) -> None:
    with (
        FakeServer(tls=authority.server("kilo")) as server,
        pytest.raises(KgctlError, match=r"not valid for '127\.0\.0\.1'"),
    ):
        get(kubeconfig(config, server.url, certificate_authority=ca))


def test_tls_server_name_is_the_name_that_the_certificate_must_have(
    config: Path, authority: Authority, ca: str
) -> None:
    with FakeServer({PATH: [OK]}, tls=authority.server("kilo")) as server:
        assert get(kubeconfig(config, server.url, certificate_authority=ca, tls_server_name="kilo")) == OK.body


def test_insecure_skip_tls_verify_trusts_any_server_without_a_warning(
    config: Path, authority: Authority, capfd: pytest.CaptureFixture[str]
) -> None:
    with FakeServer({PATH: [OK]}, tls=authority.server("kilo")) as server:
        assert get(kubeconfig(config, server.url, insecure_skip_tls_verify=True)) == OK.body
    assert capfd.readouterr() == ("", "")


def test_a_file_without_a_certificate_is_named(config: Path, tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("not PEM")
    with pytest.raises(KgctlError, match="certificate-authority contains no certificate"):
        get(kubeconfig(config, "https://127.0.0.1:1", certificate_authority="ca.crt"))


def test_a_file_that_is_not_there_is_named(config: Path, tmp_path: Path) -> None:
    with pytest.raises(KgctlError, match=str(tmp_path / "missing.crt")):
        get(kubeconfig(config, "https://127.0.0.1:1", certificate_authority="missing.crt"))


def test_a_client_key_of_another_certificate_is_refused(
    config: Path, tmp_path: Path, authority: Authority
) -> None:
    (tmp_path / "me.crt").write_bytes(authority.client("me").certificate)
    (tmp_path / "other.key").write_bytes(authority.client("other").key)
    user = {"client-certificate": "me.crt", "client-key": "other.key"}
    with pytest.raises(KgctlError, match=r'user "somebody" in .* do not belong together'):
        get(kubeconfig(config, "https://127.0.0.1:1", user=user))


ENCRYPTED_KEY = b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("halves", "told"),
    [
        ("kc", "client-certificate contains no certificate, but a private key; perhaps the two are swapped"),
        ("cc", "client-key contains no private key, but a certificate; perhaps the two are swapped"),
        ("xk", "client-certificate contains no certificate"),
        ("cx", "client-key contains no private key"),
        ("ce", "client-key is encrypted with a passphrase"),
    ],
)
def test_what_is_wrong_with_a_client_certificate_or_its_key_is_told(
    config: Path, tmp_path: Path, authority: Authority, halves: str, told: str
) -> None:
    client = authority.client("me")
    content = {"c": client.certificate, "k": client.key, "x": b"not PEM", "e": ENCRYPTED_KEY}
    (tmp_path / "me.crt").write_bytes(content[halves[0]])
    (tmp_path / "me.key").write_bytes(content[halves[1]])
    user = {"client-certificate": "me.crt", "client-key": "me.key"}
    with pytest.raises(KgctlError) as caught:
        get(kubeconfig(config, "https://127.0.0.1:1", user=user))
    assert caught.value.message.endswith(f": {told}")


def headers_sent(config: Path, user: dict[str, object]) -> dict[str, str]:
    with secure_server() as server:
        get(kubeconfig(config, server.url, user=user, **UNVERIFIED))
        return dict(server.requests[0].headers)


def test_a_user_and_password_are_sent(config: Path) -> None:
    assert headers_sent(config, {"username": "u", "password": "p"})["authorization"] == "Basic dTpw"


def test_who_is_impersonated_is_sent(config: Path) -> None:
    sent = headers_sent(config, {"as": "kim", "as-groups": ["ops"], "as-user-extra": {"why": ["test"]}})
    assert sent["impersonate-user"] == "kim"
    assert sent["impersonate-group"] == "ops"
    assert sent["impersonate-extra-why"] == "test"


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("acme.com/Proj", "acme.com%2fproj"),
        ("A_b~|^`!#$&'*+-.9", "a_b~|^`!#$&'*+-.9"),
        ("a b%c", "a%20b%25c"),
        ("ü", "%c3%bc"),
        ("a:b\r\nx", "a%3ab%0d%0ax"),
    ],
)
def test_the_key_of_an_extra_is_escaped_as_kubectl_does_it(config: Path, key: str, name: str) -> None:
    sent = headers_sent(config, {"as": "kim", "as-user-extra": {key: ["q"]}})
    assert sent[f"impersonate-extra-{name}"] == "q"


def test_a_token_file_comes_before_a_token(config: Path, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("fresh\n")
    assert headers_sent(config, {"token": "stale", "tokenFile": "token"})["authorization"] == "Bearer fresh"


def test_a_token_file_without_a_token_is_an_error_where_no_other_token_is(config: Path, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("\n")
    with pytest.raises(KgctlError, match=r'the token file ".*/token" is empty'):
        headers_sent(config, {"tokenFile": "token"})


@pytest.mark.parametrize("content", [None, "", " \n"])
def test_a_token_file_without_a_token_leaves_the_token(config: Path, tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "token").write_text(content)
    assert headers_sent(config, {"token": "t", "tokenFile": "token"})["authorization"] == "Bearer t"


def test_a_token_that_cannot_be_one_is_refused_and_not_shown(config: Path) -> None:
    with pytest.raises(KgctlError, match="a token with invalid characters") as caught:
        get(kubeconfig(config, "https://127.0.0.1:1", user={"token": "hush\nhush"}))
    assert "hush" not in caught.value.message + caught.value.hint


def test_credentials_that_run_out_are_read_again(config: Path, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("first")
    with secure_server({PATH: [OK, status(401, "Unauthorized"), OK]}) as server:
        client = Client(kubeconfig=kubeconfig(config, server.url, user={"tokenFile": "token"}, **UNVERIFIED))
        client.get(PATH)
        token.write_text("second")
        client.get(PATH)
        tokens = [request.headers["authorization"] for request in server.requests]
    assert tokens == ["Bearer first", "Bearer first", "Bearer second"]


@pytest.mark.parametrize(
    ("expiry", "runs"), [("2020-01-01T00:00:00Z", 2), ("2999-01-01T01:02:03+02:00", 1), (None, 1)]
)
def test_credentials_of_a_plugin_are_renewed_when_they_expire(
    config: Path, tmp_path: Path, expiry: str | None, runs: int
) -> None:
    version = "client.authentication.k8s.io/v1"
    status_of = {"token": "hush", "expirationTimestamp": expiry}
    answer = json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": status_of})
    args = ["-c", 'printf x >> "$0"; printf %s "$1"', str(tmp_path / "runs"), answer]
    user = {"exec": {"command": "sh", "args": args, "apiVersion": version, "interactiveMode": "Never"}}
    with secure_server({PATH: [OK]}) as server:
        client = Client(kubeconfig=kubeconfig(config, server.url, user=user, **UNVERIFIED))
        client.get(PATH)
        client.get(PATH)
        assert [request.headers["authorization"] for request in server.requests] == ["Bearer hush"] * 2
    assert len((tmp_path / "runs").read_text()) == runs


def test_a_page_is_no_answer_of_an_api_server_even_if_its_status_is_200(config: Path) -> None:
    error = error_of(config, Reply(body=b"<html>Log in</html>", headers={"Content-Type": "text/html; charset=x"}))
    assert error.message.endswith('does not come from Kubernetes: 200 OK: "<html>Log in</html>"')
    assert error.hint == "check that this is the API server, and not a proxy or a login page"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (429, "Too many requests, please try again later."),
        (429, "slow down"),
        (500, "too many requests, please try again later."),
        (503, "apiserver is shutting down, please try again later."),
    ],
)
def test_a_busy_server_is_not_taken_for_a_proxy(config: Path, code: int, text: str) -> None:
    error = error_of(config, Reply(status=code, body=text.encode()))
    assert "is busy: " in error.message
    assert error.message.endswith(f': "{text}"')
    assert error.hint == "try again later"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (403, "Access denied, please try again later."),
        (502, "Bad gateway, please try again later."),
        (403, "<html>Access denied, please try again later.</html>"),
        (503, "<!DOCTYPE html><p>Maintenance, please try again later.</p>"),
    ],
)
def test_a_proxy_is_not_taken_for_a_busy_server(config: Path, code: int, text: str) -> None:
    error = error_of(config, Reply(status=code, body=text.encode()))
    assert "does not come from Kubernetes: " in error.message
    assert error.message.endswith(f': "{text}"')


def test_credentials_that_were_never_good_are_not_tried_twice(config: Path) -> None:
    with secure_server({PATH: [status(401, "Unauthorized")]}) as server:
        with pytest.raises(ApiError, match="rejected the credentials") as caught:
            get(kubeconfig(config, server.url, user={"token": "hush"}, **UNVERIFIED))
        assert len(server.requests) == 1
    assert "hush" not in caught.value.message + caught.value.hint


def test_a_proxy_of_the_cluster_is_used_with_its_password(config: Path) -> None:
    with FakeServer({PATH: [OK]}) as proxy:
        address = proxy.url.replace("http://", "http://u:p%40@")
        assert get(kubeconfig(config, "http://kilo.invalid", proxy_url=address)) == OK.body
        assert proxy.requests[0].headers["proxy-authorization"] == "Basic dTpwQA=="


def test_no_proxy_does_not_concern_the_proxy_of_the_cluster(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    with FakeServer({PATH: [OK]}) as proxy:
        assert get(kubeconfig(config, "http://kilo.invalid", proxy_url=proxy.url)) == OK.body


def test_a_proxy_of_the_environment_is_used_but_for_no_proxy(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = "http://0.0.0.0:1"  # this machine, though not by a loopback address
    with FakeServer({PATH: [OK]}) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.removeprefix("http://"))
        assert get(kubeconfig(config, nobody)) == OK.body
        monkeypatch.setenv("NO_PROXY", "0.0.0.0/8")
        with pytest.raises(KgctlError, match="cannot reach"):
            get(kubeconfig(config, nobody))


def test_the_loopback_is_never_behind_a_proxy_of_the_environment(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with FakeServer({PATH: [OK]}) as server:
        assert get(kubeconfig(config, server.url)) == OK.body


def test_a_proxy_that_is_down_is_reported_without_its_password(config: Path) -> None:
    with pytest.raises(KgctlError, match=r"cannot use the proxy to .*: connection refused") as caught:
        get(kubeconfig(config, "http://kilo.invalid", proxy_url="http://u:hush@127.0.0.1:1"))
    assert "hush" not in caught.value.message + caught.value.hint
    assert "check proxy-url in kubeconfig" in caught.value.hint


def test_a_socks_proxy_that_is_down_is_told_from_a_server_that_is_down(config: Path) -> None:
    with pytest.raises(KgctlError, match=r"cannot use the proxy to .*: connection refused"):
        get(kubeconfig(config, "http://kilo.invalid", proxy_url="socks5://127.0.0.1:1"))


def test_a_proxy_of_the_environment_that_is_down_is_named_by_its_variable(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with pytest.raises(KgctlError, match="cannot use the proxy") as caught:
        get(kubeconfig(config, "https://kilo.invalid"))
    assert caught.value.hint == "check HTTPS_PROXY and NO_PROXY"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/api/v1/nodes", '{apiGroups: [""], resources: ["nodes"], verbs: ["list"]}'),
        ("GET", "/api/v1/nodes/a", '{apiGroups: [""], resources: ["nodes"], verbs: ["get"]}'),
        ("GET", "/api/v1/namespaces/x", '{apiGroups: [""], resources: ["namespaces"], verbs: ["get"]}'),
        (
            "GET",
            "/apis/apps/v1/namespaces/x/daemonsets",
            '{apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["list"]}',
        ),
        (
            "POST",
            "/apis/kilo.squat.ai/v1alpha1/peers",
            '{apiGroups: ["kilo.squat.ai"], resources: ["peers"], verbs: ["create"]}',
        ),
        ("GET", "/version", '{nonResourceURLs: ["/version"], verbs: ["get"]}'),
    ],
)
def test_the_rbac_rule_of_a_request_is_known(method: str, path: str, expected: str) -> None:
    assert rule(method, path) == expected


def test_https_goes_through_a_proxy_in_a_tunnel_that_the_proxy_cannot_read(
    config: Path, authority: Authority, ca: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeServer({PATH: [OK]}, tls=authority.server("kilo.invalid")) as server:
        with TunnelProxy(("127.0.0.1", int(server.url.rpartition(":")[2]))) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            user = {"token": "hush"}
            path = kubeconfig(config, "https://kilo.invalid:6443", user=user, certificate_authority=ca)
            assert get(path) == OK.body
        assert server.requests[0].headers["authorization"] == "Bearer hush"
    assert proxy.heads[0].startswith("CONNECT kilo.invalid:6443 ")
    assert "hush" not in proxy.heads[0]


@pytest.mark.parametrize("proxy", ["http://u:hush@proxy:none", "ftp://u:hush@proxy", "http://u:hush@"])
def test_a_proxy_that_is_no_url_is_an_error_without_its_password(config: Path, proxy: str) -> None:
    with pytest.raises(KgctlError, match="the proxy of the API server is not a URL") as caught:
        get(kubeconfig(config, "http://kilo.invalid", proxy_url=proxy))
    assert "hush" not in caught.value.message


def test_data_that_is_not_base64_is_an_error(config: Path) -> None:
    with pytest.raises(KgctlError, match="-data is not base64"):
        get(kubeconfig(config, "https://127.0.0.1:1", certificate_authority_data="abc"))


def test_an_auth_provider_that_fails_is_an_error_without_its_words(config: Path) -> None:
    # an expired token, which would have to be renewed at an issuer that is not there
    issuer = {"idp-issuer-url": "https://127.0.0.1:1", "client-id": "k", "refresh-token": "hush"}
    provider = {"name": "oidc", "config": {"id-token": "e30.eyJleHAiOiAxfQ.hush", **issuer}}
    with pytest.raises(KgctlError, match=r'the auth-provider of user "somebody" .* cannot log in') as caught:
        get(kubeconfig(config, "https://127.0.0.1:1", user={"auth-provider": provider}))
    assert "hush" not in caught.value.message


@pytest.mark.parametrize("code", [401, 403, 200])
@pytest.mark.parametrize(
    "user",
    [
        {"token": "hush"},
        {"tokenFile": "token"},
        {"username": "u", "password": "hush"},
        {"exec": {"command": "touch", "args": ["ran"], "apiVersion": "client.authentication.k8s.io/v1beta1"}},
        {"auth-provider": {"name": "oidc", "config": {"id-token": "hush"}}},
    ],
)
def test_no_credentials_go_over_http(
    config: Path, tmp_path: Path, user: dict[str, object], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("hush")
    monkeypatch.chdir(tmp_path)
    with FakeServer({PATH: [status(code, "no")]}) as server:
        try:
            get(kubeconfig(config, server.url, user={**user, "as": "kim"}))
        except KgctlError as error:
            assert error.hint.startswith("refusing to send credentials over http: ")  # noqa: PT017
        (request,) = server.requests
    assert "authorization" not in request.headers
    assert request.headers["impersonate-user"] == "kim"
    assert not (tmp_path / "ran").exists()


def test_without_credentials_http_is_no_warning(config: Path) -> None:
    with FakeServer({PATH: [status(403, "no")]}) as server, pytest.raises(ApiError) as caught:
        get(kubeconfig(config, server.url))
    assert "http" not in caught.value.hint


@pytest.mark.parametrize(
    "user",
    [
        {"auth-provider": {"name": "oidc", "config": {"id-token": "e30.e30.hush\nhush"}}},
        {"auth-provider": {"name": "oidc", "config": {"id-token": "e30.e30.hush\r\nX-Evil: hush"}}},
        {"as": "hush\r\nX-Evil: 1"},
        {"as": "kim", "as-groups": ["hush\nhush"]},
        {"as": "kim", "as-uid": "hush\0"},
        {"as": "kim", "as-user-extra": {"why": ["hush\n"]}},
    ],
)
def test_no_header_value_is_in_a_message(config: Path, user: dict[str, object]) -> None:
    with secure_server() as server, pytest.raises(KgctlError) as caught:
        get(kubeconfig(config, server.url, user=user, **UNVERIFIED))
    assert "hush" not in caught.value.message + caught.value.hint
    assert server.requests == []


def test_a_name_in_any_script_is_impersonated(config: Path) -> None:
    assert headers_sent(config, {"as": "müller", "as-groups": ["開発"]})["impersonate-user"] == "mÃ¼ller"


@pytest.mark.parametrize("name", ["kilo\0evil", "a" * 70, "\n", "x..y", "\udc80"])
def test_a_tls_server_name_that_is_none_is_one_error(config: Path, name: str) -> None:
    with pytest.raises(KgctlError):
        get(kubeconfig(config, "https://127.0.0.1:1", tls_server_name=name))


@pytest.mark.parametrize("field", ["certificate_authority_data", "client-certificate-data", "client-key-data"])
@pytest.mark.parametrize("data", ["é", "%%%", "\udc80", "AAAA\0"])
def test_data_that_is_no_pem_is_one_error(config: Path, field: str, data: str) -> None:
    user = {"client-certificate-data": "AAAA", "client-key-data": "AAAA"} | ({field: data} if "-" in field else {})
    cluster = {} if "-" in field else {field: data}
    with pytest.raises(KgctlError):
        get(kubeconfig(config, "https://127.0.0.1:1", user=user, **cluster))

"""Which cluster and user a kubeconfig chooses: as kubectl would, or an error that names the file."""

import base64
import gzip
import io
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.kube.auth import Access, Overrides, User, Variable
from kgctl_py.kube.auth.merge_kubeconfigs import load

ONE = """
clusters:
- {name: c1, cluster: {server: "https://one.example.com/", certificate-authority: ca.crt}}
users:
- name: u1
  user:
    client-certificate: me.crt
    client-key: /keys/me.key
    tokenFile: token
    exec: {command: ./login, apiVersion: client.authentication.k8s.io/v1beta1}
contexts:
- {name: one, context: {cluster: c1, user: u1}}
- {name: nobody, context: {cluster: c1}}
- {name: homeless, context: {cluster: gone, user: u1}}
- {name: userless, context: {cluster: c1, user: gone}}
- {name: far, context: {cluster: c2, user: u1}}
current-context: one
"""
TWO = """
clusters:
- {name: c1, cluster: {server: "https://not-this-one.example.com"}}
- {name: c2, cluster: {server: "https://two.example.com"}}
users: null
contexts:
- {name: two, context: {cluster: c2, user: u1}}
current-context: two
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person with no kubeconfig, outside any pod."""
    for name in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def written(path: Path, text: str = ONE) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def both(home: Path, monkeypatch: pytest.MonkeyPatch, context: str | None = None) -> Access:
    paths = [written(home / "a" / "one"), str(home / "missing"), "", written(home / "b" / "two", TWO)]
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(paths))
    return load(None, context)


def error_of(explicit: str | None, context: str | None = None) -> KgctlError:
    with pytest.raises(KgctlError) as caught:
        load(explicit, context)
    return caught.value


def test_the_current_context_is_chosen(home: Path) -> None:
    chosen = load(written(home / "config"), None)
    assert (chosen.context, chosen.server, chosen.user_name) == ("one", "https://one.example.com", "u1")


def test_another_context_can_be_chosen(home: Path) -> None:
    chosen = load(written(home / "config"), "nobody")
    assert (chosen.context, chosen.user) == ("nobody", type(chosen.user)())


def test_without_a_choice_the_file_in_the_home_folder_is_read(home: Path) -> None:
    written(home / ".kube" / "config")
    assert load(None, None).context == "one"


def test_an_explicit_file_comes_before_kubeconfig(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", written(home / "two", TWO))
    assert load(written(home / "one"), None).context == "one"


def test_the_files_of_kubeconfig_are_merged_and_the_first_wins(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert both(home, monkeypatch).server == "https://one.example.com"
    assert both(home, monkeypatch, "two").server == "https://two.example.com"
    assert both(home, monkeypatch, "far").server == "https://two.example.com"


def test_paths_in_a_file_start_from_its_own_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = both(home, monkeypatch, "far").user
    assert user.exec
    assert (user.client_certificate, user.client_key) == (str(home / "a" / "me.crt"), "/keys/me.key")
    assert (user.token_file, user.exec.command) == (str(home / "a" / "token"), str(home / "a" / "login"))
    assert both(home, monkeypatch).cluster.certificate_authority == str(home / "a" / "ca.crt")


def test_an_explicit_file_that_is_missing_is_an_error(home: Path) -> None:
    written(home / ".kube" / "config")
    assert error_of("gone").message == 'cannot read kubeconfig "gone": no such file or directory'


def test_a_kubeconfig_variable_of_missing_files_never_falls_back(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(home / ".kube" / "config")
    monkeypatch.setenv("KUBECONFIG", f"gone{os.pathsep}away")
    error = error_of(None)
    assert error.message == f'no file in KUBECONFIG exists: "gone{os.pathsep}away"'
    assert error.hint == "to use ~/.kube/config: unset KUBECONFIG"


def test_no_kubeconfig_at_all_is_an_error_that_names_the_ways_to_give_one() -> None:
    error = error_of(None)
    assert error.message.startswith("cannot find a kubeconfig")
    assert error.hint == "use --kubeconfig FILE"


def test_an_unknown_context_is_an_error_with_the_nearest_or_all(home: Path) -> None:
    path = written(home / "config")
    assert error_of(path, "onee").hint == 'did you mean "one"?'
    error = error_of(path, "prod")
    assert error.message == f'context "prod" not found in kubeconfig "{path}"'
    assert error.hint == 'the contexts are "one", "nobody", "homeless", "userless", and "far"'
    assert error_of(written(home / "other", TWO), "prod").hint == 'the only context is "two"'


def test_a_file_that_chooses_no_context_is_an_error_that_lists_them(home: Path) -> None:
    error = error_of(written(home / "config", ONE.replace("current-context: one", "")))
    assert error.message.endswith("has no current context")
    assert "--context" in error.hint
    assert "nobody" in error.hint


@pytest.mark.parametrize(
    ("context", "words"),
    [("homeless", 'cluster "gone" not found'), ("userless", 'user "gone" not found')],
)
def test_a_context_with_a_missing_entry_is_an_error(home: Path, context: str, words: str) -> None:
    assert words in error_of(written(home / "config"), context).message


@pytest.mark.parametrize("text", ['{"kind": "List", "items": []}', "apiVersion: v1\nkind: Node\n", "kind: 7"])
def test_a_saved_cluster_is_told_from_a_kubeconfig(home: Path, text: str) -> None:
    path = written(home / "cluster", text)
    error = error_of(path)
    assert error.message.startswith(f'"{path}" is not a kubeconfig: it contains an object')
    assert error.hint == f"to read a saved cluster, use --from-file {path}"


@pytest.mark.parametrize("server", ["", "https://", "https://[::1", "ftp://example.com", "https://a:b"])
def test_a_server_that_is_no_url_is_an_error(home: Path, server: str) -> None:
    text = ONE.replace("https://one.example.com/", server)
    assert f'has a server that is not a URL: "{server}"' in error_of(written(home / "config", text)).message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [}", "is not YAML: line 1"),
        ("\tusers: []", "is not YAML: line 1"),
        ("a: !!python/name:os.hush {}", "is not YAML: line 1"),
        ("a: 1\na: hush", 'is not YAML: line 2: "a" exists twice'),
        ("\x00", "is not YAML"),
        ("clusters: 3", 'is malformed: "clusters" is a number, not a list'),
        ("users: [hush]", 'is malformed: "users[0]" is a string, not a mapping'),
        ("current-context: 2024", 'is malformed: "current-context" is a number, not a string'),
        ("{apiVersion: hush, kind: Config}", "has an unknown apiVersion"),
        ("contexts: [{context: {}}]", "has no contexts"),
        ("", "has no contexts"),
        ("token: hush: hush", "is not YAML: line 1"),
    ],
)
def test_a_malformed_file_is_an_error_that_says_where_and_quotes_nothing(
    home: Path, text: str, words: str
) -> None:
    path = written(home / "config", text)
    error = error_of(path)
    assert f'kubeconfig "{path}"' in error.message
    assert words in error.message
    assert "hush" not in error.message + error.hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("just words", "it contains a single value"),
        ("- hush", "it contains a list"),
        ("apiVersion: v1\nkind: Secret\ndata: {value: hush}\n", 'it contains an object of kind "Secret"'),
    ],
)
def test_a_file_of_another_kind_is_no_kubeconfig(home: Path, text: str, words: str) -> None:
    path = written(home / "config", text)
    error = error_of(path)
    assert error.message == f'"{path}" is not a kubeconfig: {words}'
    assert "--from-file" not in error.hint
    assert "hush" not in error.message + error.hint


def as_tar(text: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("config"))
    return packed.getvalue() + text.encode()


@pytest.mark.parametrize(
    ("encode", "words"),
    [
        (lambda text: gzip.compress(text.encode()), "is a gzip file"),
        (lambda text: b"PK\x03\x04\x14\0" + text.encode(), "is a zip file"),
        (as_tar, "is a tar file"),
        (lambda text: text.encode("utf-16-le"), "is UTF-16LE without a byte order mark"),
        (lambda text: text.encode("utf-16-be"), "is UTF-16BE without a byte order mark"),
        (lambda _: b"<!DOCTYPE html>\n<title>sign in: x</title>", "is an HTML page"),
        (lambda _: b"$ANSIBLE_VAULT;1.1;AES256\n31\n", "is encrypted by Ansible Vault"),
        (lambda text: f"{text}sops: {{mac: x}}\n".encode(), "is encrypted by SOPS"),
        (lambda text: base64.encodebytes(text.encode()), "is encoded in base64"),
        (lambda text: json.dumps(text).encode(), "is one string in quotes"),
    ],
    ids=["gzip", "zip", "tar", "UTF-16LE", "UTF-16BE", "HTML", "vault", "SOPS", "base64", "quoted"],
)
def test_a_kubeconfig_that_is_packed_or_encrypted_is_named_as_that(
    home: Path, encode: Callable[[str], bytes], words: str
) -> None:
    (home / "config").write_bytes(encode(ONE))
    error = error_of(str(home / "config"))
    assert error.message == f'kubeconfig "{home / "config"}" {words}'
    assert error.hint


def test_the_marks_of_a_heredoc_are_told(home: Path) -> None:
    error = error_of(written(home / "config", f"<<EOT{ONE}EOT\n"))
    assert "is not YAML" in error.message
    assert "terraform output -raw" in error.hint


def test_a_number_in_place_of_a_string_has_the_hint_to_quote_it(home: Path) -> None:
    error = error_of(written(home / "config", ONE.replace("tokenFile: token", "token: 12345")))
    assert error.message.endswith('is malformed: "users[0].user.token" is a number, not a string')
    assert error.hint == "put the value in quotes"


@pytest.mark.parametrize("value", ["REDACTED", "DATA+OMITTED"])
@pytest.mark.parametrize("field", ["token", "client-key-data", "password"])
def test_what_kubectl_config_view_leaves_out_is_told(home: Path, field: str, value: str) -> None:
    text = ONE.replace("client-key: /keys/me.key", "").replace("tokenFile: token", f"{field}: {value}")
    error = error_of(written(home / "config", text))
    assert error.message.endswith("in place of secrets")
    assert "--raw" in error.hint


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("client-certificate-data: eA==", "client-certificate"),
        ("client-key-data: eA==", "client-key"),
    ],
)
def test_a_file_and_its_data_at_once_are_refused_as_in_kubectl(home: Path, field: str, name: str) -> None:
    error = error_of(written(home / "config", ONE.replace("tokenFile: token", field)))
    assert error.message.endswith(f"has both {name} and {name}-data")


def test_a_ca_and_its_data_at_once_are_refused_as_in_kubectl(home: Path) -> None:
    text = ONE.replace(
        "certificate-authority: ca.crt", "certificate-authority: ca.crt, certificate-authority-data: eA=="
    )
    error = error_of(written(home / "config", text))
    assert error.message.endswith("has both certificate-authority and certificate-authority-data")


def test_a_client_certificate_without_its_key_is_refused_as_in_kubectl(home: Path) -> None:
    error = error_of(written(home / "config", ONE.replace("client-key: /keys/me.key", "")))
    assert error.message.endswith("has a client-certificate without a client-key")


def test_a_key_without_a_certificate_is_ignored_as_in_kubectl(home: Path) -> None:
    text = ONE.replace("client-certificate: me.crt", "client-key-data: eA==")
    assert load(written(home / "config", text), None).user.client_key


def test_a_file_that_may_not_be_read_is_an_error(home: Path) -> None:
    assert error_of(str(home)).message == f'cannot read kubeconfig "{home}": is a directory'


def test_credentials_are_in_no_representation(home: Path) -> None:
    text = ONE.replace("tokenFile: token", "token: hush")
    chosen = load(written(home / "config", text), None)
    assert chosen.user.token == "hush"
    assert "hush" not in repr(chosen)


def in_pod(home: Path, monkeypatch: pytest.MonkeyPatch, host: str = "10.96.0.1") -> Path:
    """Make this process one of a pod, and return the folder of its service account."""
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", host)
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    written(home / "serviceaccount" / "token", "abc")
    return home / "serviceaccount"


@pytest.mark.parametrize(
    ("host", "server"), [("10.96.0.1", "https://10.96.0.1:443"), ("fd00::1", "https://[fd00::1]:443")]
)
def test_a_pod_uses_its_service_account(
    home: Path, monkeypatch: pytest.MonkeyPatch, host: str, server: str
) -> None:
    chosen = load(None, None, service_account=in_pod(home, monkeypatch, host))
    assert (chosen.context, chosen.server) == ("", server)
    assert chosen.user.token_file == str(home / "serviceaccount" / "token")
    assert chosen.cluster.certificate_authority == str(home / "serviceaccount" / "ca.crt")


def test_a_pod_with_a_kubeconfig_uses_that(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account = in_pod(home, monkeypatch)
    written(home / ".kube" / "config")
    assert load(None, None, service_account=account).context == "one"


def test_a_pod_has_no_contexts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account = in_pod(home, monkeypatch)
    with pytest.raises(KgctlError, match="cannot find a kubeconfig"):
        load(None, "one", service_account=account)


LENIENT = """
current-context: one
preferences: null
clusters:
- name: other
  cluster: [hush]
- null
- name: c1
  cluster: {server: "https://one.example.com", extensions: null, tls-server-name: null}
users:
- name: broken
  user: 7
- name: nobody
- {}
- name: u1
  user: {token: t, exec: null, as-groups: null, as-user-extra: null, auth-provider: null}
- name: plugin
  user:
    exec: {command: login, apiVersion: client.authentication.k8s.io/v1beta1, args: [null, a], env: null}
- name: odd
  user:
    exec:
      command: login
      apiVersion: client.authentication.k8s.io/v1beta1
      env: [null, {name: A, value: null}, {value: b}]
contexts:
- {name: zero, context: null}
- {name: none}
- name: one
  context: {cluster: c1, user: u1, namespace: null}
- name: 2024-01-01
  context: {cluster: c1, user: null, extensions: null}
- name: plug
  context: {cluster: c1, user: plugin}
- name: odd
  context: {cluster: c1, user: odd}
- {name: wrong, context: {cluster: other, user: broken}}
"""


@pytest.mark.parametrize("text", [LENIENT, LENIENT.replace("\n", "\r\n"), "\ufeff" + LENIENT])
def test_null_and_absent_values_are_empty_and_unused_entries_are_ignored(home: Path, text: str) -> None:
    path = written(home / "config", text)
    assert load(path, None).user.token == "t"
    assert (load(path, "2024-01-01").server, load(path, "2024-01-01").user_name) == ("https://one.example.com", "")
    plugin = load(path, "plug").user.exec
    assert plugin
    assert (plugin.args, plugin.env) == (["", "a"], None)
    odd = load(path, "odd").user.exec
    assert odd
    assert odd.env == [Variable(), Variable("A"), Variable(value="b")]


def test_an_invalid_chosen_entry_is_an_error_with_its_place(home: Path) -> None:
    path = written(home / "config", LENIENT)
    assert error_of(path, "wrong").message.endswith('"clusters[0].cluster" is a list, not a mapping')
    for name in ("zero", "none"):
        assert 'cluster "" not found' in error_of(path, name).message
    for text, place in (("user: {token: [hush]}", "users[0].user.token"), ("user: 7", "users[0].user")):
        file = LENIENT.replace("- name: u1", "- name: u2").replace(
            "- name: broken\n  user: 7", f"- name: u1\n  {text}"
        )
        error = error_of(written(home / "other", file))
        assert f'is malformed: "{place}" is a ' in error.message
        assert "hush" not in error.message


def test_a_name_that_a_file_has_twice_cannot_be_chosen(home: Path) -> None:
    more = "- {name: u1, user: {token: hush}}\n- {name: nobody}\ncontexts:"
    path = written(home / "config", LENIENT.replace("contexts:", more))
    assert error_of(path).message.endswith("has the same name twice: users[3].user and users[6].user")
    assert load(path, "2024-01-01").user_name == ""


@pytest.mark.parametrize(
    ("cluster", "expected"),
    [
        ("server: 10.0.0.1:6443", "http://10.0.0.1:6443"),
        ("server: example.com", "http://example.com"),
        ("server: 10.0.0.1:6443, certificate-authority: ca.crt", "https://10.0.0.1:6443"),
        ("server: 10.0.0.1:6443, insecure-skip-tls-verify: true", "https://10.0.0.1:6443"),
        ("server: '[::1]:6443'", "http://[::1]:6443"),
        ("server: 'HTTPS://example.com/'", "HTTPS://example.com"),
        ("server: 'https://example.com/k8s/?x=y#z'", "https://example.com/k8s"),
        ("server: 'https://bob:hush@example.com/k8s'", "https://example.com/k8s"),
        ("server: 'bob:hush@example.com:80'", "http://example.com:80"),
    ],
)
def test_a_server_is_what_client_go_takes_for_one(home: Path, cluster: str, expected: str) -> None:
    text = ONE.replace('{server: "https://one.example.com/", certificate-authority: ca.crt}', f"{{{cluster}}}")
    assert load(written(home / "config", text), "nobody").server == expected


@pytest.mark.parametrize("server", ["https://bob:hu/sh@h", "https://bob:hush@", "ftp://bob:hush@h", "bob:hush@/h"])
def test_no_message_has_the_password_of_a_server(home: Path, server: str) -> None:
    message = error_of(written(home / "config", ONE.replace("https://one.example.com/", server))).message
    assert "not a URL" in message
    assert "sh@" not in message
    assert "hush" not in message


MORE = ONE.replace("users:\n", '- {name: c3, cluster: {server: "https://three.example.com"}}\nusers:\n').replace(
    "contexts:\n", "- {name: u3, user: {token: t}}\ncontexts:\n"
)


def test_the_command_line_overrides_the_kubeconfig(home: Path) -> None:
    user = "user:\n    as: kim\n    as-groups: [ops]\n    as-uid: u"
    path = written(home / "config", MORE.replace("user:\n    client", f"{user}\n    client"))
    chosen = load(path, None, Overrides(cluster="c3", user="u3"))
    assert (chosen.server, chosen.user_name, chosen.user.token) == ("https://three.example.com", "u3", "t")
    user_one = load(path, None, Overrides(as_="ann")).user
    assert (user_one.as_, user_one.as_groups, user_one.as_uid) == ("ann", ["ops"], "u")
    assert load(path, None, Overrides(as_groups=("a", "b"))).user.as_groups == ["a", "b"]
    assert load(path, None, Overrides(as_="ann", as_uid="7")).user.as_uid == "7"
    without = written(home / "other", MORE.replace("current-context: one", ""))
    assert load(without, None, Overrides(cluster="c3")).user == User()


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (Overrides(cluster="gone"), 'cluster "gone" not found'),
        (Overrides(user="gone"), 'user "gone" not found'),
        (Overrides(as_groups=("a",)), "impersonates a UID, groups, or extras, but no user"),
        (Overrides(as_uid="a"), "impersonates a UID, groups, or extras, but no user"),
    ],
)
def test_an_invalid_override_is_an_error(home: Path, overrides: Overrides, message: str) -> None:
    path = written(home / "config")
    with pytest.raises(KgctlError) as caught:
        load(path, None, overrides)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "certificate-authority: ca.crt",
            "certificate-authority: c, insecure-skip-tls-verify: true",
            "both insecure-skip-tls-verify and a cert",
        ),
        ("tokenFile: token", "as-groups: [a]", "but no user"),
        ("tokenFile: token", "auth-provider: {name: acme}", 'has the auth-provider "acme"'),
        ("tokenFile: token", "auth-provider: {name: gcp, config: {a: b}}", 'has the auth-provider "gcp"'),
        ("tokenFile: token", "auth-provider: {}", 'has the auth-provider ""'),
        ("tokenFile: token", "auth-provider: {name: oidc}", "both exec and an auth-provider"),
        ("tokenFile: token", "token: hush\n    username: a", "both a token and a username"),
        ("tokenFile: token", "token: hush\n    password: hush", "both a token and a username"),
        (
            "k8s.io/v1beta1",
            "k8s.io/v1alpha1",
            'an exec with the unsupported apiVersion "client.authentication.k8s.io/v1alpha1"',
        ),
        ("k8s.io/v1beta1", "k8s.io/v1", "an exec without an interactiveMode"),
        ("k8s.io/v1beta1", "k8s.io/v1beta1, interactiveMode: never", 'with the interactiveMode "never"'),
        ("command: ./login", "command: ''", "an exec without a command"),
    ],
)
def test_what_kubectl_refuses_is_refused(home: Path, old: str, new: str, words: str) -> None:
    assert words in error_of(written(home / "config", ONE.replace(old, new))).message

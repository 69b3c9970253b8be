"""Credentials from a command, and every way in which the command can fail."""

import json
import sys
import time
from pathlib import Path

import msgspec
import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.kube.auth import Access, Cluster, Exec, User, Variable
from kgctl_py.kube.auth.credentials import Patience, obtain_credentials
from kgctl_py.kube.auth.exec_plugin import Credential, Terms, credential

VERSION = "client.authentication.k8s.io/v1"
ANSWER = {"apiVersion": VERSION, "kind": "ExecCredential", "status": {"token": "hush"}}


def python(code: str, **options: object) -> Exec:
    fields = {"command": sys.executable, "args": ["-c", code], "apiVersion": VERSION, **options}
    return msgspec.convert(fields, type=Exec)


def printing(answer: object, **options: object) -> Exec:
    return python(f"print({json.dumps(answer)!r})", **options)


def printing_expression(token: str, **options: object) -> Exec:
    """Return a plugin whose token is the value of a Python expression."""
    code = f"import json, os; a = {ANSWER!r}; a['status']['token'] = {token}; print(json.dumps(a))"
    return python(code, **options)


def run(plugin: Exec, cluster: Cluster | None = None, timeout: float = 10) -> Credential:
    return credential(plugin, cluster or Cluster(), Terms(seconds=timeout))


def error_of(plugin: Exec, timeout: float = 10) -> KgctlError:
    with pytest.raises(KgctlError, match=r'the credential plugin ".+"') as caught:
        run(plugin, timeout=timeout)
    return caught.value


def test_a_token_is_what_the_plugin_prints() -> None:
    assert run(printing(ANSWER)).token == "hush"


def test_the_plugin_gets_its_own_variables_and_the_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FROM_CALLER", "a")
    plugin = printing_expression(
        "os.environ['FROM_CALLER'] + os.environ['OWN']", env=[{"name": "OWN", "value": "b"}]
    )
    assert run(plugin).token == "ab"


def test_the_plugin_is_told_of_the_cluster_when_it_asks(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("PEM")
    extension = {"name": "client.authentication.k8s.io/exec", "extension": {"audience": "x"}}
    cluster = Cluster(server="https://k", certificate_authority=str(tmp_path / "ca.crt"), extensions=[extension])
    plugin = printing_expression("os.environ['KUBERNETES_EXEC_INFO']", provideClusterInfo=True)
    info = json.loads(run(plugin, cluster).token or "")
    assert (info["kind"], info["apiVersion"]) == ("ExecCredential", VERSION)
    expected = {"server": "https://k", "certificate-authority-data": "UEVN", "config": {"audience": "x"}}
    assert info["spec"] == {"interactive": False, "cluster": expected}


def test_a_certificate_authority_that_is_not_there_is_not_blamed_on_the_plugin(tmp_path: Path) -> None:
    cluster = Cluster(server="https://x", certificate_authority=str(tmp_path / "ca.crt"))
    with pytest.raises(KgctlError, match=r'^cannot read the certificate-authority ".*ca\.crt": no such file'):
        run(printing({}, provideClusterInfo=True), cluster)


def test_a_plugin_can_print_a_certificate() -> None:
    status = {"clientCertificateData": "CERT", "clientKeyData": "KEY"}
    access = Access(cluster=Cluster(server="https://kilo"), user=User(exec=printing({**ANSWER, "status": status})))
    user = obtain_credentials(access, Patience()).user
    assert (user.client_certificate_data, user.client_key_data, user.token) == ("Q0VSVA==", "S0VZ", None)


@pytest.mark.parametrize("expiry", ["tomorrow", "", 5, "2030-01-01T00:00:00"])
def test_a_plugin_whose_time_of_expiry_cannot_be_read_is_refused(expiry: object) -> None:
    status = {"token": "hush", "expirationTimestamp": expiry}
    assert "did not print an ExecCredential" in error_of(printing({**ANSWER, "status": status})).message


def test_a_plugin_that_is_not_installed_is_named_with_its_own_hint() -> None:
    error = error_of(Exec(command="no-such-login", api_version=VERSION, install_hint="get it from the intranet"))
    assert error.message == 'cannot run the credential plugin "no-such-login": no such file or directory'
    assert error.hint == "get it from the intranet"
    assert error_of(Exec(command="no-such-login", api_version=VERSION)).hint == "install it"
    of_lines = Exec(command="no-such-login", api_version=VERSION, install_hint="install it:\n  snap x\n")
    assert error_of(of_lines).hint == "install it:\n  snap x"


def test_a_plugin_that_prints_nothing_is_told_so() -> None:
    assert error_of(python("")).message.endswith("did not print an ExecCredential: it printed nothing")


def test_all_that_a_plugin_says_on_stderr_reaches_the_user(capfd: pytest.CaptureFixture[str]) -> None:
    error = error_of(python("import sys; print('a\\nlog in first\\n)', file=sys.stderr); sys.exit(3)"))
    assert error.message.endswith("failed with exit code 3")
    assert capfd.readouterr().err == "a\nlog in first\n)\n"
    told = f"import sys; sys.stderr.write('open https://login.example.com'); print({json.dumps(ANSWER)!r})"
    assert run(python(told)).token == "hush"
    assert capfd.readouterr().err == "open https://login.example.com"


def test_output_of_a_plugin_does_not_disturb_completion(capfd: pytest.CaptureFixture[str]) -> None:
    plugin = python("import sys; print('a', file=sys.stderr); sys.exit(3)")
    with pytest.raises(KgctlError, match="exit code 3"):
        credential(plugin, Cluster(), Terms(seconds=10, attended=False))
    assert capfd.readouterr() == ("", "")


def test_a_person_may_take_longer_than_a_request() -> None:
    plugin = printing_expression("__import__('time').sleep(0.3) or 'late'")
    access = Access(cluster=Cluster(server="https://k"), user=User(exec=plugin))
    assert obtain_credentials(access, Patience(request_seconds=0.1)).user.token == "late"
    with pytest.raises(KgctlError, match=r"did not finish within 0\.1 s"):
        obtain_credentials(access, Patience(request_seconds=0.1, attended=False))


def test_a_plugin_that_must_ask_needs_a_terminal() -> None:
    error = error_of(printing(ANSWER, interactiveMode="Always"))
    assert error.message.endswith("needs input from you, but stdin is not a terminal")
    for mode in ("Never", "IfAvailable", None):
        assert run(printing(ANSWER, interactiveMode=mode)).token == "hush"


def test_a_silent_failure_of_a_plugin_is_reported_with_its_exit_code() -> None:
    assert error_of(python("raise SystemExit(3)")).message.endswith("failed with exit code 3")


def test_a_plugin_that_hangs_is_given_up() -> None:
    assert "did not finish within 0.5 s" in error_of(python("import time; time.sleep(60)"), timeout=0.5).message


def test_a_program_that_a_plugin_leaves_behind_with_its_stdout_is_not_waited_for() -> None:
    plugin = Exec(command="sh", args=["-c", f"sleep 40 & echo '{json.dumps(ANSWER)}'"], api_version=VERSION)
    started = time.monotonic()
    assert run(plugin, timeout=60).token == "hush"
    assert time.monotonic() - started < 30


def test_a_plugin_that_prints_without_end_is_stopped() -> None:
    endless = python("while True: print('x' * 10_000)")
    assert error_of(endless).message.endswith("printed more than 1048576 bytes")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("hush", "did not print an ExecCredential"),
        ({**ANSWER, "apiVersion": "v2"}, f"uses v2, but the kubeconfig needs {VERSION}"),
        ({**ANSWER, "status": {}}, "no token and no certificate"),
        ({**ANSWER, "status": {"clientCertificateData": "hush"}}, "no token and no certificate"),
        ({**ANSWER, "status": {"token": "hush", "clientKeyData": "hush"}}, "no token and no certificate"),
        ({**ANSWER, "kind": "Secret"}, "an object of another kind"),
        ({**ANSWER, "status": {"token": ["hush"]}}, 'ExecCredential: "status.token" is a list, not a string'),
        ({**ANSWER, "status": None}, 'ExecCredential: "status" is null, not a mapping'),
        ({"status": {"token": "hush"}}, 'ExecCredential: "apiVersion" is missing'),
        ({**ANSWER, "status": {"expirationTimestamp": "hush"}}, '"status.expirationTimestamp" is not a time'),
    ],
)
def test_a_plugin_that_prints_something_else_is_an_error_that_quotes_nothing(answer: object, words: str) -> None:
    message = error_of(printing(answer)).message
    assert words in message
    assert "hush" not in message


@pytest.mark.parametrize(
    "printed",
    [
        f"\ufeff{json.dumps(ANSWER)}",
        f"\n  {json.dumps(ANSWER)}\n",
        f"# login\n---\napiVersion: {VERSION}\nkind: ExecCredential\nstatus:\n  token: hush\n",
        json.dumps({"apiVersion": VERSION, "status": {"token": "hush", "other": [None]}, "spec": None}),
    ],
)
def test_an_execcredential_can_be_yaml_or_start_with_a_byte_order_mark(printed: str) -> None:
    assert run(python(f"import sys; sys.stdout.buffer.write({printed.encode()!r})")).token == "hush"


@pytest.mark.parametrize(
    "printed", ["WARNING: hush\n" + json.dumps(ANSWER), json.dumps(ANSWER) + "\nhush", "- hush", ""]
)
def test_other_text_beside_an_execcredential_is_an_error_that_quotes_nothing(printed: str) -> None:
    message = error_of(python(f"import sys; sys.stdout.buffer.write({printed.encode()!r})")).message
    assert "did not print an ExecCredential" in message
    assert "hush" not in message


def test_a_plugin_that_a_signal_ends_is_reported_with_the_signal() -> None:
    message = error_of(python("import os; os.kill(os.getpid(), 15)")).message
    assert message.endswith("was killed by signal 15 (Terminated)")


def test_a_plugin_is_found_in_the_path_of_kgctl_and_never_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin = tmp_path / "bin" / "acme-login"
    plugin.parent.mkdir()
    plugin.write_text(f"#!/bin/sh\necho '{json.dumps(ANSWER)}'\n")
    plugin.chmod(0o755)
    monkeypatch.chdir(plugin.parent)
    named = msgspec.convert({"command": plugin.name, "apiVersion": VERSION}, type=Exec)
    for path in (".:/usr/bin", "/usr/bin:", ":/usr/bin"):
        monkeypatch.setenv("PATH", path)
        assert error_of(named).message.endswith(": PATH leads to the current folder")
    monkeypatch.setenv("PATH", f"{plugin.parent}:/usr/bin:/bin")
    own = msgspec.structs.replace(named, env=[Variable("PATH", "/nowhere")])
    assert run(own).token == "hush"


def test_each_variable_of_a_plugin_is_set_as_its_file_has_it() -> None:
    entries = [{"name": "A", "value": "b=c", "comment": 7}, {"name": "E"}, {"name": "X=Y", "value": "z"}]
    plugin = printing_expression("os.environ['A'] + os.environ['E'] + os.environ['X']", env=entries)
    assert run(plugin).token == "b=cY=z"


def test_a_credential_is_in_no_representation() -> None:
    assert "hush" not in repr(run(printing(ANSWER)))

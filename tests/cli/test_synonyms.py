"""What fingers type: the words of other tools, files given as formats, and what else is meant all the same."""

from pathlib import Path

import pytest

from tests.cli.kgctl import kgctl
from tests.in_memory import EXAMPLE, key

FILE = ("--from-file", str(EXAMPLE))


def run(*args: str) -> tuple[int, str, str]:
    result = kgctl(*args)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("version",), ("--version",)),
        ((*FILE, "peer", "ls"), (*FILE, "get", "peers")),
        ((*FILE, "peer", "list", "-o", "wide"), (*FILE, "get", "peers", "-o", "wide")),
        (("peer", "show", "laptop", *FILE), ("get", "peers", "laptop", *FILE)),
        (("peer", "delete", "laptop", *FILE), ("peer", "rm", "laptop", *FILE)),
        (("--no-resolve", "peer", "create", "--help"), ("--no-resolve", "peer", "add", "--help")),
        ((*FILE, "get", "all"), (*FILE, "get", "nodes,peers,locations")),
        ((*FILE, "get", "nodes", "peers"), (*FILE, "get", "nodes,peers")),
        (
            (*FILE, "whois", "203.0.113.11:51820", "-o", "yaml"),
            (*FILE, "whois", "203.0.113.11:51820", "-o", "yaml"),
        ),
    ],
)
def test_words_of_other_tools_mean_the_same(typed: tuple[str, ...], meant: tuple[str, ...]) -> None:
    assert run(*typed) == run(*meant)


def test_a_peer_that_is_named_like_a_synonym_is_a_peer() -> None:
    code, _, stderr = run(*FILE, "showconf", "peer", "version")
    assert (code, 'peer "version" not found' in stderr) == (1, True)


@pytest.mark.parametrize(
    ("command", "how"),
    [
        (("graph",), "-O mesh.png"),
        (("showconf", "peer", "laptop"), "-O mesh.png"),
        (("check",), "> mesh.png"),
        (("get", "nodes"), "> mesh.png"),
    ],
)
def test_a_file_given_as_a_format_is_reported_with_what_writes_files(command: tuple[str, ...], how: str) -> None:
    code, stdout, stderr = run(*FILE, *command, "-o", "mesh.png")
    assert (code, stdout) == (2, "")
    assert stderr.endswith(f"hint: to write a file: {how}\n")


IN_BERLIN = "node/berlin-2 is in location:berlin (leader berlin-1)"


@pytest.mark.parametrize(
    ("subject", "lines"),
    [
        (
            "berlin-2",
            [
                "node/berlin-2: pod CIDR 10.42.2.0/24",
                "node/berlin-2: internal IP 10.1.0.12",
                "node/berlin-2: allowed location IP 10.9.0.0/24",
                "node/berlin-2: endpoint 203.0.113.12",
                IN_BERLIN,
            ],
        ),
        ("10.42.2.128/25", ["node/berlin-2: pod CIDR 10.42.2.0/24", IN_BERLIN]),
        (
            "203.0.113.12:51820",
            ["203.0.113.12:51820 is the endpoint of node/berlin-2", IN_BERLIN],
        ),
    ],
)
def test_whois_takes_a_name_a_network_and_an_endpoint(subject: str, lines: list[str]) -> None:
    code, stdout, _ = run(*FILE, "whois", subject)
    assert (code, stdout.splitlines()) == (0, lines)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        (("showconf", "laptop"), "for a peer: kgctl showconf peer laptop; for a node: kgctl showconf node laptop"),
        (("showconf", "peers"), 'did you mean "kgctl showconf peer"?'),
        (("qr", "laptop"), 'did you mean "kgctl qr peer laptop"?'),
        (("diff", "x;y"), 'did you mean "kgctl diff peer NAME"?'),
        (("diff", "peer/laptop"), 'did you mean "kgctl diff peer laptop"?'),
        (("showconf", "node/berlin-1"), 'did you mean "kgctl showconf node berlin-1"?'),
        (("diff", "node"), "to list the commands: kgctl diff --help"),
        (("qr", "node/berlin-1"), "to list the commands: kgctl qr --help"),
        (("showconf", "location"), "to list the commands: kgctl showconf --help"),
        (("up",), 'did you mean "connect"?'),
        (("status",), 'did you mean "check"?'),
        (("conect",), 'did you mean "connect"?'),
        (("peer", "rotat"), 'did you mean "rotate"?'),
        (("peer", "rename"), "to list the commands: kgctl peer --help"),
        (("peer", "stat"), "to list the commands: kgctl peer --help"),
        (("peer", "lst"), "to list the commands: kgctl peer --help"),
        (("nonsense",), "to list the commands: kgctl --help"),
    ],
)
def test_an_unknown_word_gets_a_suggestion_that_cannot_harm(typed: tuple[str, ...], hint: str) -> None:
    code, stdout, stderr = run(*typed)
    assert (code, stdout, stderr) == (2, "", f'kgctl: unknown command "{typed[-1]}"\nhint: {hint}\n')


@pytest.mark.parametrize("option", ["-x", "--client"])
def test_an_unknown_option_of_kgctl_itself_leads_to_the_global_options(option: str) -> None:
    code, stdout, stderr = run(option)
    assert (code, stdout) == (2, "")
    assert stderr == f'kgctl: unknown option "{option}"\nhint: to see the global options: kgctl options\n'


@pytest.mark.parametrize("typed", [(*FILE, "qr", "laptop"), ("qr", "laptop", *FILE), ("qr", *FILE, "laptop")])
def test_a_suggested_command_is_for_the_same_cluster(typed: tuple[str, ...]) -> None:
    code, stdout, stderr = run(*typed)
    assert (code, stdout) == (2, "")
    assert stderr.endswith(f'hint: did you mean "kgctl {" ".join(FILE)} qr peer laptop"?\n')


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("peer", "add", "x", "--allowed-ip", "10.5.0.9"), "--ip"),
        (("connect", "--ip", "10.5.0.9"), "--allowed-ip"),
        (("peer", "add", "x", "--frobnicate"), ""),
        (("peer", "add", "x", "--all"), ""),
        (("qr", "peer", "x", "--all"), ""),
        (("peer", "add", "x", "--forc"), "--force"),
        (("showconf", "peer", "x", "--overwrite"), "--force"),
        (("get", "nodes", "--sortby", "name"), "--sort-by"),
        (("graph", "--format", "svg"), "--output"),
        (("simulate", "--without-node", "berlin-1"), "--without"),
        (("simulate", "--without-nodes", "berlin-1"), ""),
        (("check", "--verbos"), "--verbose"),
        (("check", "--onlyy"), "--section"),
        (("peer", "rm", "x", "--contxt", "a"), "--context"),
    ],
)
def test_an_unknown_option_suggests_only_what_is_meant(typed: tuple[str, ...], meant: str) -> None:
    code, stdout, stderr = run(*typed)
    assert (code, stdout) == (2, "")
    hint = stderr.partition("\nhint: ")[2]
    assert hint.startswith(f'did you mean "{meant}"?\n' if meant else "to see the usage: kgctl ")


@pytest.mark.parametrize(("typed", "meant"), [("25s", 25), ("25", 25), ("1m", 60), ("off", 0), ("0", 0)])
def test_a_keepalive_is_a_duration(typed: str, meant: int) -> None:
    given = ("--keepalive", typed, "--dry-run", "client", "--print", "yaml", "--public-key", key("zed"))
    code, stdout, stderr = run(*FILE, "peer", "add", "zed", "--ip", "10.5.0.9", *given)
    assert code == 0, stderr
    assert (f"persistentKeepalive: {meant}\n" in stdout) is (meant > 0)


@pytest.mark.parametrize("typed", ["25x", "-1", "65536", "1.5", "500ms", "99h", ""])
def test_an_invalid_keepalive_is_refused(typed: str) -> None:
    code, stdout, stderr = run(*FILE, "peer", "set", "laptop", "--keepalive", typed)
    assert (code, stdout) == (2, "")
    assert f'--keepalive "{typed}" is not a number of seconds from 0 to 65535\n' in stderr


def test_a_network_without_an_owner_is_an_error() -> None:
    assert run(*FILE, "whois", "192.0.2.0/24")[0] == 1


def test_the_usage_of_get_says_that_it_needs_a_kind() -> None:
    assert run("get", "--help")[1].startswith("Usage: kgctl get KIND [NAME...] [OPTIONS]\n")
    assert run("get")[0] == 2


def test_a_node_that_is_not_ready_and_a_file_that_is_missing_get_a_hint() -> None:
    code, _, stderr = run(*FILE, "showconf", "node", "berlin-4")
    assert (code, stderr) == (
        1,
        'kgctl: node "berlin-4" is not ready: last seen 2h13m ago\nhint: to see what is wrong: kgctl --from-file '
        + FILE[1]
        + " check\n",
    )
    code, _, stderr = run("--from-file", "missing.yaml", "get", "nodes")
    assert (code, stderr.splitlines()) == (
        1,
        [
            'kgctl: cannot read "missing.yaml": no such file or directory',
            "hint: to save a cluster: kubectl get nodes,peers.kilo.squat.ai -o yaml > cluster.yaml",
        ],
    )


def test_only_a_command_that_reads_files_suggests_a_saved_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    assert run("get", "nodes")[2].endswith(", or read a saved cluster with --from-file FILE\n")
    assert run("gather")[2].endswith("\nhint: use --kubeconfig FILE\n")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("trace",), "missing arguments SRC and DST\nhint: to see the usage: kgctl trace --help"),
        (("trace", "a"), "missing argument DST\nhint: to see the usage: kgctl trace --help"),
        (
            ("simulate", "--without"),
            "--without needs a value\nhint: to see the usage: kgctl simulate --help",
        ),
        (("--port",), "--port needs a value\nhint: to see the global options: kgctl options"),
        (("get", "nodes", "--port"), "--port needs a value\nhint: to see the global options: kgctl options"),
    ],
)
def test_everything_that_is_missing_is_named_with_the_help_of_its_command(
    typed: tuple[str, ...], told: str
) -> None:
    assert run(*typed) == (2, "", f"kgctl: {told}\n")


def test_a_missing_word_is_named_with_all_choices_in_one_line() -> None:
    code, stdout, stderr = run("completion")
    assert (code, stdout) == (2, "")
    assert stderr.startswith("kgctl: missing argument SHELL: choose from bash, zsh, fish, or powershell\nhint: ")

"""kgctl lint: what is wrong with Peers in files, at the line of the very field, and nothing that is right."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import Result

from kgctl_py.findings import Code, Severity, code_of_ignored
from kgctl_py.findings.rules import peer_files, peers
from kgctl_py.kilo import resources
from kgctl_py.kilo.peer_manifests import peer_manifests
from kgctl_py.kilo.peers import translate_peer
from kgctl_py.kube import decoding
from kgctl_py.wireguard.conf import MAX_KEEPALIVE
from tests.cli.kgctl import kgctl
from tests.in_memory import EXAMPLE, Cluster, Raw, key, node, peer
from tests.strategies import clusters, hostile

HEAD = "apiVersion: kilo.squat.ai/v1alpha1\nkind: Peer\nmetadata:\n  name: vpn\nspec:\n"
GOOD = f"{HEAD}  allowedIPs:\n  - 10.5.0.1/32\n  publicKey: {key('vpn')}\n  persistentKeepalive: 25\n"
FLOW = json.dumps(peer("a", 1)).replace('"', "'")
"""A Peer in YAML that begins with a brace and is not JSON."""


def at(where: str) -> str:
    return f"  endpoint: {{dnsOrIP: {{{where}}}, port: 1}}"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(name: str, text: str | bytes) -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(text.encode() if isinstance(text, str) else text)
    return name


def lint(text: str | bytes, *args: str) -> Result:
    return kgctl("lint", written("peer.yaml", text), *args)


def lint_data(*raw: Raw) -> dict[str, Any]:
    """Lint manifests, each a document of its own."""
    run = lint("\n---\n".join(map(json.dumps, raw)), "-o", "json")
    data: dict[str, Any] = json.loads(run.stdout)
    return data


def test_a_peer_that_is_right_is_passed_in_silence() -> None:
    run = lint(GOOD)
    assert (run.exit_code, run.stdout) == (0, "")
    assert run.stderr == "kgctl: 1 peer in 1 file: 0 errors, 0 warnings\n"


def test_what_the_go_kgctl_prints_for_a_peer_without_an_endpoint_is_known() -> None:
    text = (
        "spec:\n  allowedIPs:\n  - 10.5.0.1/32\n  endpoint:\n    dnsOrIP:\n      ip: <nil>\n    port: 0\n"
        f"  persistentKeepalive: 25000000000\n  publicKey: {key('vpn')}\n"
    )
    run = lint(HEAD.replace("spec:\n", "") + text)
    assert run.exit_code == 1
    off = "is outside of the range of WireGuard, 0 to 65535, so kgctl writes 0, which turns keepalives off"
    hint = "    hint: remove spec.endpoint; the Go kgctl writes it for a peer without an endpoint"
    assert run.stdout.replace('peer "vpn": ', "").splitlines() == [
        'peer.yaml:10: error K-PEER-INVALID: Kilo skips it: spec.endpoint.dnsOrIP.ip "<nil>" is not an IP address',
        hint,
        "peer.yaml:11: error K-PEER-INVALID: Kilo skips it: spec.endpoint.port 0 is not between 1 and 65535",
        hint,
        f"peer.yaml:12: error K-KEEPALIVE: persistentKeepalive {25 * 10**9} {off}",
        "    hint: if the Go kgctl wrote it in nanoseconds, use 25",
    ]


def test_what_the_go_kgctl_prints_for_an_endpoint_by_name_is_known() -> None:
    run = lint(GOOD + '  endpoint:\n    dnsOrIP:\n      dns: "4500"\n      ip: <nil>\n    port: 4500\n')
    assert [line.split(": ")[0] for line in run.stdout.splitlines() if "hint" not in line] == [
        "peer.yaml:12",
        "peer.yaml:13",
    ]
    assert '"4500" is a number, not a name; the Go kgctl writes the port there' in run.stdout
    assert "hint: remove the line; the Go kgctl writes it beside a DNS name" in run.stdout


@pytest.mark.parametrize(
    ("old", "new", "line", "code", "told"),
    [
        ("10.5.0.1/32", "10.5.0.1", 7, "error K-PEER-INVALID", 'spec.allowedIPs[0] "10.5.0.1" is not a CIDR'),
        ("10.5.0.1/32", "10.5.0.1/24", 7, "warning K-HOST-BITS", 'allowed IP "10.5.0.1/24"'),
        ("10.5.0.1/32", "12", 7, "error K-PEER-INVALID", 'spec.allowedIPs[0] cannot be read: expected a string'),
        ("\n  - 10.5.0.1/32", " []", 6, "error K-PEER-NOIPS", "it has no allowedIPs"),
        (key("vpn"), "abc", 8, "error K-PEER-INVALID", 'spec.publicKey "abc" is not a WireGuard key'),
        (key("vpn"), "A" * 43 + "=", 8, "error K-PEER-NOKEY", "its publicKey is all zeros"),
        ("publicKey", "publickey", 8, "error K-FIELD", "spec.publickey is not a field of a Peer"),
        ("publicKey", "publickey", 5, "error K-PEER-INVALID", 'spec.publicKey "" is not a WireGuard key'),
        (": 25", ": -1", 9, "error K-PEER-INVALID", "spec.persistentKeepalive -1 is negative"),
        (": 25", ": 65536", 9, "error K-KEEPALIVE", "persistentKeepalive 65536"),
        (": 25", ": 0", 9, "warning K-PEER-ROAM", "it has no endpoint and no keepalive"),
        ("  persistentKeepalive: 25", "", 5, "warning K-PEER-ROAM", "it has no endpoint and no keepalive"),
        (": 25", ": 25\n  presharedKey: oh no", 10, "error K-PEER-PSK", "presharedKey is not a WireGuard key"),
        (": 25", ": 25\n  presharedKey: ENC[x]", 10, "error K-PEER-PSK", "but the file has no sops section"),
        (": 25", ": 25\n  owner: me", 10, "error K-FIELD", "spec.owner is not a field of a Peer"),
        (": 25", ": 25\n  persistentKeepalive: 5", 10, "error K-FIELD", "spec.persistentKeepalive exists twice"),
        ("name: vpn", "name: vpn-", 4, "error K-PEER-INVALID", 'digits, "-", and "."; start and end'),
        ("name: vpn", "labels: {}", 3, "error K-PEER-INVALID", "metadata.name is missing"),
        ("v1alpha1", "v1", 1, "error K-PEER-INVALID", 'apiVersion "kilo.squat.ai/v1" is not an API'),
        ("kilo.squat.ai", "squat.kilo.ai", 1, "error K-PEER-INVALID", '"squat.kilo.ai/v1alpha1" is not an'),
        ("kilo.squat.ai", "kilo.squat.io", 1, "error K-PEER-INVALID", '"kilo.squat.io/v1alpha1" is not an'),
        (": 25", ": 25.5", 9, "error K-PEER-INVALID", "expected a whole number, got a fraction"),
        ("name: vpn", "name: null", 4, "error K-PEER-INVALID", "metadata.name is missing"),
        ("metadata:\n  name: vpn", "metadata: vpn", 3, "error K-PEER-INVALID", "metadata cannot be read"),
        ("metadata:\n  name: vpn", "metadata:", 3, "error K-PEER-INVALID", "metadata is missing"),
        ("kind: Peer", "kinds: Peer", 1, "error K-PEER-INVALID", "kind is missing"),
        ("kind: Peer", "kind: peer", 2, "error K-PEER-INVALID", 'kind "peer" is not a kind of Kilo'),
        ("apiVersion: kilo.squat.ai/v1alpha1", "", 1, "error K-PEER-INVALID", 'apiVersion is missing'),
        (": 25", f": 25\n{at('dns: a.b, ip: 1.1.1.1')}", 10, "warning K-PEER-DNS-AND-IP", '"1.1.1.1" is not used'),
        (": 25", f": 25\n{at('dns: A.B')}", 10, "error K-PEER-INVALID", '"A.B" is not a lower-case DNS name'),
        (": 25", f": 25\n{at('dns: 4500')}", 10, "error K-PEER-INVALID", "spec.endpoint.dnsOrIP.dns cannot"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_line(old: str, new: str, line: int, code: str, told: str) -> None:
    run = lint(GOOD.replace(old, new, 1))
    (said,) = (one for one in run.stdout.splitlines() if one.startswith(f"peer.yaml:{line}: {code}: peer "))
    assert told in said
    assert run.exit_code == (1 if "error" in code else 0)
    assert "oh no" not in run.stdout


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (f"--- !!map\n{GOOD}", 1, "kubectl does not read text after --- on the same line"),
        (f"{GOOD}--- {{kind: Other}}\n", 10, "kubectl does not read text after --- on the same line"),
        (f"# one\n%YAML 1.1\n---\n{GOOD}", 2, "kubectl does not read directives such as %YAML"),
        (f"# two\n{json.dumps([peer('a', 1)])}\n", 2, "it contains a list without a kind"),
        (
            f"{json.dumps(peer('a', 1))[:-2]},}}}}",
            1,
            "kubectl reads a file that begins with { as JSON",
        ),
        (f"\n{FLOW}", 1, "kubectl reads a file that begins with { as JSON"),
        (gzip.compress(GOOD.encode(), mtime=0), 1, "it is a gzip file; unpack it first"),
        (gzip.compress(GOOD.encode(), mtime=0)[:40], 1, "it is a gzip file, and it is cut off"),
        (gzip.compress(GOOD.encode(), mtime=0)[:-4], 1, "it is a gzip file, and it is cut off"),
        (GOOD.encode("utf-16-le"), 1, "it is UTF-16LE without a byte order mark; convert it"),
    ],
)
def test_a_file_that_kubectl_does_not_read_is_an_error(text: str | bytes, line: int, told: str) -> None:
    run = lint(text)
    assert run.exit_code == 1
    assert f"peer.yaml:{line}: error K-FILE: {told}" in run.stdout
    assert "incomplete" not in run.stderr


@pytest.mark.parametrize(
    "text",
    [
        f"---\n{FLOW}",
        f"# one\n{FLOW}",
        f"---  # one\n{GOOD}",
        f"---\t\n{GOOD}...\n",
        f"a: &x 1\nb: &x 2\n---\n{GOOD}",
    ],
)
def test_what_kubectl_reads_is_no_finding(text: str) -> None:
    assert "K-FILE" not in lint(text).stdout


def test_a_misspelt_field_has_the_right_one_beside_it_and_its_column() -> None:
    (first, _) = json.loads(lint(GOOD.replace("publicKey", "publickey"), "-o", "json").stdout)["findings"][::-1]
    assert first["hint"] == 'did you mean "publicKey"?'
    assert (first["line"], first["column"], first["endLine"], first["endColumn"]) == (8, 3, 8, 58)


def test_a_list_of_kubectl_that_is_cut_off_is_an_error_and_not_a_shorter_list() -> None:
    whole = yaml.safe_dump({"apiVersion": "v1", "items": [yaml.safe_load(GOOD), peer("b", 2)], "kind": "List"})
    items = whole.partition("kind: List")[0]
    assert whole.endswith("\nkind: List\n")
    assert lint(whole).exit_code == 0
    for lines in range(3, items.count("\n")):
        run = lint("".join(items.splitlines(keepends=True)[:lines]))
        assert run.exit_code == 1
        assert "error K-FILE" in run.stdout
    assert "peer.yaml:7: error K-FILE: " in lint("".join(whole.splitlines(keepends=True)[:7])).stdout


def test_a_file_with_a_finding_and_without_a_last_line_break_may_be_cut_off() -> None:
    cut = GOOD.partition("  publicKey")[0].rstrip()
    assert 'kgctl: note: "peer.yaml" does not end with a line break; if it is incomplete,' in lint(cut).stderr
    assert "incomplete" not in lint(f"{cut}\n").stderr
    assert "incomplete" not in lint(GOOD.rstrip()).stderr


def test_strict_takes_warnings_for_errors() -> None:
    text = GOOD.replace("10.5.0.1/32", "10.5.0.1/24")
    assert (lint(text).exit_code, lint(text, "--strict").exit_code, lint(GOOD, "--strict").exit_code) == (0, 1, 0)


def test_peers_are_compared_across_files() -> None:
    a = written("peers/a.yaml", GOOD)
    b = written("peers/b.json", json.dumps(peer("b", 1, publicKey=key("vpn"), persistentKeepalive=25)))
    c = written("peers/c.yml", GOOD.replace("10.5.0.1", "10.6.0.1").replace(key("vpn"), key("c")))
    d = written(
        "peers/d.yaml",
        GOOD.replace("vpn", "d").replace("10.5.0.1/32", "10.6.0.0/16").replace(key("vpn"), key("d")),
    )
    peer_d = f'peer "d" in {d}:4'
    run, only_one = kgctl("lint", "peers"), ", and only one of them gets it"
    assert [line for line in run.stdout.splitlines() if "hint" not in line] == [
        f'{b}:1: error K-PEER-DUP: peer "b": allowed IP 10.5.0.1/32 is also in peer "vpn" in {a}:4{only_one}',
        f'{b}:1: error K-KEY-TWICE: peer "b": it has the same publicKey as peer "vpn" in {a}:4',
        (
            f'{c}:4: error K-PEER-NAME: peer "vpn": {a}:4 has a Peer of the same name; the one '
            "applied last replaces the other"
        ),
        f'{c}:7: warning K-PEER-WITHIN: peer "vpn": allowed IP 10.6.0.1/32 is inside 10.6.0.0/16 of {peer_d}',
    ]
    assert run.stderr == "kgctl: 4 peers in 4 files: 3 errors, 1 warning\n"


def test_the_way_to_everywhere_overlaps_with_nobody() -> None:
    gateway = peer("gateway", allowedIPs=["0.0.0.0/0"], persistentKeepalive=25)
    assert lint_data(gateway, peer("p", persistentKeepalive=25))["findings"] == []


@pytest.mark.parametrize("kind", ["ClusterMesh", "ClusterMeshList", "Peering", "Node", "Mesh", "Tunnel"])
def test_another_kind_of_kilos_group_is_no_misspelt_peer(kind: str) -> None:
    run = lint(GOOD.replace("kind: Peer", f"kind: {kind}"))
    assert (run.exit_code, run.stdout) == (0, "")
    assert "0 peers in 1 file" in run.stderr


@pytest.mark.parametrize("kind", ["peer", "Peers", "PEER", "peers", "Pear", "Pee", "Peeer", ""])
def test_a_kind_that_is_nearly_peer_is_a_misspelt_one(kind: str) -> None:
    run = lint(GOOD.replace("kind: Peer", f"kind: {kind}"))
    assert run.exit_code == 1
    assert "hint: write kind: Peer" in run.stdout


def test_what_is_no_peer_of_kilo_is_passed_over() -> None:
    written("a/kustomization.yaml", "resources: [peer.yaml]\n")
    written("a/hosts.yaml", "all: !vault x\n---\n- 1\n---\nplain\n")
    written("a/chart/templates/x.yaml", "{{ if }}\n")
    written("a/.git/x.yaml", GOOD)
    written("a/notes.txt", GOOD)
    written("a/other.yaml", GOOD.replace("kilo.squat.ai/v1alpha1", "hyperledger.org/v1"))
    written("a/node.json", json.dumps(node("n")))
    run = kgctl("lint", "a")
    assert (run.exit_code, run.stdout) == (0, "")
    assert run.stderr.startswith("kgctl: 0 peers in 5 files")


def test_the_example_cluster_has_one_peer_that_roams_without_a_keepalive() -> None:
    run = kgctl("lint", str(EXAMPLE))
    line = EXAMPLE.read_text().split("name: phone")[0].count("\n") + 2
    assert run.stdout.startswith(f'{EXAMPLE}:{line}: warning K-PEER-ROAM: peer "phone"')
    assert (run.exit_code, run.stdout.count("\n")) == (0, 2)


def test_the_peers_of_a_list_have_their_places() -> None:
    items = [node("n"), peer("a", persistentKeepalive=25), peer("b", 2, publicKey="x")]
    text = yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": items}, sort_keys=True)
    line = text.split("publicKey: x")[0].count("\n") + 1
    assert lint(text).stdout.startswith(f'peer.yaml:{line}: error K-PEER-INVALID: peer "b"')


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (GOOD[: GOOD.index("10.5.0.1")].replace("- ", "- ["), 8),
        (GOOD + "- x\n", 10),
        (f'{{"kind": "Peer",\n"spec": {{"publicKey": "{key("vpn")}', 2),
        (b"a: b\n\xff\xfe", 2),
        ("apiVersion: v1\nkind: List\n", 2),
        ("apiVersion: v1\nkind: List\nitems: {a: {kind: Peer}}\n", 3),
        ("apiVersion: kilo.squat.ai/v1alpha1\nkind: PeerList\nitems: text\n", 3),
        ("apiVersion: kilo.squat.ai/v1alpha1\nkind: PeerList\nitems:\n- 5\n", 4),
        ("apiVersion: v1\nkind: List\nitems:\n- kind: List\n  items: {a: b}\n", 5),
        ("apiVersion: v1\nkind: List\nitems:\n- kind: PeerList\n", 4),
        (GOOD + "\x00", 10),
        (GOOD + "  presharedKey: !!int hush\n", 10),
        ("[" * 10_000, 1),
    ],
)
def test_a_file_that_is_cut_off_or_no_yaml_is_one_error(text: str | bytes, line: int) -> None:
    run = lint(text)
    assert run.exit_code == 1
    assert run.stdout.startswith(f"peer.yaml:{line}: error K-FILE: it is incomplete, or not valid")
    assert (run.stdout.count("\n"), "hush" in run.stdout) == (1, False)


def test_a_peer_that_is_cut_off_in_a_folder_is_an_error() -> None:
    written("a/b.yaml", HEAD + "  allowedIPs: [")
    assert kgctl("lint", "a").stdout.startswith("a/b.yaml:7: error K-FILE")


def test_json_that_yaml_cannot_read_is_read() -> None:
    raw = peer("p", persistentKeepalive=25)
    raw["metadata"]["annotations"] = {"x": "😀"}
    run = lint(json.dumps(raw, indent="\t"))
    assert (run.exit_code, run.stdout) == (0, "")
    assert "1 peer in 1 file" in run.stderr


@pytest.mark.parametrize("end", ["", "\n", " "])
def test_json_objects_one_after_the_other_have_their_places(end: str) -> None:
    good, bad = (json.dumps(peer(name, persistentKeepalive=25), indent=1) for name in ("p", "q"))
    run = lint(good + end + bad.replace('"q"', "7"))
    line = (good + end).count("\n") + bad[: bad.index('"name"')].count("\n") + 1
    assert run.stdout.startswith(f'peer.yaml:{line}: error K-PEER-INVALID: peer "7": Kilo skips it: metadata.name')
    assert "2 peers in 1 file" in run.stderr


def test_a_peer_without_metadata_has_one_error_about_it() -> None:
    run = lint(GOOD.replace("metadata:\n  name: vpn\n", ""))
    assert (run.exit_code, run.stdout.count("metadata"), "  cannot" in run.stdout) == (1, 1, False)
    assert "Kilo skips it: metadata is missing" in run.stdout


def test_peers_in_lists_of_lists_are_found() -> None:
    inner = {"kind": "PeerList", "apiVersion": "kilo.squat.ai/v1alpha1", "items": [{"spec": {}, "metadata": {}}]}
    run = lint(json.dumps({"kind": "List", "apiVersion": "v1", "items": [{**inner, "kind": "List"}, inner]}))
    assert "1 peer in 1 file" in run.stderr
    assert "metadata.name is missing" in run.stdout


@pytest.mark.parametrize(
    ("text", "name", "field"),
    [
        ("metadata: {name: y}", "true", "metadata.name"),
        ("metadata: {name: 1e3}", "1000", "metadata.name"),
        ("metadata: {name: p, annotations: {a: b, acme.com/on: off}}", "p", "metadata.annotations.acme.com/on"),
        ("metadata:\n  name: p\n  labels:\n    n: 25.0", "p", "metadata.labels.false"),
        ("metadata:\n  name: p\n  labels:\n    x: 017", "p", "metadata.labels.x"),
        ("metadata: {name: p, annotations: [a]}", "p", "metadata.annotations"),
    ],
)
def test_metadata_that_kubernetes_refuses_is_an_error_with_the_name_and_the_key(
    text: str, name: str, field: str
) -> None:
    run = lint(GOOD.replace("metadata:\n  name: vpn", text))
    assert run.exit_code == 1
    assert f'error K-PEER-INVALID: peer "{name}": Kilo skips it: {field} cannot be read: ' in run.stdout
    assert ("in quotes" in run.stdout) is ("[a]" not in text)


@pytest.mark.parametrize("text", ["a: 2024-01-01", "a: 'y'", "a: 1:30", "a: 0o8", "a: yea"])
def test_an_unquoted_text_is_a_text_where_kubernetes_says_so(text: str) -> None:
    assert lint(GOOD.replace("  name: vpn", f"  name: vpn\n  annotations: {{{text}}}")).stdout == ""


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (GOOD + "spec: {}\n", "spec"),
        (GOOD.replace("  name: vpn", "  name: a\n  name: vpn"), "metadata.name"),
        (f"kind: List\napiVersion: v1\nitems:\n- {GOOD.replace(chr(10), chr(10) + '  ')}\nitems: []\n", "items"),
    ],
)
def test_a_key_that_is_there_twice_is_an_error(text: str, field: str) -> None:
    run = lint(text)
    assert run.exit_code == 1
    assert f"{field} exists twice" in run.stdout.replace('"', "")


CIPHER = "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]"
SOPS = f"sops:\n  age: []\n  lastmodified: '2025-01-01T00:00:00Z'\n  mac: {CIPHER}\n  version: 3.9.0\n"


@pytest.mark.parametrize(
    "text",
    [
        GOOD + f"  presharedKey: {CIPHER}\n{SOPS}",
        f"{SOPS}{GOOD}".replace("10.5.0.1/32", CIPHER),
        f"{GOOD}---\n{GOOD}{SOPS}",
        json.dumps({"kind": CIPHER, "data": CIPHER, "sops": {"mac": CIPHER}}),
    ],
)
def test_a_file_that_sops_has_encrypted_is_passed_over(text: str) -> None:
    run = lint(text, "--strict")
    assert (run.exit_code, run.stdout) == (0, "")
    assert run.stderr.startswith('kgctl: note: kgctl skips "peer.yaml", which is encrypted by SOPS\n')


@pytest.mark.parametrize("more", ["sops: true\n", "sops: {}\n", "# sops:\n", "spec2:\n  sops: {mac: x}\n"])
def test_a_file_that_only_names_sops_is_not(more: str) -> None:
    assert "encrypted" not in lint(GOOD + more).stderr


def test_stdin_and_a_file_are_read_together_and_a_file_twice_once() -> None:
    a = written("a.yaml", GOOD)
    run = kgctl("lint", a, "-", ".", f"./{a}", stdin=GOOD.encode())
    taken = f'stdin:4: error K-PEER-NAME: peer "vpn": {a}:4 has a Peer of the same name'
    assert run.stdout == f"{taken}; the one applied last replaces the other\n"


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        ((), 2, "missing argument FILE..."),
        (("a", "-o", "xml"), 2, '--output "xml" is not one of'),
        (("nowhere.yaml",), 1, 'cannot read "nowhere.yaml": no such file or directory'),
    ],
)
def test_what_cannot_be_linted_is_told_and_nothing_printed(args: tuple[str, ...], code: int, told: str) -> None:
    run = kgctl("lint", *args)
    assert (run.exit_code, run.stdout) == (code, "")
    assert told in run.stderr


def test_aliases_without_end_are_refused() -> None:
    laughs = "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9) if n else '1'}]\n" for n in range(30))
    assert "its aliases expand to too many values" in lint(GOOD + laughs).stdout
    assert "an alias refers to a value that contains it" in lint(GOOD + "self: &self [*self]\n").stdout


@given(clusters(hostile))
def test_every_peer_that_kilo_skips_has_an_error_and_no_other_peer_has(cluster: Cluster) -> None:
    for raw in cluster.peers:
        named = {**raw, "metadata": {"name": "p"}}
        read = translate_peer(decoding.convert(named, resources.Peer))
        expected = {Code.KEEPALIVE} if read.persistent_keepalive > MAX_KEEPALIVE else set()
        expected |= {code_of_ignored(one) for one in read.ignored_values} - {Code.PEER_DNS_AND_IP}
        skipped = {Code.PEER_INVALID, Code.PEER_NOIPS, Code.PEER_NOKEY}
        (manifest,) = peer_manifests(json.dumps(named).encode())
        found = [*peer_files.dropped_fields("p", manifest.dropped), *peers.by_itself(manifest.peer)]
        errors = {one.code for one in found if one.severity is Severity.ERROR}
        assert errors - skipped == expected
        assert bool(errors & skipped) == bool(read.why_not_ready())


_ODD = st.none() | st.integers() | hostile | st.lists(hostile, max_size=2)
_SPECS = st.dictionaries(st.sampled_from(("publicKey", "allowedIPs", "presharedKey")) | hostile, _ODD, max_size=3)
_OTHER_SPECS = _SPECS.map(lambda spec: {"endpoint": {"dnsOrIP": spec}}) | _SPECS.map(list)


@given(_SPECS | _OTHER_SPECS, st.sampled_from(("text", "github")))
def test_a_spec_of_anything_gives_lines_and_never_a_fault_of_kgctl(spec: Any, output: str) -> None:
    run = kgctl("lint", "-", "-o", output, stdin=json.dumps({**peer("p"), "spec": spec}).encode())
    assert run.exit_code == 1, run.stderr
    assert all(line.isprintable() for line in run.stdout.removesuffix("\n").split("\n"))


@pytest.mark.parametrize(
    "text", ["Name,Addresses\nlaptop,10.5.0.1\n", "hello\n", "---\n# empty\n---\n7\n", '"text"']
)
def test_a_named_file_of_text_is_an_error(tmp_path: Path, text: str) -> None:
    file = tmp_path / "peers.csv"
    file.write_text(text)
    done = kgctl("lint", str(file))
    assert done.exit_code == 1
    assert "it contains neither a Kubernetes object nor a WireGuard configuration" in done.stdout
    assert f"hint: to check a table of peers: kgctl peer apply --dry-run client -f {file}\n" in done.stdout


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "---\n---\n", "null\n", "a: !Ref b\n", "- hosts: all\n", "{}{}"]
)
def test_a_file_without_text_or_with_something_else_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "values.yaml").write_text(text)
    done = kgctl("lint", str(tmp_path / "values.yaml"))
    assert (done.exit_code, done.stdout) == (0, "")


@pytest.mark.parametrize(("text", "words"), [("a: [\n", "is not YAML or JSON"), ("oops\n", "contains only text")])
def test_a_damaged_file_in_a_folder_is_reported(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    (tmp_path / "template.yaml").write_text("{{ if .x }}\na: b\n{{ end }}\n")
    done = kgctl("lint", str(tmp_path))
    assert done.exit_code == 0
    [note, _] = done.stderr.splitlines()
    assert note.startswith(f'kgctl: note: kgctl skips "{tmp_path}/a.yaml", which {words}')


FLUX, VAULT, HELM = "${KEY:=x}", "<path:secret/data/x#key>", "{{ .Values.key }}"


@pytest.mark.parametrize(
    ("placeholder", "program"), [(FLUX, "Flux"), (VAULT, "Argo CD Vault Plugin"), (f'"{HELM}"', "Helm")]
)
@pytest.mark.parametrize("field", ["publicKey", "presharedKey"])
def test_a_value_that_another_program_replaces_is_unknown_and_not_judged(
    placeholder: str, program: str, field: str
) -> None:
    own = f"  publicKey: {key('vpn')}\n"
    kept = "" if field == "publicKey" else own
    run = lint(GOOD.replace(own, f"{kept}  {field}: {placeholder}\n"), "--strict")
    assert (run.exit_code, run.stdout) == (0, "")
    unknown = f'kgctl does not know spec.{field} of peer "vpn", because {program} replaces it'
    assert run.stderr.startswith(f'kgctl: note: "peer.yaml": {unknown}\n')


def test_the_other_values_beside_a_placeholder_are_judged() -> None:
    run = lint(GOOD.replace(": 25", ": -1").replace("10.5.0.1/32", "${IP}"))
    assert "persistentKeepalive" in run.stdout
    assert "allowedIPs" not in run.stdout


@pytest.mark.parametrize("stored_as", ["uid: x", "creationTimestamp: 2026-01-01T00:00:00Z"])
def test_a_placeholder_that_a_cluster_stored_is_a_fault(stored_as: str) -> None:
    stored = GOOD.replace("  name: vpn\n", f"  name: vpn\n  {stored_as}\n").replace("10.5.0.1/32", "${IP}")
    run = lint(stored)
    assert (run.exit_code, "spec.allowedIPs[0]" in run.stdout) == (1, True)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n", "a Git LFS pointer"),
        (GOOD.replace("10.5.0.1/32", "1.1.1.1/32") + "{{- if .Values.on }}\n", "a template"),
        (GOOD.replace(key("vpn"), HELM), "a template"),
    ],
)
def test_a_file_that_stands_for_another_is_passed_over_and_named(text: str, what: str) -> None:
    run = lint(text, "--strict")
    assert (run.exit_code, run.stdout) == (0, "")
    assert run.stderr.startswith(f'kgctl: note: kgctl skips "peer.yaml", which is {what}\n')
    run = kgctl("--from-file", "peer.yaml", "get", "peers")
    assert run.stderr.startswith(f'kgctl: "peer.yaml" is {what}\nhint: re')
    run = kgctl("peer", "apply", "-f", "peer.yaml", "--dry-run", "client")
    assert run.exit_code == 1


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PK\x03\x04\x14", "a zip file"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "a 7z file"),
        (gzip.compress(GOOD.encode(), mtime=0)[:40], "a gzip file"),
        (b"<html>\n<body>a: b: c</body>\n", "an HTML page"),
        (b"<!DOCTYPE html>\n", "an HTML page"),
    ],
)
def test_an_archive_or_a_web_page_is_called_what_it_is(data: bytes, what: str) -> None:
    run = lint(data)
    assert (run.exit_code, f"it is {what}" in run.stdout) == (1, True)

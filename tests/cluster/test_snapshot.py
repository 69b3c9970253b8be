import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from kgctl_py.cluster.saved.snapshot import Snapshot
from kgctl_py.errors import KgctlError
from kgctl_py.mesh.nodes_and_peers import Mesh
from tests.cli.kgctl import kgctl
from tests.in_memory import NOW, Cluster, node, peer

CLUSTER = Cluster([node("a", 1), node("b", 2)], [peer("p")])
AS_YAML = """\
apiVersion: v1
kind: Node
metadata: {name: c, annotations: {kilo.squat.ai/location: x}}
---
---
apiVersion: kilo.squat.ai/v1alpha1
kind: PeerList
items:
- metadata: {name: q}
- metadata: {name: r}
---
apiVersion: v1
kind: Secret
metadata: {name: of no interest}
"""


def read(folder: Path, *texts: str | bytes) -> Mesh:
    files = [folder / f"{n}.yaml" for n in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_bytes(text.encode() if isinstance(text, str) else text)
    return Snapshot([str(file) for file in files]).mesh()


def names_in(mesh: Mesh) -> tuple[str, str]:
    return "".join(node.name for node in mesh.nodes), "".join(peer.name for peer in mesh.peers)


def test_documents_lists_and_lone_objects_of_several_files_make_one_mesh(tmp_path: Path) -> None:
    lone = json.dumps(peer("s"))
    assert names_in(read(tmp_path, AS_YAML, CLUSTER.as_list(), lone)) == ("abc", "pqrs")


def test_the_same_object_twice_is_one_but_not_when_the_two_differ(tmp_path: Path) -> None:
    assert names_in(read(tmp_path, CLUSTER.as_list(), json.dumps(CLUSTER.nodes[0]))) == ("ab", "p")
    with pytest.raises(KgctlError, match=r'1\.yaml": Node "a" exists twice with different content'):
        read(tmp_path, CLUSTER.as_list(), json.dumps(node("a", 9)))


def test_stdin_and_files_are_read_together(tmp_path: Path) -> None:
    file = tmp_path / "nodes.json"
    file.write_text(Cluster(CLUSTER.nodes).as_list())
    peers = json.dumps(CLUSTER.peers[0]).encode()
    run = kgctl("--from-file", str(file), "showconf", "peer", "p", "--from-file", "-", stdin=peers)
    assert (run.exit_code, run.stderr) == (0, "")
    assert "AllowedIPs = 10.42.1.0/24" in run.stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "contains no Node and no Peer"),
        ("hello", "contains plain text, not Kubernetes objects"),
        ("- a", "contains a list, not Kubernetes objects"),
        ("5", "contains a value, not Kubernetes objects"),
        ("items: []", "has an object without a kind"),
        ("apiVersion: v1\nitems:\n- kind: Node\n", "is incomplete: a list of objects ends without its kind"),
        ("kind: List\nitems: [1]", "has a List whose items are not objects"),
        ("kind: List\nitems: {a: {}}", "has a List whose items are not objects"),
        ("kind: List\nitems: [null]", "has a List whose items are not objects"),
        ('{"kind": "List", "items": [null]}', "has a List whose items are not objects"),
        ("kind: List\nitems:", "contains no Node and no Peer$"),
        ('{"kind": "List", "items": [{"kind": "NodeList", "items": null}]}', "contains no Node and no Peer$"),
        ("kind: List", "has a List without items"),
        ('{"kind": "NodeList"}', "has a NodeList without items"),
        ("kind: List\nitems: [{kind: PeerList}]", "has a PeerList without items"),
        ('{"kind": "List", "items": [{"kind": "PeerList"}]}', "has a PeerList without items"),
        ("kind: list\nitems: []", 'contains no Node and no Peer, but an object of kind "list": write "List"'),
        ("kind: node", 'contains no Node and no Peer, but an object of kind "node": write "Node"'),
        ("a: [", "is not valid YAML or JSON"),
        (CLUSTER.as_list()[:-30], "is not valid YAML or JSON"),
        (b"\xff\xfe\x00", "is not valid YAML or JSON"),
        ("[" * 10_000, "is not valid YAML or JSON"),
        ('{"kind": ' + "[" * 200_000, "is nested too deeply for a cluster"),
        ("!!python/object/apply:os.system [reboot]", "is not valid YAML or JSON"),
        (
            "apiVersion: v1\nkind: Node\nmetadata: {name: m, annotations: {kilo.squat.ai/last-seen: 17}}",
            r'Node "m": metadata\.annotations\.kilo\.squat\.ai/last-seen cannot be read: expected a string, got',
        ),
        (
            "apiVersion: v1\nkind: Node\nspec: {}",
            'Node without a name: object missing required field "metadata"',
        ),
        ("apiVersion: v1\nkind: Node\nmetadata: {}", "a Node has no metadata.name"),
    ],
)
def test_a_file_that_cannot_be_used_whole_is_named_with_the_reason(
    tmp_path: Path, text: str | bytes, message: str
) -> None:
    with pytest.raises(KgctlError, match=rf'0\.yaml"?:? {message}'):
        read(tmp_path, text)


def test_a_kubeconfig_in_place_of_a_saved_cluster_is_named(tmp_path: Path) -> None:
    with pytest.raises(KgctlError, match=r'0\.yaml" is a kubeconfig, not a saved cluster') as caught:
        read(tmp_path, "apiVersion: v1\nkind: Config\nclusters: []\n")
    assert caught.value.hint.startswith("use --kubeconfig ")


def test_a_node_that_is_cut_off_in_a_field_has_a_hint(tmp_path: Path) -> None:
    with pytest.raises(KgctlError, match="spec cannot be read") as error:
        read(tmp_path, "apiVersion: v1\nkind: Node\nmetadata: {name: m}\nspec: podC")
    assert error.value.hint == (
        "to save the cluster again: kubectl get nodes,peers.kilo.squat.ai -o yaml > cluster.yaml"
    )


def test_what_kubectl_printed_is_not_used_when_it_was_cut_off(tmp_path: Path) -> None:
    whole = yaml.safe_dump(json.loads(CLUSTER.as_list()))
    assert names_in(read(tmp_path, whole)) == ("ab", "p")
    lines = whole.splitlines(keepends=True)
    end = lines.index("kind: List\n")
    for kept in range(1, end + 1):
        with pytest.raises(KgctlError):
            read(tmp_path, "".join(lines[:kept]))


@pytest.mark.parametrize(
    "change",
    [
        gzip.compress,
        lambda text: b"# M\xfcller\n---\n" + text,
        lambda text: text.decode().encode("utf-16"),
        lambda text: b"\xef\xbb\xbfa: &x 1\nkind: Other\nb: &x 2\n---\n\xef\xbb\xbf" + text,
        lambda text: b"--- # one\n" + text + b"\n... # end\n---\t\n",
    ],
    ids=["gzip", "Latin-1", "UTF-16", "appended", "separators"],
)
def test_a_file_is_read_in_the_forms_that_kubectl_reads_and_compressed(
    tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    text = CLUSTER.as_list().encode()
    assert read(tmp_path, change(text)) == read(tmp_path, text)


def test_a_value_that_is_not_utf_8_has_a_mark_in_its_place(tmp_path: Path) -> None:
    manifest = peer("p")
    manifest["metadata"]["annotations"] = {"a": "Muller"}
    for text in (yaml.safe_dump(manifest), json.dumps(manifest)):
        (tmp_path / "f").write_bytes(text.encode().replace(b"Muller", b"M\xfcller"))
        assert Snapshot([str(tmp_path / "f")]).peer_manifest("p")["metadata"]["annotations"] == {
            "a": "M\ufffdller"
        }


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04", "is a zip file"),
        (b"PK\x05\x06" + bytes(18), "is a zip file"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "is a 7z file"),
        (b"<!DOCTYPE html>\n<title>x: y</title>", "is an HTML page"),
        (b"\xef\xbb\xbf\n<html>\n", "is an HTML page"),
        (gzip.compress(b"kind: Peer\n", mtime=0)[:15], "it is cut off"),
        (b"\xfd7zXZ\0", "is an xz file"),
        (b"x\0" + b"x" * 255 + b"ustar", "is a tar file"),
        (gzip.compress(b"kind: Peer\n" * 1000, mtime=0)[:-20], "is incomplete or damaged"),
        ("kind: Peer\n".encode("utf-16-le"), "is UTF-16LE without a byte order mark"),
        ("kind: Peer\n".encode("utf-16-be"), "is UTF-16BE without a byte order mark"),
        (gzip.compress(b"kind: [\n", mtime=0), "is not valid YAML or JSON"),
        (b'{"kind": "Status", "message": "peers is forbidden"}', "an error of an API server: peers is forbidden"),
    ],
)
def test_a_file_that_kubectl_does_not_read_is_called_what_it_is(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(KgctlError, match=words):
        read(tmp_path, data)


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(KgctlError, match='cannot read "/no/such/file": no such file or directory'):
        Snapshot(["/no/such/file"]).mesh()


@pytest.mark.parametrize(
    ("seen", "ready"),
    [
        ([0, 10, 59], "abc"),
        ([0, 10, 69], "bc"),
        ([0, 10, 70], "abc"),  # that it is 70 only c says
        ([0, 10, 100_000], "abc"),
        ([0, 1000, 2000], "c"),
    ],
)
def test_the_time_of_a_file_is_the_newest_one_that_two_nodes_agree_on(
    tmp_path: Path, seen: list[int], ready: str
) -> None:
    nodes = [node(name, last_seen=str(NOW + seconds)) for name, seconds in zip("abc", seen, strict=True)]
    mesh = read(tmp_path, Cluster(nodes).as_list())
    assert "".join(node.name for node in mesh.ready_nodes) == ready


@pytest.mark.parametrize("end", ["", "\n", "\n\n  "])
def test_json_objects_one_after_the_other_are_read(tmp_path: Path, end: str) -> None:
    texts = [json.dumps(one, indent=end.count("\n") or None) for one in (*CLUSTER.nodes, *CLUSTER.peers)]
    assert names_in(read(tmp_path, end.join(texts))) == ("ab", "p")
    assert names_in(read(tmp_path, b"\xef\xbb\xbf" + end.join(texts).encode())) == ("ab", "p")


def test_lists_in_lists_are_read(tmp_path: Path) -> None:
    deep = {"kind": "List", "items": [{"kind": "List", "items": [json.loads(CLUSTER.as_list())]}, peer("q")]}
    assert names_in(read(tmp_path, json.dumps(deep))) == ("ab", "pq")
    assert names_in(read(tmp_path, yaml.safe_dump(deep))) == ("ab", "pq")
    assert names_in(read(tmp_path, json.dumps({"kind": "List", "items": None}), CLUSTER.as_list())) == ("ab", "p")


def test_an_object_whose_kind_ends_in_list_is_no_list(tmp_path: Path) -> None:
    other = {"kind": "AllowList", "apiVersion": "acme.com/v1", "metadata": {"name": "x"}}
    assert names_in(read(tmp_path, json.dumps(other), yaml.safe_dump(other), CLUSTER.as_list())) == ("ab", "p")


@pytest.mark.parametrize("second", [Cluster(CLUSTER.nodes).as_list(), Cluster((), CLUSTER.peers).as_list()])
def test_two_dumps_without_a_line_between_them_are_an_error_and_not_half_read(tmp_path: Path, second: str) -> None:
    dumps = "".join(yaml.safe_dump(json.loads(text)) for text in (CLUSTER.as_list(), second))
    with pytest.raises(KgctlError, match='"apiVersion" exists twice') as caught:
        read(tmp_path, dumps)
    assert caught.value.hint == "to put two dumps in one file, separate them with a line ---"


@pytest.mark.parametrize("metadata", ["{name: y}", "{name: bad, labels: {a: 1}}", "{}", "{name: [a]}", "7"])
def test_a_peer_that_cannot_be_read_does_not_hide_the_others(tmp_path: Path, metadata: str) -> None:
    odd = f"apiVersion: kilo.squat.ai/v1alpha1\nkind: Peer\nmetadata: {metadata}\nspec: {{}}\n"
    mesh = read(tmp_path, odd, CLUSTER.as_list())
    assert [peer.name for peer in mesh.ready_peers] == ["p"]
    run = kgctl("--from-file", str(tmp_path / "0.yaml"), "--from-file", str(tmp_path / "1.yaml"), "check")
    assert ("K-PEER-INVALID" in run.stdout) is ("name: y" in metadata or "bad" in metadata)
    assert ("ignoring a Peer without metadata.name" in run.stderr) is ("K-PEER-INVALID" not in run.stdout)


def test_a_whole_number_of_json_is_an_integer(tmp_path: Path) -> None:
    text = json.dumps(peer("p", persistentKeepalive=25)).replace(": 25", ": 25.0")
    assert read(tmp_path, text).peers[0].persistent_keepalive == 25


def test_a_cluster_in_which_no_node_has_reported_has_the_time_at_which_it_is_read(tmp_path: Path) -> None:
    before = time.time()
    now = read(tmp_path, "{apiVersion: v1, kind: Node, metadata: {name: a}}").now
    assert before <= now <= time.time()

"""Peers kept in Git: the files that a kustomization lists, and what is said when they cannot be."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from kgctl_py.cluster.git.git_cluster import FolderCluster
from kgctl_py.cluster.git.git_folder import Folder
from kgctl_py.cluster.git.git_peers import FolderPeerStore
from kgctl_py.errors import KgctlError
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.peers.rotate_keys import rotate_keys
from kgctl_py.value import replace
from kgctl_py.wireguard import Key
from tests.cli.kgctl import kgctl
from tests.in_memory import EXAMPLE, Cluster, InMemoryCluster, key, node, peer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that lists a CRD and the peers `ann` and `bob`; `carl` is not listed."""
    listed(tmp_path, "crds.yaml", "./peers/ann.yaml", "peers/bob.json")
    (tmp_path / "crds.yaml").write_text("kind: CustomResourceDefinition\napiVersion: apiextensions.k8s.io/v1\n")
    (tmp_path / "peers").mkdir()
    for number, file in enumerate(("ann.yaml", "bob.json", "carl.yml"), 1):
        write(tmp_path / "peers" / file, file.partition(".")[0], number)
    (tmp_path / "peers" / "README.md").write_text("not: [YAML")
    return tmp_path


def listed(folder: Path, *resources: str, more: str = "") -> None:
    folder.mkdir(exist_ok=True)
    (folder / "kustomization.yaml").write_text(yaml.safe_dump({"resources": resources and list(resources)}) + more)


def write(path: Path, *peers: str | int) -> None:
    names, numbers = peers[::2], peers[1::2]
    made = (peer(str(name), int(number)) for name, number in zip(names, numbers, strict=True))
    path.write_text(yaml.safe_dump_all(made))


def names(peers: Sequence[object]) -> list[str]:
    return [kept.peer.name for kept in peers]  # type: ignore[attr-defined]


def test_the_peers_are_those_that_are_listed_and_those_beside_them_wait(folder: Path) -> None:
    kept = Folder(str(folder))
    assert names(kept.peers()) == ["ann", "bob"]
    assert names(kept.all_peers()) == ["ann", "bob", "carl"]


def test_a_listed_folder_is_read_as_in_kustomize_and_urls_are_left_out(folder: Path) -> None:
    listed(folder / "base", "dave.yaml", "https://example.com/x.yaml", "github.com/squat/kilo//x?ref=main")
    write(folder / "base" / "dave.yaml", "dave", 4)
    listed(folder, "peers/ann.yaml", "base")
    assert names(Folder(str(folder)).peers()) == ["ann", "dave"]


def test_peers_with_a_list_of_their_own_are_listed_there(folder: Path) -> None:
    listed(folder, "peers")
    listed(folder / "peers", "ann.yaml")
    kept = Folder(str(folder))
    place = kept.place("erin")
    assert (place.path, place.by, place.resource) == (
        folder / "peers" / "erin.yaml",
        folder / "peers" / "kustomization.yaml",
        "erin.yaml",
    )
    assert names(kept.all_peers()) == ["ann", "bob", "carl"]


def test_a_new_peer_has_a_file_of_its_name(folder: Path) -> None:
    place = Folder(str(folder)).place("erin")
    assert (place.by, place.resource) == (folder / "kustomization.yaml", "peers/erin.yaml")


@pytest.mark.parametrize("file", ["kustomization.yml", "Kustomization"])
def test_the_other_names_of_a_kustomization_do_as_well(folder: Path, file: str) -> None:
    (folder / "kustomization.yaml").rename(folder / file)
    assert names(Folder(str(folder)).peers()) == ["ann", "bob"]


def test_the_peers_of_a_folder_stand_with_the_nodes_of_another_place(folder: Path) -> None:
    elsewhere = Cluster([node("berlin")], [peer("ann", 9), peer("zoe", 8)])
    mesh = FolderCluster([str(folder)], InMemoryCluster(elsewhere.mesh)).mesh()
    assert [(peer.name, str(peer.allowed_ips[0])) for peer in mesh.peers] == [
        ("ann", "10.5.0.1/32"),
        ("bob", "10.5.0.2/32"),
    ]
    assert mesh.nodes == elsewhere.mesh().nodes


def test_refresh_reads_again(folder: Path) -> None:
    nodes = [node("berlin")]
    cluster = FolderCluster([str(folder)], InMemoryCluster(lambda: Cluster(nodes).mesh()))
    before = cluster.mesh()
    listed(folder, "peers/ann.yaml")
    nodes.append(node("paris", 2))
    assert cluster.mesh() is before
    cluster.refresh()
    assert [peer.name for peer in cluster.mesh().peers] == ["ann"]
    assert [node.name for node in cluster.mesh().nodes] == ["berlin", "paris"]


def test_a_folder_without_any_peer_is_a_mesh_without_peers(tmp_path: Path) -> None:
    listed(tmp_path)
    assert FolderCluster(
        [str(tmp_path)], InMemoryCluster(Cluster([node("berlin")], [peer("ann")]).mesh)
    ).mesh() == Mesh(Cluster([node("berlin")]).mesh().nodes, (), Cluster().now)


@pytest.mark.parametrize(
    ("resources", "more", "words"),
    [
        (("peers/nobody.yaml",), "", 'cannot read ".*peers/nobody.yaml": no such file'),
        (("peers/ann.yaml", "two.yaml"), "", 'peer "ann" exists twice: in ".*ann.yaml" and in ".*two.yaml"'),
        (("peers",), "", 'folder ".*peers" has no kustomization.yaml$'),
        (("bad.yaml",), "", '".*bad.yaml" is not valid YAML or JSON: line'),
        (("peers/ann.yaml",), "nameSuffix: -x\n", "renames Peers with nameSuffix"),
        (("peers/ann.yaml",), "]", '".*kustomization.yaml" is not YAML: line'),
        (("peers/ann.yaml", "./peers/ann.yaml"), "", 'peer "ann" exists twice'),
        ((".",), "", 'kustomization.yaml" lists ".*", which leads back to it'),
        (("round",), "", 'round/kustomization.yaml" lists ".*", which leads back to it'),
        (("inner/kustomization.yaml",), "", 'lists "inner/kustomization.yaml", which is a kustomization'),
        (("inner", "outer"), "", 'peer "dave" exists twice'),
        (("inner",), "namePrefix: x-\n", "renames Peers with namePrefix"),
        (("two-lists",), "", '".*two-lists" has both kustomization.yaml and Kustomization'),
    ],
)
def test_what_cannot_be_read_whole_is_refused(
    folder: Path, resources: tuple[str, ...], more: str, words: str
) -> None:
    write(folder / "two.yaml", "zoe", 7, "ann", 8)
    (folder / "bad.yaml").write_text("a: [")
    listed(folder / "round", "..")
    listed(folder / "inner", "dave.yaml")
    write(folder / "inner" / "dave.yaml", "dave", 4)
    listed(folder / "outer", "../inner")
    listed(folder / "two-lists")
    (folder / "two-lists" / "Kustomization").touch()
    listed(folder, *resources, more=more)
    with pytest.raises(KgctlError, match=words):
        Folder(str(folder)).peers()


def test_a_folder_that_is_listed_twice_and_one_that_renames_others_do_not_matter_without_peers(
    folder: Path,
) -> None:
    (folder / "base").mkdir()
    (folder / "base" / "map.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\n")
    listed(folder / "base", "map.yaml")
    for number, name in enumerate(("one", "two")):
        listed(folder / name, "../base", more=f"namePrefix: {name}-\n" if number else "")
    listed(folder, "one", "two", "peers/ann.yaml")
    kept = Folder(str(folder))
    assert names(kept.peers()) == applied(folder) == ["ann"]
    assert kept.notices == ()


def test_no_peer_is_added_where_it_would_be_renamed(folder: Path) -> None:
    listed(folder, more="namePrefix: x-\n")
    with pytest.raises(KgctlError, match="renames Peers with namePrefix"):
        Folder(str(folder)).place("zoe")


def test_many_folders_that_list_each_other_twice_are_read_once(tmp_path: Path) -> None:
    for number in range(40):
        listed(tmp_path / str(number), *([f"../{number + 1}"] * 2 if number < 39 else []))
    assert Folder(str(tmp_path / "0")).peers() == ()


@pytest.mark.parametrize(("value", "found"), [("true", []), ("", []), ("false", ["eve"])])
def test_an_object_for_local_use_is_not_applied(folder: Path, value: str, found: list[str]) -> None:
    manifest = peer("eve", 5)
    manifest["metadata"]["annotations"] = {"config.kubernetes.io/local-config": value}
    (folder / "eve.yaml").write_text(yaml.safe_dump(manifest))
    listed(folder, "eve.yaml")
    assert names(Folder(str(folder)).peers()) == applied(folder) == found


def test_a_peer_that_cannot_be_read_does_not_hide_the_others(folder: Path) -> None:
    write(folder / "nameless.yaml", "", 7)
    odd = (folder / "peers" / "ann.yaml").read_text().replace("metadata:", "metadata:\n  labels: {a: off}")
    (folder / "odd.yaml").write_text(odd.replace("ann", "odd"))
    listed(folder, "nameless.yaml", "odd.yaml", "peers/ann.yaml")
    kept = Folder(str(folder))
    assert [(one.peer.name, bool(one.peer.faults)) for one in kept.peers()] == [("ann", False), ("odd", True)]
    assert [notice.text for notice in kept.notices] == [
        f'"{folder}/nameless.yaml": ignoring a Peer without metadata.name'
    ]


def test_folders_without_a_kustomization_are_distinguished(tmp_path: Path) -> None:
    with pytest.raises(KgctlError, match=r"has no kustomization\.yaml") as error:
        Folder(str(tmp_path))
    assert error.value.hint == "use a folder that has one; to see how to create one: kgctl init --help"
    (tmp_path / "vpn").mkdir()
    (tmp_path / "vpn" / "kustomization.yaml").touch()
    with pytest.raises(KgctlError) as error:
        Folder(str(tmp_path))
    assert error.value.hint == f'did you mean "{tmp_path}/vpn"?'
    with pytest.raises(KgctlError, match=r'^folder ".*nowhere" does not exist$') as error:
        Folder(str(tmp_path / "nowhere"))
    assert error.value.hint == "check the path; to see how to create a folder for Peers: kgctl init --help"
    (tmp_path / "file").touch()
    with pytest.raises(KgctlError, match=r'^".*file" is a file, not a folder$') as error:
        Folder(str(tmp_path / "file"))
    assert not error.value.hint


def test_a_peer_cannot_take_the_place_of_a_kustomization(folder: Path) -> None:
    with pytest.raises(KgctlError, match="Kustomize uses this name for something else"):
        Folder(str(folder)).place("kustomization")


def test_text_that_is_not_utf_8_is_refused(folder: Path) -> None:
    (folder / "kustomization.yaml").write_bytes(b"# \xff\n")
    with pytest.raises(KgctlError, match="is not UTF-8 text"):
        Folder(str(folder)).peers()


def component(folder: Path, *resources: str, more: str = "") -> None:
    listed(folder, *resources, more=f"kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n{more}")


def applied(folder: Path) -> list[str]:
    """Return the names of the Peers that kubectl would apply."""
    kubectl = shutil.which("kubectl")
    if not kubectl:
        pytest.skip("there is no kubectl")
    done = subprocess.run([kubectl, "kustomize", str(folder)], capture_output=True, text=True, check=True)
    objects = yaml.safe_load_all(done.stdout)
    return sorted(one["metadata"]["name"] for one in objects if one["kind"] == "Peer")


def test_components_and_bases_are_followed_as_kustomize_does(tmp_path: Path) -> None:
    for name in ("one", "two", "three", "base", "top"):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "peer.yaml", name, len(name))
    component(tmp_path / "one", "peer.yaml", more="components: [../two]\n")
    component(tmp_path / "two", "peer.yaml")
    component(tmp_path / "three", "peer.yaml", more="components: [../two]\n")
    listed(tmp_path / "base", "peer.yaml")
    listed(tmp_path / "top", "peer.yaml", more="components: [../one]\nbases: [../base]\n")
    assert (
        names(Folder(str(tmp_path / "top")).peers()) == applied(tmp_path / "top") == ["base", "one", "top", "two"]
    )
    assert Folder(str(tmp_path / "top")).notices == ()


def test_a_component_is_listed_as_one_and_nothing_else_is(folder: Path) -> None:
    (folder / "inner").mkdir()
    component(folder / "inner")
    listed(folder, "inner")
    with pytest.raises(
        KgctlError, match=r'inner/kustomization\.yaml" is a Component, and ".*" lists it as something else'
    ):
        Folder(str(folder)).peers()
    listed(folder / "inner")
    listed(folder, more="components: [inner]\n")
    with pytest.raises(KgctlError, match=r'is not a Component, and ".*" lists it as one'):
        Folder(str(folder)).peers()


def test_a_long_chain_of_folders_is_refused_with_the_reason(tmp_path: Path) -> None:
    for number in range(400):
        listed(tmp_path / str(number), f"../{number + 1}")
    listed(tmp_path / "400")
    assert Folder(str(tmp_path / "301")).peers() == ()
    with pytest.raises(KgctlError, match=r'0/kustomization\.yaml" has more than 100 levels of kustomizations'):
        Folder(str(tmp_path / "0")).peers()


def test_a_long_chain_of_components_is_refused_with_the_reason(tmp_path: Path) -> None:
    listed(tmp_path / "0", more="components: [../1]\n")
    for number in range(1, 400):
        component(tmp_path / str(number), more=f"components: [../{number + 1}]\n")
    component(tmp_path / "400")
    with pytest.raises(KgctlError, match=r'0/kustomization\.yaml" has more than 100 levels of kustomizations'):
        Folder(str(tmp_path / "0")).peers()


def test_what_is_not_followed_is_reported_once_with_a_hint(folder: Path) -> None:
    more = "patches: [{target: {kind: Peer}, patch: '[]'}]\ngenerators: [g.yaml]\n"
    listed(folder, "peers/ann.yaml", "https://example.com/peers.yaml", more=more)
    kept = Folder(str(folder))
    assert names(kept.peers()) == names(kept.peers()) == ["ann"]
    patched, remote = kept.notices
    assert patched.text.startswith('kgctl ignores the generators, patches of "')
    assert patched.hint == f"kubectl kustomize {folder} | kgctl --from-file - …"
    assert "lists https://example.com/peers.yaml, which kgctl does not fetch" in remote.text


@pytest.mark.parametrize("named", ["{}/peers", "{}"])
def test_a_folder_is_not_named_by_an_absolute_path(folder: Path, named: str) -> None:
    listed(folder, named.format(folder))
    with pytest.raises(KgctlError, match="is an absolute path"):
        Folder(str(folder)).peers()


def test_an_object_of_flux_is_not_changed(folder: Path) -> None:
    flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {path: ./vpn}\n"
    (folder / "kustomization.yaml").write_text(flux)
    key = "QpYwsgZ7rz4XhUBZtmW/A+6tVSyO8c1TocQe09/8U9U="
    for command in (
        ("peer", "add", "z", "--git", str(folder), "--public-key", key),
        ("get", "peers", "--from-file", str(folder)),
    ):
        run = kgctl("--from-file", str(EXAMPLE), *command)
        assert run.exit_code == 1
        assert "is a Kustomization of kustomize.toolkit.fluxcd.io" in run.stderr
    assert (folder / "kustomization.yaml").read_text() == flux
    assert not (folder / "peers" / "z.yaml").exists()


SOPS = {"mac": "ENC[AES256_GCM,data:x,type:str]", "lastmodified": "2025-01-01T00:00:00Z", "version": "3.9.0"}
CIPHER = "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]"


def encrypted(name: str, **spec: object) -> str:
    return yaml.safe_dump({**peer(name, 9, **spec), "sops": SOPS})


@pytest.mark.parametrize(
    "command",
    [
        ("set", "ann", "--description", "x"),
        ("set", "ann", "--keepalive", "5"),
        ("rotate", "ann", "--public-key", "QpYwsgZ7rz4XhUBZtmW/A+6tVSyO8c1TocQe09/8U9U="),
        ("rm", "ann"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("spec", [{"presharedKey": CIPHER}, {}, {"presharedKey": "A" * 43 + "="}])
def test_a_file_that_sops_encrypted_stays_unchanged(
    folder: Path, command: tuple[str, ...], spec: dict[str, object]
) -> None:
    (folder / "peers" / "ann.yaml").write_text(encrypted("ann", **spec))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    run = kgctl("--from-file", str(EXAMPLE), "peer", *command, "--git", str(folder))
    assert (run.exit_code, run.stdout) == (1, "")
    assert 'ann.yaml" is encrypted by SOPS' in run.stderr
    assert f"hint: to edit it: sops edit {folder}/peers/ann.yaml" in run.stderr
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_peer_without_its_preshared_key_is_shown_and_others_are_reported(folder: Path) -> None:
    (folder / "peers" / "ann.yaml").write_text(encrypted("ann", presharedKey=CIPHER))
    (folder / "peers" / "bob.json").write_text(encrypted("bob", publicKey=CIPHER, allowedIPs=[CIPHER]))
    sources = ("--from-file", str(folder), "--from-file", str(EXAMPLE))
    listing = kgctl(*sources, "get", "peers", "-o", "name")
    assert listing.stdout == "peer/ann\n"
    assert 'bob.json": kgctl skips a Peer, because SOPS has encrypted its' in listing.stderr
    assert "spec.publicKey" in listing.stderr
    run = kgctl(*sources, "showconf", "peer", "ann", "-o", "wg-quick")
    assert run.exit_code == 0
    assert "K-REDACTED" in run.stderr
    assert "its preshared key is encrypted in its file" in run.stderr
    assert "ENC" not in run.stdout.replace("PersistentKeepalive", "")


def test_a_peer_whose_kind_is_encrypted_is_reported(folder: Path) -> None:
    whole = {**peer("ann", 9), "apiVersion": CIPHER, "kind": CIPHER, "sops": SOPS}
    (folder / "peers" / "ann.yaml").write_text(yaml.safe_dump(whole))
    for source in (str(folder), str(folder / "peers" / "ann.yaml")):
        run = kgctl("--from-file", source, "--from-file", str(EXAMPLE), "get", "peers", "-o", "name")
        assert 'ann.yaml": kgctl skips an object, because SOPS has encrypted its kind' in run.stderr


def test_sops_seals_each_object_of_a_list(folder: Path) -> None:
    items = [peer("ann", 1, presharedKey=CIPHER), peer("amy", 2, publicKey=CIPHER)]
    (folder / "peers" / "ann.yaml").write_text(
        yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": items, "sops": SOPS})
    )
    kept = Folder(str(folder))
    assert [(one.peer.name, one.is_sealed) for one in kept.peers()] == [("ann", True), ("bob", False)]
    assert [notice.text for notice in kept.notices] == [
        f'"{folder}/peers/ann.yaml": kgctl skips a Peer, because SOPS has encrypted its spec.publicKey'
    ]
    run = kgctl("--from-file", str(EXAMPLE), "peer", "set", "ann", "--keepalive", "5", "--git", str(folder))
    assert (run.exit_code, "is encrypted by SOPS" in run.stderr) == (1, True)


def test_a_peer_that_may_be_in_an_encrypted_file_is_not_said_to_be_missing(folder: Path) -> None:
    (folder / "peers" / "ann.yaml").write_text(encrypted("ann", publicKey=CIPHER))
    run = kgctl("--from-file", str(EXAMPLE), "peer", "set", "ann", "--keepalive", "5", "--git", str(folder))
    assert run.exit_code == 1
    assert f'in "{folder}", but "{folder}/peers/ann.yaml" is encrypted' in run.stderr


def test_a_file_in_a_folder_that_is_no_manifest_gets_no_hint_about_saving_a_cluster(folder: Path) -> None:
    (folder / "peers" / "ann.yaml").write_text("some: text\n")
    with pytest.raises(KgctlError, match="has an object without a kind") as caught:
        Folder(str(folder)).peers()
    assert caught.value.hint == ""


@pytest.mark.parametrize(
    ("content", "program"),
    [
        (b"\0GITCRYPT\0\xff\xfe\x01", "git-crypt"),
        (b"$ANSIBLE_VAULT;1.1;AES256\n6130\n", "Ansible Vault"),
        (b"\xef\xbb\xbf$ANSIBLE_VAULT;1.1;AES256\n6130\n", "Ansible Vault"),
        (b'{"data": "ENC[x]", "sops": {"mac": "ENC[x]", "version": "3"}}', "SOPS"),
        (b"age-encryption.org/v1\n-> X25519 x\n\xff", "age"),
        (b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n", "age"),
        (b"-----BEGIN PGP MESSAGE-----\n\nx\n", "PGP"),
    ],
)
def test_a_file_that_is_encrypted_whole_does_not_hide_the_others(
    folder: Path, content: bytes, program: str
) -> None:
    (folder / "peers" / "ann.yaml").write_bytes(content)
    kept = Folder(str(folder))
    assert names(kept.peers()) == ["bob"]
    assert [notice.text for notice in kept.notices] == [
        f'"{folder}/peers/ann.yaml" is encrypted by {program}; kgctl ignores Peers in it'
    ]
    run = kgctl("--from-file", str(folder / "peers" / "ann.yaml"), "get", "peers")
    assert run.stderr.startswith(
        f'kgctl: "{folder}/peers/ann.yaml" is encrypted by {program}\nhint: decrypt it first'
    )
    linted = kgctl("lint", str(folder / "peers" / "ann.yaml"))
    assert (linted.exit_code, linted.stdout) == (0, "")
    assert f'ann.yaml", which is encrypted by {program}' in linted.stderr


@pytest.mark.parametrize(
    "command",
    [("set", "ann", "--description", "x"), ("set", "ann", "--keepalive", "5"), ("rm", "ann"), ("rotate", "ann")],
    ids=" ".join,
)
@pytest.mark.parametrize("placeholder", ["${KEY}", "<path:secret/data/x#key>", "{{ .Values.key }}"])
def test_a_file_with_placeholders_is_explained_and_stays_unchanged(
    folder: Path, placeholder: str, command: tuple[str, ...]
) -> None:
    file = folder / "peers" / "ann.yaml"
    file.write_text(yaml.safe_dump(peer("ann", 9, publicKey=placeholder)))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    run = kgctl("--from-file", str(EXAMPLE), "peer", *command, "--git", str(folder))
    assert (run.exit_code, run.stdout) == (1, "")
    assert ("has values that another program replaces" in run.stderr) == (command[0] != "rotate")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    for source in (folder, file):
        run = kgctl("--from-file", str(source), "--from-file", str(EXAMPLE), "get", "peers", "-o", "wide")
        assert f'"{file}": ' in run.stderr
        assert 'kgctl does not know spec.publicKey of peer "ann", because ' in run.stderr
        assert "Invalid: spec.publicKey is unknown, because " in run.stdout
    run = kgctl("--from-file", str(file), "--from-file", str(EXAMPLE), "showconf", "peer", "ann")
    assert run.exit_code == 1
    assert "spec.publicKey is unknown" in run.stderr
    assert "hint: replace the " in run.stderr or "hint: render the " in run.stderr
    run = kgctl("--from-file", str(file), "--from-file", str(EXAMPLE), "check", "--only", "peers")
    assert 'K-PEER-INVALID peer "ann": Kilo skips it: spec.publicKey is unknown' in run.stdout
    assert "kubectl edit" not in run.stdout + run.stderr


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n", "a Git LFS pointer"),
        ("kind: Peer\nspec:\n  publicKey: {{ .Values.key }}\n", "a template"),
    ],
)
def test_a_file_that_stands_for_another_does_not_hide_the_others(folder: Path, content: str, what: str) -> None:
    file = folder / "peers" / "ann.yaml"
    file.write_text(content)
    kept = Folder(str(folder))
    assert names(kept.peers()) == ["bob"]
    assert [notice.text for notice in kept.notices] == [f'"{file}" is {what}; kgctl ignores Peers in it']
    run = kgctl("--from-file", str(EXAMPLE), "peer", "rm", "ann", "--git", str(folder))
    assert run.exit_code == 1
    assert f'but "{file}" is {what}' in run.stderr
    assert file.read_text() == content


class InterruptedFolder(Folder):
    """A folder in which Ctrl-C comes when files have been written, before kgctl has noted what is in them."""

    def wrote(self, path: Path, text: str | None) -> None:
        if text is not None:
            raise KeyboardInterrupt
        super().wrote(path, text)


def test_a_peer_can_be_removed_again_after_ctrl_c_once_its_files_are_written(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    store = FolderPeerStore(InterruptedFolder(str(folder)), lambda: Mesh((), (), 0))
    with pytest.raises(KeyboardInterrupt):
        store.create(peer("mia", 9))
    assert (folder / "peers" / "mia.yaml").exists()
    with pytest.raises(KeyboardInterrupt):
        store.delete("mia")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_the_old_keys_can_be_restored_after_ctrl_c_once_the_file_is_written(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    store = FolderPeerStore(InterruptedFolder(str(folder)), lambda: Mesh((), (), 0))
    ann = store.known_peers()[0]
    renewed = replace(ann, public_key=Key(bytes([1]) * 32))
    with pytest.raises(KeyboardInterrupt), rotate_keys(store, store.get(ann.name), renewed, lambda _: None):
        pytest.fail("the keys are replaced")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


IN_A_LIST = """# mine
apiVersion: v1
kind: List
items:
    # hers
  - apiVersion: kilo.squat.ai/v1alpha1
    kind: Peer
    metadata: {name: ann}
    spec: {allowedIPs: [10.5.0.9/32], publicKey: KEY, persistentKeepalive: 5} # soon 7
"""
IN_A_PEER_LIST = """apiVersion: kilo.squat.ai/v1alpha1
kind: PeerList
items:
- metadata:
    name: ann
  spec:
    allowedIPs:
    - 10.5.0.9/32
    publicKey: KEY
    persistentKeepalive: 5
"""
IN_NESTED_LISTS = """{"apiVersion": "v1", "kind": "List", "items": [
  {"apiVersion": "v1", "kind": "List", "items": []},
  {"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "kilo.squat.ai/v1alpha1", "kind": "Peer",
   "metadata": {"name": "ann"},
   "spec": {"allowedIPs": ["10.5.0.9/32"], "publicKey": "KEY", "persistentKeepalive": 5}}]}
]}
"""


@pytest.mark.parametrize("text", [IN_A_LIST, IN_A_PEER_LIST, IN_NESTED_LISTS], ids=["List", "PeerList", "nested"])
def test_a_peer_that_is_alone_in_a_list_is_changed_within_it(folder: Path, text: str) -> None:
    file = folder / "peers" / "ann.yaml"
    file.write_text(text.replace("KEY", key("ann")))
    run = kgctl("--from-file", str(EXAMPLE), "peer", "set", "ann", "--git", str(folder), "--keepalive", "7")
    assert run.exit_code == 0, run.stderr
    changed = text.replace("persistentKeepalive: 5", "persistentKeepalive: 7")
    assert file.read_text() == changed.replace('Keepalive": 5', 'Keepalive": 7').replace("KEY", key("ann"))

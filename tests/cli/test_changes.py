"""`kgctl changes` compares saved clusters, a saved one with the cluster now, and revisions of a folder."""

import json
import subprocess
from pathlib import Path

import pytest

from kgctl_py.cluster.git.git_revision import is_name
from tests.cli.in_terminal import kgctl_in_terminal
from tests.cli.kgctl import kgctl
from tests.in_memory import Cluster, key, node, peer

EXAMPLE = "docs/example-cluster.yaml"
OLD = Cluster(
    [node("a1", 1), node("b1", 2, "b")],
    [peer("laptop", 1, persistentKeepalive=25, presharedKey=key("psk"))],
)
NEW = Cluster([node("a1", 1), node("b2", 3, "b", wireguard_ip="10.4.0.2/16")], OLD.peers)


def saved(folder: Path, name: str, cluster: Cluster) -> str:
    file = folder / name
    file.write_text(cluster.as_list())
    return str(file)


def test_a_cluster_does_not_differ_from_itself() -> None:
    done = kgctl("changes", EXAMPLE, EXAMPLE)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "nothing changes\n", "")


def test_two_saved_clusters_are_compared(tmp_path: Path) -> None:
    old, new = saved(tmp_path, "old.json", OLD), saved(tmp_path, "new.json", NEW)
    done = kgctl("changes", old, new)
    assert done.exit_code == 0
    assert "  + node/b2\n" in done.stdout
    assert "  - node/b1\n" in done.stdout
    assert "  ~ location:b: leader b1 -> b2 (the only node)\n" in done.stdout


def test_without_a_mesh_nobody_knows_what_is_cut_off(tmp_path: Path) -> None:
    new = saved(tmp_path, "new.json", Cluster([node("a1", 1, key=None)], OLD.peers))
    done = kgctl("changes", saved(tmp_path, "old.json", OLD), new)
    assert done.exit_code == 1
    assert done.stdout.splitlines()[-1] == (
        "kgctl does not know what is cut off: it cannot compute the mesh of one of the clusters"
    )
    data = json.loads(kgctl("changes", new, saved(tmp_path, "old.json", OLD), "-o", "json").stdout)
    assert data["cutOff"] is None
    assert kgctl("changes", new, new).stdout == "nothing changes\n"


def test_a_saved_cluster_is_compared_with_the_one_that_the_options_mean(tmp_path: Path) -> None:
    old, new = saved(tmp_path, "old.json", OLD), saved(tmp_path, "new.json", NEW)
    assert kgctl("--from-file", new, "changes", old).stdout == kgctl("changes", old, new).stdout


def test_the_way_back_mirrors_the_way_there(tmp_path: Path) -> None:
    old, new = saved(tmp_path, "old.json", OLD), saved(tmp_path, "new.json", NEW)
    there = json.loads(kgctl("changes", old, new, "-o", "json").stdout)
    back = json.loads(kgctl("changes", new, old, "-o", "json").stdout)
    assert [(one["old"], one["new"]) for one in there["segments"]] == [
        (one["new"], one["old"]) for one in back["segments"]
    ]
    assert (there["findings"]["added"], there["findings"]["removed"]) == (
        back["findings"]["removed"],
        back["findings"]["added"],
    )


def test_a_bundle_without_preshared_keys_does_not_differ_for_that(tmp_path: Path) -> None:
    redacted = [
        peer("laptop", 1, persistentKeepalive=25, presharedKey="REDACTED+REDACTED+REDACTED+REDACTED+REDACTE=")
    ]
    old, new = saved(tmp_path, "old.json", OLD), saved(tmp_path, "new.json", Cluster(OLD.nodes, redacted))
    done = kgctl("changes", old, new, "-o", "json")
    data = json.loads(done.stdout)
    assert (data["fields"], data["configurations"]) == ([], [])
    assert key("psk") not in done.stdout


class Repository:
    """A folder of Peers, in a folder of a repository."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path / "infra" / "kilo"
        (self.folder / "peers").mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", "-C", str(self.path), *identity, *words], check=True, capture_output=True)

    def write(self, **peers: object) -> None:
        names = [f"peers/{name}.yaml" for name in peers]
        (self.folder / "kustomization.yaml").write_text(json.dumps({"resources": names}))
        for name, raw in peers.items():
            (self.folder / "peers" / f"{name}.yaml").write_text(json.dumps(raw))

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "change")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repository")
    made.write(laptop=peer("laptop", 1))
    made.commit()
    made.write(laptop=peer("laptop", 7), phone=peer("phone", 2))
    made.commit()
    return made


def test_two_revisions_of_a_folder_are_compared_and_the_repository_stays_unchanged(
    repository: Repository, tmp_path: Path
) -> None:
    cluster = saved(tmp_path, "cluster.json", OLD)
    folder, before = str(repository.folder), sorted(repository.path.rglob("*"))
    done = kgctl("--from-file", cluster, "changes", "--git", folder, "main~1", "main")
    assert done.exit_code == 0
    assert "  ~ peer/laptop: allowed IPs 10.5.0.1/32 -> 10.5.0.7/32\n  + peer/phone\n" in done.stdout
    assert "node/" not in done.stdout.split("Tunnels:")[0]
    assert sorted(repository.path.rglob("*")) == before


def test_a_revision_is_compared_with_the_files_as_they_are(repository: Repository, tmp_path: Path) -> None:
    cluster = saved(tmp_path, "cluster.json", OLD)
    command = ("--from-file", cluster, "changes", "--git", str(repository.folder), "HEAD")
    assert kgctl(*command).stdout == "nothing changes\n"
    repository.write(laptop=peer("laptop", 7))
    assert "  - peer/phone\n" in kgctl(*command).stdout


def test_two_folders_are_compared(repository: Repository, tmp_path: Path) -> None:
    other = Repository(tmp_path / "other")
    other.write(laptop=peer("laptop", 7))
    cluster = saved(tmp_path, "cluster.json", OLD)
    done = kgctl("--from-file", cluster, "changes", str(other.folder), str(repository.folder))
    assert "Nodes, peers, and settings:\n  + peer/phone\n" in done.stdout


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("-", "-"), 2, 'OLD and NEW cannot both be "-"'),
        (("missing.yaml", EXAMPLE), 1, "missing.yaml"),
        ((EXAMPLE, "pyproject.toml"), 1, "pyproject.toml"),
        (("--git", "missing", "main"), 1, 'folder "missing" does not exist'),
        (("--git", "/", "main"), 1, '"/" is not in a Git repository'),
    ],
)
def test_bad_input_is_one_clear_line(args: tuple[str, ...], code: int, message: str) -> None:
    done = kgctl("--from-file", EXAMPLE, "changes", *args)
    assert (done.exit_code, done.stdout) == (code, "")
    assert message in done.stderr
    first, *others = done.stderr.splitlines()
    assert first.startswith("kgctl: ")
    assert all(line.startswith("hint: ") for line in others)


@pytest.mark.parametrize("revision", ["nowhere", "--help", "main^{tree}", "-"])
def test_an_unknown_revision_is_one_error(repository: Repository, revision: str) -> None:
    folder = str(repository.folder)
    done = kgctl("--from-file", EXAMPLE, "changes", "--git", folder, "--", revision, "main")
    assert (done.exit_code, done.stdout) == (1, "")
    first, *others = done.stderr.splitlines()
    assert first.startswith(f'kgctl: "{revision}" is not a revision of the repository of "{folder}"')
    assert others == ["hint: to list commits: git log --oneline"]


def test_a_fault_in_a_revision_is_named_as_git_does(repository: Repository) -> None:
    (repository.folder / "kustomization.yaml").write_text("resources: [peers/gone.yaml]")
    repository.commit()
    done = kgctl("--from-file", EXAMPLE, "changes", "--git", str(repository.folder), "main")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith('kgctl: cannot read "main:infra/kilo/peers/gone.yaml"')


def test_the_top_of_a_repository_has_a_name_in_errors(repository: Repository) -> None:
    top = repository.folder.parent.parent
    done = kgctl("--from-file", EXAMPLE, "changes", "--git", str(top), "main")
    assert done.stderr.startswith('kgctl: folder "main:." has no kustomization.yaml\n')


def test_it_fits_a_terminal_of_80_columns(tmp_path: Path) -> None:
    old, new = saved(tmp_path, "old.json", OLD), saved(tmp_path, "new.json", NEW)
    shown = kgctl_in_terminal("changes", old, new, columns=80)
    assert max(map(len, shown.stdout.splitlines())) <= 80


def test_no_program_of_a_repository_runs(repository: Repository, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\necho "$0" >> {ran}\ncat\n')
    program.chmod(0o755)
    (repository.path / ".git" / "info").mkdir(exist_ok=True)
    (repository.path / ".git" / "info" / "attributes").write_text("* filter=other diff=other\n")
    for hook in ("post-index-change", "post-checkout", "reference-transaction"):
        (repository.path / ".git" / "hooks").mkdir(exist_ok=True)
        (repository.path / ".git" / "hooks" / hook).symlink_to(program)
    for name in ("core.fsmonitor", "core.pager", "filter.other.smudge", "diff.external", "diff.other.textconv"):
        repository.git("config", name, str(program))
    repository.git("config", "alias.rev-parse", f"!{program}")
    ran.unlink(missing_ok=True)
    cluster, folder = saved(tmp_path, "cluster.json", OLD), str(repository.folder)
    done = kgctl("--from-file", cluster, "changes", "--git", folder, "main~1", "main")
    assert "  + peer/phone\n" in done.stdout
    out = ("--print", "none", "-O", str(repository.folder / "tablet.conf"))
    done = kgctl("--from-file", cluster, "peer", "add", "tablet", "--git", folder, *out)
    assert done.exit_code == 0
    assert not ran.exists()


def test_a_partial_clone_downloads_nothing(repository: Repository, tmp_path: Path) -> None:
    ran, clone = tmp_path / "ran", tmp_path / "clone"
    repository.git("config", "uploadpack.allowFilter", "true")
    url = f"file://{repository.path}"
    repository.git("clone", "-q", "--filter=blob:none", "--no-checkout", url, str(clone))
    repository.git("-C", str(clone), "config", "remote.origin.uploadpack", f"touch {ran}; git-upload-pack")
    (clone / "infra" / "kilo").mkdir(parents=True)
    done = kgctl("--from-file", EXAMPLE, "changes", "--git", str(clone / "infra" / "kilo"), "HEAD", "HEAD")
    assert (done.exit_code, ran.exists()) == (1, False)
    assert done.stderr.startswith('kgctl: cannot check out "HEAD": ')
    hint = "hint: to download the missing files: "
    assert f"\n{hint}git fetch --refetch --no-filter\n" in done.stderr
    repository.git("-C", str(clone), "fetch", "-q", "--refetch", "--no-filter")
    done = kgctl("--from-file", EXAMPLE, "changes", "--git", str(clone / "infra" / "kilo"), "HEAD", "HEAD")
    assert done.stdout == "nothing changes\n"


def test_the_repository_of_a_hook_does_not_stand_for_that_of_the_folder(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = saved(tmp_path, "cluster.json", OLD)
    command = ("--from-file", cluster, "changes", "--git", str(repository.folder), "main~1", "main")
    expected = kgctl(*command).stdout
    other = Repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    assert kgctl(*command).stdout == expected != ""


@pytest.mark.parametrize("git_dir", ["../repository.git", "{}/repository.git"], ids=["relative", "absolute"])
@pytest.mark.parametrize("work_tree", ["", "{}/repository"])
def test_a_folder_without_a_repository_of_its_own_belongs_to_that_of_the_environment(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, git_dir: str, work_tree: str
) -> None:
    cluster = saved(tmp_path, "cluster.json", OLD)
    command = ("--from-file", cluster, "changes", "--git", str(repository.folder), "main~1", "main")
    expected = kgctl(*command).stdout
    (repository.path / ".git").rename(tmp_path / "repository.git")
    assert kgctl(*command).exit_code == 1
    monkeypatch.chdir(repository.path)
    monkeypatch.setenv("GIT_DIR", git_dir.format(tmp_path))
    if work_tree:
        monkeypatch.setenv("GIT_WORK_TREE", work_tree.format(tmp_path))
    assert kgctl(*command).stdout == expected != ""


@pytest.mark.parametrize("git_dir", ["bare.git", "other/.git", "dotfiles"])
def test_a_folder_outside_the_work_tree_of_the_environment_does_not_belong_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, git_dir: str
) -> None:
    other = Repository(tmp_path / "other")
    other.write(laptop=peer("laptop", 1))
    other.commit()
    if git_dir == "bare.git":
        other.git("clone", "-q", "--bare", str(other.path), str(tmp_path / "bare.git"))
    elif git_dir == "dotfiles":
        other.git("config", "core.worktree", str(other.path))
        (other.path / ".git").rename(tmp_path / "dotfiles")
    plain = tmp_path / "plain" / "infra" / "kilo"
    plain.mkdir(parents=True)
    monkeypatch.chdir(other.path)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / git_dir))
    done = kgctl("--from-file", EXAMPLE, "changes", "--git", str(plain), "HEAD")
    assert done.exit_code == 1
    assert f'"{plain}" is not in a Git repository' in done.stderr


def test_the_work_tree_of_a_configuration_counts_wherever_the_command_runs(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("--from-file", saved(tmp_path, "cluster.json", OLD), "changes", "--git", str(repository.folder))
    expected = kgctl(*command, "main~1", "main").stdout
    repository.git("config", "core.worktree", str(repository.path))
    (repository.path / ".git").rename(tmp_path / "dotfiles")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_DIR", "dotfiles")
    assert kgctl(*command, "main~1", "main").stdout == expected != ""


def test_a_repository_of_another_owner_is_read_if_git_is_told_so(repository: Repository, tmp_path: Path) -> None:
    command = ("--from-file", saved(tmp_path, "cluster.json", OLD), "changes", "--git", str(repository.folder))
    expected = kgctl(*command, "main~1", "main").stdout
    foreign = {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "true"}
    done = kgctl(*command, "main~1", "main", env=foreign)
    refused = (
        f'kgctl: the repository of "{repository.folder}" belongs to another user\n'
        f"hint: if you trust its files: git config --global --add safe.directory {repository.path}\n"
    )
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", refused)
    named = {**foreign, "GIT_DIR": str(repository.path / ".git"), "GIT_WORK_TREE": str(repository.path)}
    assert kgctl(*command, "main~1", "main", env=named).stdout == expected != ""
    (tmp_path / ".git").mkdir()
    repository.git("init", "-q", str(tmp_path))
    around = {**foreign, "GIT_DIR": str(tmp_path / ".git"), "GIT_WORK_TREE": str(tmp_path)}
    assert kgctl(*command, "main~1", "main", env=around).stderr == refused


def tree_of(repository: Repository, *entries: tuple[str, str, str | bytes]) -> str:
    """Return a tree with entries of mode, name, and content or tree, which Git itself would not create."""
    raw = b"".join(
        f"{mode} {name}\0".encode()
        + bytes.fromhex(stored(repository, "blob", at) if isinstance(at, bytes) else at)
        for mode, name, at in entries
    )
    return stored(repository, "tree", raw)


def revision_of(repository: Repository, tree: str) -> str:
    text = f"tree {tree}\nauthor a <a@example.com> 0 +0000\ncommitter a <a@example.com> 0 +0000\n\nx\n"
    return stored(repository, "commit", text.encode())


def stored(repository: Repository, kind: str, data: bytes) -> str:
    command = ["git", "-C", str(repository.path), "hash-object", "-w", "-t", kind, "--literally", "--stdin"]
    return subprocess.run(command, input=data, check=True, capture_output=True).stdout.decode().strip()


@pytest.mark.parametrize("name", ["../evil", ".git/evil", ".GIT/evil", "a/../../evil", "/evil"])
def test_no_path_of_a_commit_leads_out(repository: Repository, tmp_path: Path, name: str) -> None:
    revision = revision_of(repository, tree_of(repository, ("100644", name, b"evil")))
    before = sorted(tmp_path.rglob("*"))
    done = kgctl("--from-file", EXAMPLE, "changes", "--git", str(repository.folder), revision)
    assert done.exit_code == 1
    assert "does not exist" in done.stderr
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("mode", ["100644", "120000"])
def test_no_link_of_a_commit_is_written_through_another_one(
    repository: Repository, tmp_path: Path, mode: str
) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    inner = tree_of(repository, ("120000", "evil", b"/"))
    deeper = tree_of(repository, ("40000", "deep", inner))
    for below in (inner, deeper):
        revision = revision_of(
            repository, tree_of(repository, (mode, "a", str(victim).encode()), ("40000", "a", below))
        )
        done = kgctl("--from-file", EXAMPLE, "changes", "--git", str(repository.folder), revision)
        assert done.stderr.startswith(f'kgctl: cannot check out "{revision}": it has "a" twice\n')
        assert list(victim.iterdir()) == []


def test_a_commit_with_a_path_twice_is_refused(repository: Repository) -> None:
    revision = revision_of(repository, tree_of(repository, ("100644", "a", b"1"), ("120000", "a", b"b")))
    done = kgctl("--from-file", EXAMPLE, "changes", "--git", str(repository.folder), revision)
    assert done.stderr.startswith(f'kgctl: cannot check out "{revision}": it has "a" twice\n')


def kept_in(repository: Repository, *more: tuple[str, str, str | bytes]) -> str:
    """Return a revision in which the folder lists no Peers, with more entries at the root."""
    empty = tree_of(repository, ("100644", "kustomization.yaml", b"resources: []\n"))
    return revision_of(
        repository, tree_of(repository, ("40000", "infra", tree_of(repository, ("40000", "kilo", empty))), *more)
    )


@pytest.mark.parametrize("target", [b"", b"a\0b", b"a" * 5000])
def test_a_link_that_cannot_be_created_is_left_out(repository: Repository, target: bytes) -> None:
    revision = kept_in(repository, ("120000", "link", target))
    done = kgctl("--from-file", EXAMPLE, "changes", "--git", str(repository.folder), revision, revision)
    assert (done.stdout, done.stderr) == ("nothing changes\n", "")


@pytest.mark.parametrize("name", ["..\\x", "C:\\x.yaml", "C:x.yaml", "..", "", ".GIT"])
def test_a_path_that_leads_out_on_windows_is_no_name_there(name: str) -> None:
    assert not is_name(name, ("\\", ":"))


def test_a_name_with_a_colon_is_read_where_it_is_no_drive(repository: Repository) -> None:
    text = json.dumps({"resources": ["kilo:x.yaml"]}).encode()
    folder = tree_of(repository, ("100644", "kilo:x.yaml", b""), ("100644", "kustomization.yaml", text))
    revision = revision_of(
        repository, tree_of(repository, ("40000", "infra", tree_of(repository, ("40000", "kilo", folder))))
    )
    done = kgctl("--from-file", EXAMPLE, "changes", "--git", str(repository.folder), revision, revision)
    assert (done.stdout, done.stderr) == ("nothing changes\n", "")


def test_names_that_differ_in_case_are_distinct(repository: Repository) -> None:
    inner = tree_of(repository, ("100644", "b", b"1"))
    revision = kept_in(repository, ("120000", "Docs", b"docs"), ("40000", "docs", inner))
    done = kgctl("--from-file", EXAMPLE, "changes", "--git", str(repository.folder), revision, revision)
    assert (done.stdout, done.stderr) == ("nothing changes\n", "")


def test_a_folder_that_is_a_link_out_of_a_commit_is_refused(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "outside" / "kilo").mkdir(parents=True)
    (tmp_path / "outside" / "kilo" / "kustomization.yaml").write_text("resources: []\n")
    link = ("120000", "infra", str(tmp_path / "outside").encode())
    revision = revision_of(repository, tree_of(repository, link))
    done = kgctl("--from-file", EXAMPLE, "changes", "--git", str(repository.folder), revision, revision)
    assert done.exit_code == 1
    assert done.stderr == f'kgctl: "{revision}:infra/kilo/" is a link that leads out of the repository\n'


def test_a_link_in_a_commit_is_followed_only_within_it(repository: Repository, tmp_path: Path) -> None:
    cluster = saved(tmp_path, "cluster.json", OLD)
    outside = tmp_path / "outside.yaml"
    outside.write_text(json.dumps(peer("secret", 9)))
    command = ("--from-file", cluster, "changes", "--git", str(repository.folder), "main", "main")
    for target, code in ((outside, 1), (Path("../../../base.yaml"), 1), (Path("phone.yaml"), 0)):
        link = repository.folder / "peers" / "laptop.yaml"
        link.unlink()
        link.symlink_to(target)
        (repository.path / "base.yaml").write_text(json.dumps(peer("base", 8)))
        (repository.folder / "kustomization.yaml").write_text('{"resources": ["peers/laptop.yaml"]}')
        repository.commit()
        done = kgctl(*command)
        assert done.exit_code == code
        assert "outside.yaml" not in done.stdout
    assert done.stdout == "nothing changes\n"

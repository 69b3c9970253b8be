"""The hook of .pre-commit-hooks.yaml, run by pre-commit from a clone of this repository, as its users run it."""

import subprocess
from pathlib import Path

import pytest

from tests.in_memory import key

ROOT = Path(__file__).parents[2]
PEER = f"""\
apiVersion: kilo.squat.ai/v1alpha1
kind: Peer
metadata:
  name: vpn
spec:
  allowedIPs:
  - 10.5.0.1/32
  publicKey: {key("vpn")}
  persistentKeepalive: 25
"""


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def git(folder: Path, *args: str) -> None:
    done = run(folder, "git", "-c", "user.name=t", "-c", "user.email=t@example.com", *args)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_repository_of_peers_uses_the_hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    hooks, peers = tmp_path / "hooks", tmp_path / "peers"
    peers.mkdir()
    git(tmp_path, "clone", "--quiet", "--no-hardlinks", str(ROOT), str(hooks))
    _take_what_is_not_committed(hooks)
    git(peers, "init", "--quiet")
    (peers / "vpn.yaml").write_text(PEER)
    (peers / "readme.md").write_text("no Peer")
    git(peers, "add", ".")
    try_it = ("pre-commit", "try-repo", str(hooks), "kgctl-lint", "--all-files", "--color", "never")
    good = run(peers, *try_it)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "lint Kilo's Peers" in good.stdout
    (peers / "twin.yaml").write_text(PEER.replace("persistentKeepalive: 25", "persistentKeepalive: 25000000000"))
    git(peers, "add", ".")
    bad = run(peers, *try_it)
    assert bad.returncode == 1
    assert (
        'vpn.yaml:4: error K-PEER-NAME: peer "vpn": twin.yaml:4 has a Peer of the same name; '
        "the one applied last replaces the other" in bad.stdout
    )
    assert "twin.yaml:9: error K-KEEPALIVE" in bad.stdout


def _take_what_is_not_committed(clone: Path) -> None:
    """Bring the clone up to the working tree, so that the test is about what stands there."""
    listed = run(ROOT, "git", "ls-files", "--cached", "--others", "--exclude-standard", "-z").stdout.split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            (clone / name).write_bytes((ROOT / name).read_bytes())
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--allow-empty", "-m", "the working tree")

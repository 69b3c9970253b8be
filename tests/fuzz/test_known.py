"""Small inputs that were faults of kgctl once, in every place that reads their format."""

import gzip
import io
import tarfile
from pathlib import Path

import pytest
import yaml

from tests.cli.kgctl import kgctl
from tests.fuzz.mutations import DEEP
from tests.in_memory import EXAMPLE, peer

PEER = yaml.safe_dump(peer("a"))
NASTY = {
    "timestamp": "!!timestamp x",
    "empty int": "!!int ''",
    "huge int": "9" * 5000,
    "huge float": "1e" + "9" * 5000,
    "far date": "2999999999-01-01",
    "impossible date": "2026-02-31",
    "binary": "!!binary é",
    "unknown tag": "!x y",
    "python": "!!python/object:os.system 1",
    "alias": "*a",
    "deep": "[" * DEEP,
    "deep mapping": "{a: " * DEEP,
    "NUL": '"\\0"',
    "surrogate": '"\\ud800"',
    "crlf": "k:\r\n-",
}
PLACES = (
    "metadata",
    "spec",
    "metadata: {{name: {}}}",
    "metadata: {{name: a, labels: {}}}",
    "spec: {{publicKey: {}}}",
)
FILES = {
    "a.yaml": ("lint", "FILE"),
    "b.yaml": ("--from-file", "FILE", "get", "peers"),
    "c.yaml": ("--from-file", "FILE", "check"),
    "config": ("--kubeconfig", "FILE", "get", "peers"),
    "kustomization.yaml": ("--from-file", "FOLDER", "get", "peers"),
    "wg.conf": ("--from-file", str(EXAMPLE), "diff", "peer", "laptop", "--conf", "FILE"),
    "private.key": ("pubkey", "--help"),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("nasty", NASTY)
def test_a_small_input_is_one_clear_error(tmp_path: Path, name: str, nasty: str) -> None:
    head = "apiVersion: kilo.squat.ai/v1alpha1\nkind: Peer\n"
    lines = [f"{place}: {NASTY[nasty]}" if "{" not in place else place.format(NASTY[nasty]) for place in PLACES]
    for text in (NASTY[nasty], *(f"{head}{line}\n" for line in lines), f"{PEER}\n{NASTY[nasty]}\n"):
        (tmp_path / name).write_bytes(text.encode())
        run = kgctl(
            *(word.replace("FILE", str(tmp_path / name)).replace("FOLDER", str(tmp_path)) for word in FILES[name])
        )
        assert "fault of kgctl" not in run.stderr, text[:100]
        assert isinstance(run.exception, SystemExit | None)
        assert len(run.stderr) < 5000


@pytest.mark.parametrize(
    "body", [b'{"kind": "List", "items": [{"kind": "Peer", "metadata": {"name": "\xff"}}]}', b"\xff", b"\xc3"]
)
@pytest.mark.parametrize(
    "command",
    [
        ("get", "peers"),
        ("check",),
        ("graph",),
        ("info",),
        ("trace", "a", "b"),
        ("whois", "a"),
        ("simulate", "--without", "a"),
        ("reach",),
        ("changes", "docs/example-cluster.yaml"),
    ],
)
def test_bytes_that_are_no_text_are_one_clear_error(tmp_path: Path, body: bytes, command: tuple[str, ...]) -> None:
    (tmp_path / "a.json").write_bytes(body)
    run = kgctl("--from-file", str(tmp_path / "a.json"), *command)
    assert run.exit_code == 1
    assert "fault of kgctl" not in run.stderr


def test_an_archive_with_many_headers_is_one_clear_error(tmp_path: Path) -> None:
    plain = io.BytesIO()
    headers = {f"h{number}": "x" for number in range(20_000)}
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as tar:
        member = tarfile.TarInfo("kilo-gather/manifest.json")
        member.size, member.pax_headers = 2, headers
        tar.addfile(member, io.BytesIO(b"{}"))
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(plain.getvalue()))
    run = kgctl("--from-file", str(tmp_path / "a.tar.gz"), "info")
    assert run.exit_code == 1
    assert "fault of kgctl" not in run.stderr

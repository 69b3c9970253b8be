"""What a release has beside the packages: krew's manifest, the SBOM; and the version stands in one place."""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest
import yaml

import kgctl_py
from tests.docs.pages import DOCS, ROOT

RELEASE = ROOT / ".release"
REPOSITORY = "https://example.com/kgctl-py"
ARCHIVES = ("kgctl-darwin-arm64.tar.gz", "kgctl-linux-amd64.tar.gz", "kgctl-windows-amd64.tar.gz")
TEXT = {"type": "string", "minLength": 1}
LABELS = {"os": {"enum": ["linux", "darwin", "windows"]}, "arch": {"enum": ["amd64", "arm64"]}}
PLATFORM = {
    "type": "object",
    "additionalProperties": False,
    "required": ["uri", "sha256", "bin", "selector"],
    "properties": {
        "uri": {"type": "string", "pattern": "^https://.*\\.(tar\\.gz|zip)$"},
        "sha256": {"type": "string", "pattern": "^[a-f0-9]{64}$"},
        "bin": TEXT,
        "files": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "required": ["from", "to"], "properties": {"from": TEXT, "to": TEXT}},
        },
        "selector": {
            "type": "object",
            "additionalProperties": False,
            "required": ["matchLabels"],
            "properties": {
                "matchLabels": {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": False,
                    "properties": LABELS,
                },
            },
        },
    },
}
PLUGIN = {
    "type": "object",
    "additionalProperties": False,
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "properties": {
        "apiVersion": {"const": "krew.googlecontainertools.github.com/v1alpha2"},
        "kind": {"const": "Plugin"},
        "metadata": {"type": "object", "required": ["name"], "properties": {"name": {"const": "kilo"}}},
        "spec": {
            "type": "object",
            "additionalProperties": False,
            "required": ["version", "shortDescription", "platforms"],
            "properties": {
                "version": {"type": "string", "pattern": r"^v\d+\.\d+\.\d+$"},
                "shortDescription": {"type": "string", "pattern": r"^[^\r\n]{1,50}$"},
                "description": TEXT,
                "caveats": TEXT,
                "homepage": {"type": "string", "pattern": "^https://"},
                "platforms": {"type": "array", "minItems": 1, "items": PLATFORM},
            },
        },
    },
}
"""The rules of krew's internal/index/validation/validate.go, as a schema."""


@pytest.fixture
def manifest(tmp_path: Path) -> str:
    """Krew's manifest for archives that are not real ones."""
    for name in ARCHIVES:
        (tmp_path / name).write_text(name)
    return filled(*(tmp_path / name for name in ARCHIVES))


def filled(*archives: Path) -> str:
    command = [sys.executable, str(RELEASE / "krew" / "fill.py"), REPOSITORY, *map(str, archives)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_krew_takes_the_manifest(manifest: str) -> None:
    jsonschema.validate(yaml.safe_load(manifest), PLUGIN)


def test_the_schema_refuses_what_krew_refuses(manifest: str) -> None:
    for wrong in (
        manifest.replace("v1alpha2", "v1alpha1"),
        manifest.replace(f"v{kgctl_py.__version__}\n", "newest\n"),
        manifest.replace('"sha256": "', '"sha256": "x'),
        manifest.replace('"arch"', '"cpu"'),
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(yaml.safe_load(wrong), PLUGIN)


def test_the_manifest_names_each_archive_with_its_checksum(manifest: str) -> None:
    platforms = yaml.safe_load(manifest)["spec"]["platforms"]
    assert [platform["uri"].rpartition("/")[2] for platform in platforms] == list(ARCHIVES)
    for platform, name in zip(platforms, ARCHIVES, strict=True):
        assert platform["sha256"] == hashlib.sha256(name.encode()).hexdigest()
        assert f"/releases/download/v{kgctl_py.__version__}/" in platform["uri"]
    assert [platform["bin"] for platform in platforms] == ["kgctl", "kgctl", "kgctl.exe"]


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kgctl-plan9-amd64.tar.gz").touch()
    with pytest.raises(subprocess.CalledProcessError):
        filled(tmp_path / "kgctl-plan9-amd64.tar.gz")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_sbom_has_all_that_the_wheel_brings(tmp_path: Path) -> None:
    subprocess.run(["uv", "build", "--quiet", "--wheel", "--out-dir", str(tmp_path), str(ROOT)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    command = [sys.executable, str(RELEASE / "sbom.py"), str(wheel)]
    sbom = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert sbom["bomFormat"] == "CycloneDX"
    components = {component["name"].lower(): component for component in sbom["components"]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = {re.split(r"[><=;\[ ]", dependency)[0] for dependency in project["dependencies"]}
    assert needed | {"kgctl-py"} <= components.keys()
    assert components["kgctl-py"]["version"] == kgctl_py.__version__
    assert all(components[name].get("licenses") for name in needed)


def test_the_version_is_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "kgctl_py/__init__.py"
    assert re.fullmatch(r"\d+\.\d+\.\d+", kgctl_py.__version__)
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", kgctl_py.RELEASED)


def test_the_changelog_starts_with_this_version() -> None:
    headings = re.findall(r"^## (.+)$", (DOCS / "changelog.md").read_text(), re.MULTILINE)
    assert headings[0] == kgctl_py.__version__
    versions = [tuple(map(int, heading.split("."))) for heading in headings]
    assert versions == sorted(set(versions), reverse=True)


def test_the_build_needs_what_the_program_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    build, *needed = project["build-system"]["requires"]
    assert build.startswith("hatchling")
    assert set(needed) <= {dependency.partition(" #")[0] for dependency in project["project"]["dependencies"]}

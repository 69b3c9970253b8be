"""What kgctl does not load, so that it starts as quickly as the tools beside it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kgctl_py.cli.command_list import ROWS
from kgctl_py.kilo import resources
from tests.api import mesh
from tests.kube.fake_server import FakeServer, Reply, kubeconfig

NEVER = {
    "asyncio": "0.05 s, and nothing here waits for more than two answers",
    "click": "typer carries its own; another one would be a second set of classes",
    "pydantic": "0.2 s for adapters that msgspec makes needless",
    "pytest": "the tests use kgctl, not the other way round",
    "requests": "kubernetes can do without, and so can its start",
    "ruamel": "0.04 s, and no file that people keep is changed",
    "rich": "0.1 s, and machine-readable text never goes through it",
    "kgctl_py.cluster.api": "nobody asks an API server here",
    "kubernetes": "0.4 s, and nobody asks an API server here",
    "urllib3": "0.1 s, and nobody asks an API server here",
}
TEXT = {
    "graphviz": "only a picture needs it; DOT is plain text",
    "segno": "only a QR code needs it",
}
NO_KEYS = {"cryptography": "0.06 s, and no key is made or checked"}
NO_TEMPLATE = {"jinja2": "0.08 s, and no template is filled"}
NO_OTHER_FORMAT = dict.fromkeys(
    (
        f"kgctl_py.render.{name}"
        for name in (
            "findings.report_data",
            "graph.graph_document",
            "graph.mermaid",
            "graph.html_page",
            "graph.tree",
        )
    ),
    "DOT is what pipes read",
)
NO_DEVICE = {"dns": "0.1 s, and only a tunnel of this machine is tried", "pyroute2": "0.2 s, as dns"}
NO_FILE = {"yaml": "0.03 s, and no YAML is read or written"}

FOR_ERRORS = (".api_error", ".exec_plugin", ".proxy", ".transport_errors", ".yaml_text")

EXAMPLE = ("--from-file", "docs/example-cluster.yaml")


@pytest.mark.parametrize(
    ("command", "unloaded"),
    [
        (("--help",), NEVER | TEXT | NO_KEYS | NO_TEMPLATE | NO_FILE),
        (("--version",), NEVER | TEXT | NO_KEYS | NO_TEMPLATE | NO_FILE),
        (("showconf", "peer", "--help"), NEVER | TEXT | NO_KEYS | NO_TEMPLATE | NO_FILE),
        (("keygen",), NEVER | TEXT | NO_TEMPLATE | NO_FILE),
        (("genkey",), NEVER | TEXT | NO_TEMPLATE | NO_FILE),
        (("manifests",), NEVER | TEXT | NO_KEYS | NO_FILE),
        ((*EXAMPLE, "showconf", "peer", "laptop"), NEVER | TEXT | NO_KEYS),
        ((*EXAMPLE, "graph"), NEVER | TEXT | NO_KEYS | NO_TEMPLATE | NO_OTHER_FORMAT),
        ((*EXAMPLE, "graph", "-o", "text"), NEVER | TEXT | NO_KEYS | NO_TEMPLATE),
        ((*EXAMPLE, "check", "--only", "peers"), NEVER | TEXT | NO_KEYS | NO_TEMPLATE | NO_DEVICE),
        ((*EXAMPLE, "info"), NEVER | TEXT | NO_KEYS | NO_TEMPLATE),
        (("lint", "docs/example-cluster.yaml"), NEVER | TEXT | NO_KEYS | NO_TEMPLATE),
        ((*EXAMPLE, "get", "nodes,peers,locations"), NEVER | TEXT | NO_KEYS | NO_TEMPLATE),
        ((*EXAMPLE, "trace", "laptop", "berlin-2"), NEVER | TEXT | NO_KEYS | NO_TEMPLATE),
        ((*EXAMPLE, "whois", "10.42.2.17"), NEVER | TEXT | NO_KEYS | NO_TEMPLATE),
        ((*EXAMPLE, "reach", "laptop"), NEVER | TEXT | NO_KEYS | NO_TEMPLATE),
        ((*EXAMPLE, "simulate", "--without", "berlin-1"), NEVER | TEXT | NO_KEYS | NO_TEMPLATE),
    ],
    ids=" ".join,
)
def test_a_command_loads_only_what_it_uses(command: tuple[str, ...], unloaded: dict[str, str]) -> None:
    loaded = loaded_by(*command)
    assert "kgctl_py.app" in loaded
    assert {name: why for name, why in unloaded.items() if name in loaded} == {}


def test_importing_the_package_imports_none_of_its_modules() -> None:
    assert not [name for name in loaded("import kgctl_py") if name.startswith("kgctl_py.")]


def test_showconf_on_a_server_loads_few_modules(tmp_path: Path) -> None:
    nodes, peers = listed(mesh.node("north", "alps", 1)), listed(mesh.peer("laptop", "10.5.0.1"))
    with FakeServer({resources.NODES_PATH: [nodes], resources.PEERS_PATH: [peers]}) as server:
        config = kubeconfig(tmp_path / "config", server.url)
        ours = {name for name in loaded_by("--kubeconfig", config, "showconf", "peer", "laptop") if is_ours(name)}
    assert "kgctl_py.kube.client" in ours
    assert not {name for name in ours if name.startswith("kgctl_py.kube.") and name.endswith(FOR_ERRORS)}
    assert len(ours) <= 63


def listed(*objects: dict[str, Any]) -> Reply:
    return Reply(body=json.dumps({"items": objects}).encode())


def is_ours(name: str) -> bool:
    return name.startswith("kgctl_py.")


@pytest.mark.parametrize(
    ("command", "exit_code", "limit"),
    [((*EXAMPLE, "check"), 1, 89), ((*EXAMPLE, "graph", "-o", "html"), 0, 83)],
    ids=["check", "graph"],
)
def test_a_command_on_a_file_loads_few_modules(command: tuple[str, ...], exit_code: int, limit: int) -> None:
    assert count_of_ours(*command, exit_code=exit_code) <= limit


def test_a_change_of_a_git_folder_loads_few_modules(tmp_path: Path) -> None:
    loaded_by(*EXAMPLE, "init", str(tmp_path / "mesh"))
    add = (*EXAMPLE, "peer", "add", "--git", str(tmp_path / "mesh"))
    assert count_of_ours(*add, "desk", "--public-key", "VSSWkPHEtuCgpfVXmfc+TcpPB5gl7HSd2PxzXMdBxWw=") <= 90
    assert count_of_ours(*add, "tablet") <= 105


def count_of_ours(*command: str, exit_code: int = 0) -> int:
    """Return the modules of kgctl that a command loads; each costs about half a millisecond."""
    return len({name for name in loaded_by(*command, exit_code=exit_code) if is_ours(name)})


def loaded_by(*command: str, exit_code: int = 0) -> set[str]:
    script = f"import sys; sys.argv = ['kgctl', *{command!r}]\nfrom kgctl_py.app import main\nmain()"
    return loaded(script, exit_code)


def loaded(script: str, exit_code: int = 0) -> set[str]:
    """Run `script` in a new Python, and return the modules that are loaded when it ends."""
    report = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
    done = subprocess.run([sys.executable, "-c", report + script], capture_output=True, text=True, check=False)
    assert done.returncode == exit_code, done.stderr
    return set(done.stderr.split())


def test_the_list_of_commands_fits_the_terminal() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "kgctl_py", "--help"], capture_output=True, text=True, check=True
    )
    listed = [line for line in shown.stdout.splitlines() if line.startswith("  ")]
    assert [line.split()[0] for line in listed] == [row.name for row in ROWS if row.group]
    assert {line.partition("  ")[2].strip() and len(line) <= 80 for line in listed} == {True}


def test_a_command_imports_no_other() -> None:
    loaded = loaded_by("keygen")
    assert "kgctl_py.cli.keys.keygen" in loaded
    assert {"kgctl_py.cli.join.showconf", "kgctl_py.cli.inspect.graph", "kgctl_py.cluster.open"} & loaded == set()

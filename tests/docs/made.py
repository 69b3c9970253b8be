"""The generated parts of the pages; `python -m tests.docs.made` writes them to the pages."""

import ast
import contextlib
import dataclasses
import functools
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer.main
from typer.testing import CliRunner

from kgctl_py.app import app
from kgctl_py.findings import Code
from tests.docs.pages import DOCS, README, ROOT, sections, with_block
from tests.screens.screens import record

PICTURE = DOCS / "topology.svg"
FINDINGS = DOCS / "findings.md"
ALL_FINDINGS = "## All findings\n"
_PACKAGE = ROOT / "kgctl_py"
_WIDTH = "80"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A generated block, its page, its section, and the function that makes its text."""

    page: Path
    section: str
    text: Callable[[], str]


def everything() -> Iterator[Made]:
    """Yield every block."""
    for command in commands():
        make = functools.partial(help_of, command)
        yield Made(page=DOCS / "commands.md", section=" ".join(("kgctl", *command)), text=make)
    yield Made(page=README, section="What you see", text=functools.partial(checked, "-o", "short"))
    yield Made(page=DOCS / "troubleshooting.md", section="What check shows", text=checked)
    yield Made(page=DOCS / "architecture.md", section="Packages and modules", text=tree)
    yield Made(page=DOCS / "architecture.md", section="Dependencies between packages", text=arrows)


@functools.cache
def commands() -> list[tuple[str, ...]]:
    """Return kgctl itself and then every command that does something, each as its words."""
    return [(), *_leaves(typer.main.get_command(app))]


def _leaves(group: Any) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if not hasattr(command, "commands"):
            yield (name,)
            continue
        yield from ((name, *path) for path in _leaves(command))


def help_of(command: tuple[str, ...]) -> str:
    """Return the help text."""
    return CliRunner(env={"COLUMNS": _WIDTH}).invoke(app, [*command, "--help"], prog_name="kgctl").stdout


def checked(*options: str) -> str:
    """Check the example cluster."""
    command = ["--from-file", "docs/example-cluster.yaml", "check", *options]
    with contextlib.chdir(ROOT):
        return CliRunner().invoke(app, command, prog_name="kgctl", catch_exceptions=False).stdout


def findings() -> str:
    """List the kinds of finding, and then tell of each."""
    rows = [f"| [{code}](#{code.lower()}) | {code.severity.name.lower()} | {code.meaning} |" for code in Code]
    table = "\n".join(("| code | severity | what it means |", "|---|---|---|", *rows))
    told = (
        f"## {code}\n\n{code.severity.name.capitalize()}: {code.meaning}\n\n"
        f"- Why it matters: {code.why}\n- How to fix it: {code.fix}\n"
        + (f"- Command: `{code.command.replace('FIELD', 'ANNOTATION')}`\n" if code.command else "")
        for code in Code
    )
    return "\n" + table + "\n\n" + "\n".join(told)


def tree() -> str:
    """List the files of the package, each with the first line of its docstring."""
    lines = ["kgctl_py/"]
    for path in sorted(_PACKAGE.rglob("*.py"), key=lambda path: (path.parent, path.name != "__init__.py", path)):
        place = path.relative_to(_PACKAGE)
        docstring = (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n")[0]
        is_room = path.name == "__init__.py" and len(place.parts) > 1
        name = f"{place.parent.name}/" if is_room else place.name
        indent = "  " * (len(place.parts) - is_room)
        lines.append(f"{indent}{name:<{26 - len(indent)}} {docstring}")
    return "\n".join(lines) + "\n"


def arrows() -> str:
    """Return the layers that import-linter enforces, from the top down."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    return "\n".join(layers) + "\n"


def picture() -> str:
    """Draw the example cluster."""
    command = ["-m", "kgctl_py", "--from-file", "docs/example-cluster.yaml", "graph", "-o", "svg"]
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def _write() -> None:
    for made in everything():
        if made.section in sections(text := made.page.read_text()):
            made.page.write_text(with_block(text, made.section, "text", made.text()))
    kept, heading, _ = FINDINGS.read_text().partition(ALL_FINDINGS)
    FINDINGS.write_text(kept + heading + findings())
    PICTURE.write_text(picture())
    record()


if __name__ == "__main__":
    _write()

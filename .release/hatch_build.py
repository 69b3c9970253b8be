"""A hook of hatchling: the wheel gets a manual page for each command, and completion scripts, in share/."""

import importlib
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COMPLETIONS = {
    "bash": "bash-completion/completions/kgctl",
    "zsh": "zsh/site-functions/_kgctl",
    "fish": "fish/vendor_completions.d/kgctl.fish",
}


class ShareHook(BuildHookInterface[Any]):
    """Writes the files of share/ from the commands themselves, so that they cannot differ."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files to a wheel; an editable install has none."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        try:
            files = {**_manual(), **_completions()}
        finally:
            sys.path.remove(self.root)
        for place, text in files.items():
            path = Path(self.directory) / ".share" / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            build_data["shared_data"][str(path)] = f"share/{place}"

    def finalize(self, _version: str, _build_data: dict[str, Any], _artifact_path: str) -> None:
        """Remove what was written beside the wheel."""
        import shutil

        shutil.rmtree(Path(self.directory) / ".share", ignore_errors=True)


def _manual() -> dict[str, str]:
    import typer.main

    app = importlib.import_module("kgctl_py.app").app
    manual = importlib.import_module("kgctl_py.cli.keys.manual")
    man_page = importlib.import_module("kgctl_py.render.man_page").man_page
    pages = manual.all_pages(typer.main.get_command(app))
    return {f"man/man1/{page.title}.1": man_page(page) for page in pages}


def _completions() -> dict[str, str]:
    completion = importlib.import_module("kgctl_py.cli.keys.completion")
    return {place: completion.script(shell) for shell, place in COMPLETIONS.items()}

"""`kgctl init`: create the folder to keep Kilo and its Peers in Git."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from kgctl_py import names
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options import grouped
from kgctl_py.cli.options.installation_options import InstallationOptions
from kgctl_py.cli.terminal import terminal
from kgctl_py.cluster.git.init_folder import init_folder
from kgctl_py.cluster.open import Options
from kgctl_py.fs.file_set import FileChange
from kgctl_py.render.git_folder_files import repository
from kgctl_py.value import fields

ForceOption = Annotated[
    bool,
    typer.Option(
        "--force",
        help="Generate the manifests of Kilo again, with these options; fails if one of them was edited",
    ),
]


@grouped
def init(
    context: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Folder, created if it does not exist")],
    options: InstallationOptions,
    force: ForceOption = False,
) -> None:
    """Create a folder to keep Kilo and its Peers in Git.

    The folder contains the manifests of Kilo, a kustomization, examples of Peers, and a README. The global options
    --mesh-granularity, --port, and --topology-label set the flags of kg with these names.

    Examples:
      kgctl init vpn --distribution k3s
    """
    from kgctl_py.render.kilo_manifests import manifests

    run: Invocation = context.obj
    files = repository(manifests(options.installation(run.options)), _command(options, run.options))
    changes = init_folder(Path(folder), files, force=force, tell=terminal.tell_notice)
    _say_what_was_written(folder, changes)


def _command(options: InstallationOptions, stated: Options) -> str:
    """Return the command that creates the same folder, with the options that differ from the defaults."""
    chosen: list[tuple[str, object, object]] = [
        ("mesh_granularity", stated.granularity, None),
        ("port", stated.port, None),
        ("topology_label", stated.topology_label, names.TOPOLOGY_LABEL),
    ]
    for field in fields(options):
        default = [] if field.required else field.default
        chosen.append((field.name, getattr(options, field.name), default))
    words = [word for name, value, default in chosen if value != default for word in _words(name, value)]
    return shlex.join(["kgctl", "init", "DIR", *words])


def _words(name: str, value: object) -> list[str]:
    option = "--" + name.replace("_", "-")
    match value:
        case True:
            return [option]
        case list():
            return [option, ",".join(map(str, value))]
        case _:
            return [option, str(value)]


def _say_what_was_written(folder: str, changes: Sequence[FileChange]) -> None:
    """Print what was written, and the next step."""
    if not changes:
        terminal.say(f'"{folder}" is up to date')
        return
    for change in changes:
        terminal.detail(f'wrote "{change.path}"')
    terminal.say(f'wrote {len(changes)} file{"s" if len(changes) != 1 else ""} to "{folder}"')
    where, crds = shlex.quote(folder), shlex.quote(str(Path(folder, "crds.yaml")))
    terminal.hint(f"to apply them: kubectl apply -f {crds} && kubectl apply -k {where}")

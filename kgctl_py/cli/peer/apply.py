"""`kgctl peer apply`: create and change the Peers that files declare."""

import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options import grouped
from kgctl_py.cli.options.change_options import DryRunOption, PoolOption, YesOption, pool_option
from kgctl_py.cli.peer.delivery_options import WholeFormatOption
from kgctl_py.cli.peer.fleet_options import FleetWgQuickOptions, FolderOptions
from kgctl_py.cli.peer.fleet_plan_text import ask_before_removals, mistakes_error, show_plan, summary
from kgctl_py.cli.peer.git_option import GitOption, invocation_on, tell_what_remains, warn_if_tracked
from kgctl_py.cli.terminal import terminal
from kgctl_py.config import WholeFormat
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.findings import Severity
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.notice import Notice
from kgctl_py.peers.dry_run import DryRun, open_store
from kgctl_py.peers.fleet.fleet_plan import FleetPlan, FleetSettings

if TYPE_CHECKING:
    from kgctl_py.peers.fleet.declared_peer import DeclaredPeer

_LABEL_VALUE = re.compile("[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")


@grouped
def apply_(
    context: typer.Context,
    wg_quick: FleetWgQuickOptions,
    file: FolderOptions,
    files: Annotated[
        list[str],
        typer.Option(
            "--filename",
            "-f",
            metavar="FILE|DIR|-",
            help="A table (.csv), Peers in YAML or JSON, a folder with such files, or - for stdin; repeatable "
            "(required)",
        ),
    ] = [],  # noqa: B006 # typer copies it
    set_name: Annotated[
        str | None,
        typer.Option("--set", metavar="NAME", help="Label the peers as members of this set"),
    ] = None,
    prune: Annotated[
        bool,
        typer.Option("--prune", help="Remove peers of the set that the files do not declare; needs --set"),
    ] = False,
    pool: PoolOption = None,
    output: WholeFormatOption = WholeFormat.WG_QUICK,
    git: GitOption = None,
    dry_run: DryRunOption = None,
    yes: YesOption = False,
) -> None:
    """Create and change the peers that a table or manifests declare.

    Existing peers keep their keys and addresses unless the files state others. For a new peer without a public
    key, kgctl generates a key pair, and writes the configuration of the peer to the folder of -O.

    Examples:
      # Apply a table, and write the configurations of new peers
      kgctl peer apply -f fleet.csv -O confs

      # Show what would change
      kgctl peer apply -f fleet.csv --dry-run client

      # Also remove the peers of the set that are no longer in the table
      kgctl peer apply -f fleet.csv --set office --prune -O confs
    """
    from kgctl_py.cli.peer.fleet_configurations import FleetConfigurations  # no other command needs these
    from kgctl_py.peers.fleet.apply_plan import apply_plan
    from kgctl_py.peers.fleet.fleet_plan import plan_fleet

    if not files:
        raise UsageError("missing option -f", hint="add -f FILE")
    settings = _settings(set_name, pool, prunes=prune)
    configurations = FleetConfigurations(wg_quick, file, output)
    if dry_run is None and file.file is None:
        _check_unused(wg_quick, output)
    declared = _read(files)
    needs_nodes = file.file is not None and any("publicKey" not in peer.spec for peer in declared)
    run = invocation_on(context, git, dry_run, needs_nodes=needs_nodes)
    run.mesh()
    plan = plan_fleet(run.cluster, declared, settings)
    _check(run, plan, settings.set_name, ipv4_only=bool(wg_quick.ipv4_only))
    if plan.changes and dry_run is not DryRun.CLIENT:
        open_store(run.cluster, dry_run).check_existing()  # raises for a saved cluster, before anything is printed
    terminal.tell(plan.notices)
    if dry_run is None:
        configurations.check(run, plan)
        ask_before_removals(plan, yes=yes or git is not None)
        if git and file.file and plan.generates_keys:
            warn_if_tracked(file.file)
    else:
        show_plan(plan)
    if dry_run is not DryRun.CLIENT:
        tell = terminal.tell_notice if dry_run is None else _tell_nothing
        apply_plan(run.cluster, plan, dry_run, tell, lambda *made: configurations.stage(run, *made))
    terminal.say(summary(plan) + (" (dry run)" if dry_run else ""))
    if not dry_run and plan.changes:
        removed = tuple(peer.name for peer in plan.removals)
        tell_what_remains(git, removed=removed, applies=plan.changes > len(removed))


def _check_unused(wg_quick: FleetWgQuickOptions, output: WholeFormat) -> None:
    """Raise UsageError for an option of the configurations, which kgctl does not write without a folder."""
    given = [*wg_quick.given(), *([f"-o {output}"] if output is not WholeFormat.WG_QUICK else [])]
    if given:
        raise UsageError(f"{given[0]} needs -O DIR", hint="add -O DIR")


def _settings(set_name: str | None, pool: str | None, *, prunes: bool) -> FleetSettings:
    """Return the settings of the options; raise UsageError."""
    if set_name is not None and not _LABEL_VALUE.fullmatch(set_name):
        raise UsageError(
            f'--set "{set_name}" is not a valid label value',
            hint="use up to 63 letters, digits, or any of -_. between two letters or digits",
        )
    return FleetSettings(set_name=set_name or "", prunes=prunes, pool=pool_option(pool), now=time.time())


def _check(run: Invocation, plan: FleetPlan, set_name: str, *, ipv4_only: bool) -> None:
    """Print new findings; raise KgctlError if the plan cannot be carried out, after printing all reasons."""
    from kgctl_py.peers.fleet.check_plan import errors, new_findings, problems

    found = tuple(problems(plan, run.cluster.peers(), set_name, ipv4_only=ipv4_only))
    if not found:
        findings = new_findings(plan, lambda mesh: _topology(run, mesh))
        found = tuple(errors(findings))
        run.tell(finding for finding in findings if finding.severity is not Severity.ERROR)
    if len(found) > 1:
        raise mistakes_error(found)
    for problem in found:
        raise problem


def _read(files: Sequence[str]) -> "tuple[DeclaredPeer, ...]":
    """Return the Peers of all files; raise KgctlError for mistakes, after printing them."""
    from kgctl_py.peers.fleet.declared_peer import MistakesError
    from kgctl_py.peers.fleet.read_fleet import read_fleet

    try:
        return read_fleet(files)
    except MistakesError as error:
        raise mistakes_error(error.mistakes) from None


def _topology(run: Invocation, mesh: Mesh) -> Topology | None:
    try:
        return run.topology(mesh)
    except KgctlError:
        return None


def _tell_nothing(_: Notice) -> None:
    """Print nothing, because the plan was printed."""

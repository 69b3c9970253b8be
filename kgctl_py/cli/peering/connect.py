"""`kgctl peering connect`: join clusters, so that their pods reach each other."""

import enum
from collections.abc import Mapping
from typing import Annotated

import typer

from kgctl_py.cli import OUTPUT
from kgctl_py.cli.options import grouped
from kgctl_py.cli.options.change_options import DryRunOption, YesOption
from kgctl_py.cli.options.file_options import FileOptions, put
from kgctl_py.cli.options.peering_options import PeeringOptions
from kgctl_py.cli.options.peering_write_options import WriteOptions
from kgctl_py.cli.peering.confirm import check_plan, check_writable, confirm_plan, is_left_to_watch
from kgctl_py.cli.peering.git_folders import tell_what_remains
from kgctl_py.cli.peering.sides import check_two, prepare
from kgctl_py.cli.peering.sources import HELP, METAVAR
from kgctl_py.cli.peering.text.output import echo, problems_text
from kgctl_py.cli.peering.text.plan_text import plan_data, plan_text, summary
from kgctl_py.cli.peering.watching import WatchOptions
from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import ExitCode, KgctlError, UsageError
from kgctl_py.peering.connect_clusters import carry_out, read_plan, try_out
from kgctl_py.peering.members.read_members import Side
from kgctl_py.peering.new_keys import PresharedKeys, no_key
from kgctl_py.peering.planning.plan import NewKey, PeeringPlan
from kgctl_py.peering.planning.settings import PeeringSettings
from kgctl_py.peers.dry_run import DryRun
from kgctl_py.render.json_yaml import as_json, as_yaml
from kgctl_py.value import Value

_EXCLUSIVE: Mapping[str, tuple[str, ...]] = {
    "--git": ("--watch", "--print", "--dry-run server"),
    "--watch": ("--print", "--dry-run", "-o json"),
    "--print": ("--dry-run", "-o json"),
}


class Form(enum.StrEnum):
    """The forms of the plan."""

    TEXT = "text"
    JSON = "json"


class Print(enum.StrEnum):
    """The objects that are printed and not written."""

    YAML = "yaml"


@grouped
def connect(
    context: typer.Context,
    options: PeeringOptions,
    writing: WriteOptions,
    watching: WatchOptions,
    clusters: Annotated[list[str], typer.Argument(metavar=f"{METAVAR} {METAVAR}...", help=HELP)] = [],  # noqa: B006 # typer copies it
    print_: Annotated[
        Print | None,
        typer.Option("--print", help="Print the Peers of each cluster, and write nothing", rich_help_panel=OUTPUT),
    ] = None,
    output: Annotated[Form, typer.Option("--output", "-o", help="Format", rich_help_panel=OUTPUT)] = Form.TEXT,
    dry_run: DryRunOption = None,
    yes: YesOption = False,
) -> None:
    """Join two or more clusters, so that their pods and Services reach each other.

    Creates a Peer in each cluster for every segment of the others, updates Peers that differ, and removes Peers
    of segments that no longer exist. A segment is a location, or a node that connects by itself. To update the
    Peers after nodes or leaders change, run the command again, or keep it running with --watch.

    Examples:
      # Join the clusters of two contexts
      kgctl peering connect aws edge

      # Show what would change
      kgctl peering connect aws edge --dry-run client

      # Keep the Peers up to date until you stop kgctl
      kgctl peering connect aws edge --watch

      # Write the Peers of aws to a Git folder
      kgctl peering connect aws edge --git aws=clusters/aws

      # Join a cluster behind NAT
      kgctl peering connect aws home --annotate
    """
    check_two(clusters, "connect", at_least=True)
    _check_exclusive(
        {
            "--git": writing.git,
            "--watch": watching.watch,
            "--print": print_,
            "--dry-run": dry_run,
            "--dry-run server": dry_run is DryRun.SERVER,
            "-o json": output is Form.JSON,
        }
    )
    sides, settings = prepare(context, clusters, options, writing, watching.grace)
    keys = PresharedKeys() if writing.psk else no_key
    joining = _Joining(sides, settings, keys, watching.watch, watching.leader_elect)
    plan = read_plan(sides, settings, joining.keys)
    for side in sides:
        terminal.tell(side.cluster.notices)
    if print_:
        _print_peers(plan)
    elif output is Form.JSON:
        joining.carry_out_and_print_json(plan, dry_run, yes=yes)
    else:
        echo(plan_text(plan))
        plan = joining.carry_out(plan, dry_run, yes=yes)
        echo("" if watching.leader_elect else summary(plan, dry_run))
    if writing.git and not dry_run:
        tell_what_remains(sides, plan)
    if watching.watch:
        watching.follow(sides, settings, joining.keys, prunes_most=yes)
    if any(problem.fails_connect for problem in plan.problems):
        raise typer.Exit(ExitCode.FAILED)


def _check_exclusive(given: Mapping[str, object]) -> None:
    """Raise UsageError for two options that exclude each other; a value that is false means "not given"."""
    for option, others in _EXCLUSIVE.items():
        other = next((other for other in others if given[option] and given[other]), None)
        if other:
            hint = "use --dry-run client" if other == "--dry-run server" else "use one of them"
            raise UsageError(f"{option} and {other} exclude each other", hint=hint)


class _Joining(Value, frozen=True):
    """The clusters to join, and the settings."""

    sides: tuple[Side, ...]
    settings: PeeringSettings
    keys: NewKey
    watches: bool
    elects: bool
    """Whether nothing is written before a Lease is held."""

    def carry_out(self, plan: PeeringPlan, dry_run: DryRun | None, *, yes: bool) -> PeeringPlan:
        """Write the plan, unless it is refused, has no changes, or this is a dry run."""
        check_plan(plan)
        if dry_run is not DryRun.CLIENT:
            check_writable(self.sides)
        if dry_run is DryRun.SERVER:
            try_out(plan, self.sides)
        is_left = self.elects or (self.watches and is_left_to_watch(plan, yes=yes))
        if dry_run or not _has_work(plan) or is_left:
            return plan
        confirm_plan(plan, yes=yes)
        return carry_out(plan, self.sides, self.settings, self.keys, terminal.tell_notice)

    def carry_out_and_print_json(self, plan: PeeringPlan, dry_run: DryRun | None, *, yes: bool) -> None:
        """Write the plan, and print it, also if it is refused."""
        applied = False
        try:
            plan = self.carry_out(plan, dry_run, yes=yes)
            applied = not dry_run
        finally:
            typer.echo(as_json(plan_data(plan, applied=applied)), nl=False)


def _has_work(plan: PeeringPlan) -> bool:
    return bool(plan.annotated) or any(half.changes for half in plan.written)


def _print_peers(plan: PeeringPlan) -> None:
    """Print the Peers of each cluster; raise KgctlError if a problem of the plan refuses it."""
    typer.echo(problems_text(plan.problems), nl=False, err=True)
    refusing = next((problem for problem in plan.problems if problem.refuses), None)
    if refusing:
        raise KgctlError(f"nothing was printed: {refusing}", hint=refusing.hint)
    documents = []
    for member in plan.members:
        documents.append(f"# cluster {member.name}\n")
        for half in plan.halves:
            if half.own.name == member.name:
                documents += (f"---\n{as_yaml(remote.manifest())}" for remote in half.desired)
    put("".join(documents), FileOptions())

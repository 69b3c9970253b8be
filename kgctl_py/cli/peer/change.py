"""`kgctl peer set`: a peer says something else of itself."""

from typing import Annotated, Any

import typer

from kgctl_py.cli.complete_names import complete_peers
from kgctl_py.cli.option_groups import grouped
from kgctl_py.cli.options.peer_options import DryRun, DryRunOption, PeerOptions, check_free
from kgctl_py.cli.peer.git import GitOption, invocation_on
from kgctl_py.errors import UsageError
from kgctl_py.kilo.peers import endpoint_spec
from kgctl_py.mesh import pool
from kgctl_py.terminal import terminal


@grouped
def change(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The peer.", autocompletion=complete_peers)],
    said: PeerOptions,
    git: GitOption = None,
    dry_run: DryRunOption = None,
) -> None:
    """Change what a peer says of itself; all else of it stays as it is."""
    changes, annotations = _changes(said), said.annotations()
    if not changes and not annotations:
        raise UsageError("nothing to change was given", hint="kgctl peer set --help")
    run = invocation_on(context, git, dry_run)
    store = run.cluster.peers(dry_run=dry_run is DryRun.SERVER)
    store.check_existing(name)
    if said.ip:
        others = run.mesh().without_peer(name)
        check_free(said.allowed_ips(), pool.used_networks(others, run.cluster.networks().services))
    resource = store.get(name)
    resource["spec"] = {
        key: value for key, value in ((resource.get("spec") or {}) | changes).items() if value is not None
    }
    if annotations:
        resource["metadata"]["annotations"] = {**(resource["metadata"].get("annotations") or {}), **annotations}
    if dry_run is not DryRun.CLIENT:
        store.replace(resource)
    terminal.say(f"{store.title(name)} {'would be changed (dry run: it was not)' if dry_run else 'changed'}")


def _changes(said: PeerOptions) -> dict[str, Any]:
    """Give the fields of `spec` that change; None takes one away."""
    changes: dict[str, Any] = {}
    if said.ip:
        changes["allowedIPs"] = [str(cidr) for cidr in said.allowed_ips()]
    if said.keepalive is not None:
        changes["persistentKeepalive"] = said.keepalive or None
    if said.endpoint is not None:
        endpoint = said.parsed_endpoint()
        changes["endpoint"] = endpoint_spec(endpoint) if endpoint else None
    return changes

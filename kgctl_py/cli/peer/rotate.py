"""`kgctl peer rotate`: replace the key pair of a peer."""

import sys
from typing import Annotated

import typer

from kgctl_py.cli import completion
from kgctl_py.cli.options import grouped
from kgctl_py.cli.options.change_options import NewPublicKeyOption, PskOption, YesOption
from kgctl_py.cli.peer import delivery
from kgctl_py.cli.peer.delivery import configuration_files, key_pair, smaller_configurations
from kgctl_py.cli.peer.delivery_options import (
    DeliveredHostOptions,
    DeliveredWgQuickOptions,
    Print,
    RotatedDeliveryOptions,
)
from kgctl_py.cli.peer.git_option import GitOption, delivery_for, invocation_on, tell_what_remains
from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.mesh.find_by_name import check_ready, existing_peer, ready_nodes
from kgctl_py.peers.dry_run import check_existing
from kgctl_py.value import replace


@grouped
def rotate(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the peer", autocompletion=completion("peers"))
    ],
    options: RotatedDeliveryOptions,
    wg_quick: DeliveredWgQuickOptions,
    host: DeliveredHostOptions,
    public_key: NewPublicKeyOption = None,
    psk: PskOption = False,
    git: GitOption = None,
    yes: YesOption = False,
) -> None:
    """Replace the key pair of a peer, and print its new configuration.

    The old configuration stops working. If the peer has a preshared key, kgctl also replaces that key. kgctl
    asks for confirmation first, unless you pass --yes or --git.

    Examples:
      # Replace the key pair, and the file with the old configuration
      kgctl peer rotate laptop -O laptop.conf --force
    """
    from kgctl_py.peers.rotate_keys import rotate_keys, with_new_keys  # no other command needs it
    from kgctl_py.peers.shared_key import update_sharers

    out = delivery_for(git, options, public_key)
    out.check_shown([*wg_quick.given(), *host.given()])
    form = out.form(name, wg_quick.settings(aggregates=out.printed is Print.QR), host, public_key)
    if out.printed is Print.YAML:
        raise UsageError("--print yaml does not work with kgctl peer rotate", hint="use --print conf")
    private, public = key_pair(public_key, out)
    run = invocation_on(context, git, needs_nodes=out.shows_configuration)
    mesh = run.mesh()
    if out.shows_configuration:
        ready_nodes(mesh)
    peer = existing_peer(mesh, name)
    if out.shows_configuration:
        check_ready(replace(peer, public_key=public))  # a Peer without a key gets one
    renewed = with_new_keys(mesh, peer, public, preshared=psk)
    check_existing(run.cluster, None, name)  # raises for a saved cluster, before kgctl asks or prints anything
    _ask(name, yes or git is not None)
    files = configuration_files(run, mesh, renewed, form, private) if out.shows_configuration else ()
    store = run.cluster.peers()
    current = store.get(name)
    smaller = smaller_configurations(run, mesh, renewed, form, private) if out.printed is Print.QR else None
    with (
        delivery.staged(files, name, out, smaller) as deliver,
        rotate_keys(store, current, renewed, terminal.tell_notice),
    ):
        terminal.say(f"{store.title(name)} has a new key")
        deliver()
    update_sharers(store, {name: peer.public_key}, terminal.tell_notice)
    tell_what_remains(git, renewed.preshared_key)


def _ask(name: str, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(
            f'refusing to rotate the key of peer "{name}" without --yes (stdin is not a terminal)',
            hint="add --yes",
        )
    if not terminal.confirms(f'Rotate the key of peer "{name}"? Its current configuration stops working.'):
        raise KgctlError(f'cancelled: the key of peer "{name}" did not change')

"""`kgctl peer rotate`: a peer gets a new key, and the old one stops working."""

import contextlib
import copy
import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from kgctl_py.cli.complete_names import complete_peers
from kgctl_py.cli.option_groups import grouped
from kgctl_py.cli.options.peer_options import PskOption, PublicKeyOption, check_key_free
from kgctl_py.cli.options.wg_quick_options import WgQuickOptions
from kgctl_py.cli.peer import delivery
from kgctl_py.cli.peer.delivery import DeliveryOptions, Print, key_pair
from kgctl_py.cli.peer.git import GitOption, delivery_for, invocation_on, tell_what_remains
from kgctl_py.cli.remarks import tell_remarks
from kgctl_py.cluster.interface import PeerStore
from kgctl_py.config.subject import peer_subject
from kgctl_py.config.wg_quick import wg_quick_configuration, wg_quick_text
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.kube.api_error import ApiError
from kgctl_py.mesh.lookup import existing_peer, ready_peer
from kgctl_py.terminal import terminal
from kgctl_py.value import replace
from kgctl_py.wireguard import keygen

_KEYS = ("publicKey", "presharedKey")


@grouped
def rotate(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The peer.", autocompletion=complete_peers)],
    out: DeliveryOptions,
    wg_quick: WgQuickOptions,
    public_key: PublicKeyOption = None,
    psk: PskOption = False,
    git: GitOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Give a peer a new key, and a new preshared key if it has one; its present configuration stops working."""
    out = delivery_for(git, out, public_key)
    settings = wg_quick.settings()
    out.check(settings)
    if out.printed is Print.YAML:
        raise UsageError('"--print yaml" creates nothing, so it cannot rotate', hint="--print conf, or -O FILE")
    private, public = key_pair(public_key, out)
    run = invocation_on(context, git, needs_nodes=out.shows_configuration)
    mesh = run.mesh()
    asked = ready_peer(mesh, name) if out.shows_configuration else existing_peer(mesh, name)
    check_key_free(mesh, public)
    _ask(name, yes or git is not None)
    preshared = keygen.generate_preshared_key() if psk or asked.preshared_key else None
    renewed = replace(asked, public_key=public, preshared_key=preshared)
    text = ""
    if out.shows_configuration:
        topology = run.topology(mesh.with_peer(renewed))
        subject = peer_subject(topology, renewed)
        configuration = wg_quick_configuration(run.cluster, topology, subject, settings, private)
        tell_remarks(configuration.remarks)
        text = wg_quick_text(configuration)
    store = run.cluster.peers()
    old = store.get(name)
    resource = copy.deepcopy(old)
    resource["spec"]["publicKey"] = str(renewed.public_key)
    if renewed.preshared_key:
        resource["spec"]["presharedKey"] = str(renewed.preshared_key)
    with delivery.staged(text, out) as deliver, _restored_on_failure(store, old, resource):
        store.replace(resource)
        terminal.say(f"{store.title(name)} has a new key")
        deliver()
    tell_what_remains(git, preshared)


def _ask(name: str, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f'to rotate the key of peer "{name}" somebody must say yes', hint="add --yes")
    if not terminal.confirms(f'Rotate the key of peer "{name}"? Its present configuration stops working.'):
        raise KgctlError(f'the key of peer "{name}" was not rotated')


@contextlib.contextmanager
def _restored_on_failure(store: PeerStore, old: dict[str, Any], renewed: dict[str, Any]) -> Iterator[None]:
    """Give the Peer its old keys back when the new ones cannot be delivered, or the server does not say."""
    try:
        yield
    except BaseException as error:  # Ctrl-C, too: whatever ends this, the old key must work again
        if not (isinstance(error, ApiError) and error.refused):
            _restore(store, old, renewed)
        raise


def _restore(store: PeerStore, old: dict[str, Any], renewed: dict[str, Any]) -> None:
    """Put the old keys back if the new ones are there; what else somebody changed meanwhile stays."""
    name = old["metadata"]["name"]
    try:
        present = store.get(name)
        if present["spec"]["publicKey"] != renewed["spec"]["publicKey"]:
            return
        present["spec"] = {
            **{field: value for field, value in present["spec"].items() if field not in _KEYS},
            **{field: old["spec"][field] for field in _KEYS if field in old["spec"]},
        }
        store.replace(present)
        terminal.say(f'peer "{name}" has its old key again')
    except KgctlError as error:
        why = f'peer "{name}" may keep a key that nobody has: {error.message}'
        terminal.warn(why, f"kgctl peer rotate {name}")

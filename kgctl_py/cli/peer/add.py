"""`kgctl peer add`: add a peer and write its configuration with one command."""

from typing import TYPE_CHECKING, Annotated

import typer

from kgctl_py import wireguard
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options import grouped
from kgctl_py.cli.options.change_options import (
    AdoptOption,
    DryRunOption,
    PoolOption,
    PskOption,
    PublicKeyOption,
    check_name,
    pool_option,
)
from kgctl_py.cli.options.peer_options import NewPeerOptions
from kgctl_py.cli.peer import delivery
from kgctl_py.cli.peer.delivery import key_pair
from kgctl_py.cli.peer.delivery_options import AddedHostOptions, AddedWgQuickOptions, DeliveryOptions, Print
from kgctl_py.cli.peer.git_option import GitOption, delivery_for, invocation_on, tell_what_remains
from kgctl_py.cli.terminal import terminal
from kgctl_py.config import Form
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.peers.address_choice import KEEPALIVE
from kgctl_py.peers.create_peer import PlannedPeer, create_peer, plan_peer
from kgctl_py.peers.dry_run import DryRun, open_store
from kgctl_py.render import ConfigFile
from kgctl_py.value import Value, replace

if TYPE_CHECKING:
    from kgctl_py.config.smaller_settings import Smaller
    from kgctl_py.peers.adopt import Adopted


@grouped
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the new peer")],
    options: NewPeerOptions,
    out: DeliveryOptions,
    wg_quick: AddedWgQuickOptions,
    host: AddedHostOptions,
    pool: PoolOption = None,
    public_key: PublicKeyOption = None,
    adopt: AdoptOption = None,
    psk: PskOption = False,
    git: GitOption = None,
    dry_run: DryRunOption = None,
) -> None:
    """Add a peer to the mesh, and print its configuration.

    By default, kgctl generates a key pair, chooses a free address, creates the Peer, and prints a configuration
    for wg-quick. The private key is only in this configuration, so save it with -O.

    Examples:
      # Add a laptop, and connect it
      kgctl peer add laptop -O laptop.conf
      sudo wg-quick up ./laptop.conf

      # Add a phone, and scan its configuration
      kgctl peer add phone --print qr

      # Add a machine, and keep the keys and addresses of its configuration
      kgctl peer add desk --adopt wg0.conf -O desk.conf
    """
    check_name(name)
    out = delivery_for(git, out, public_key, adopt)
    out.check_shown([*wg_quick.given(), *host.given()])
    settings = wg_quick.settings(aggregates=out.printed is Print.QR)
    form = out.form(name, settings, host, public_key or adopt)
    adopted = _adopted(adopt, public_key)
    private, public = (adopted.private_key, adopted.public_key) if adopted else key_pair(public_key, out)
    requested, addresses = options.allowed_ips(), pool_option(pool)
    draft = Peer(
        name=name,
        endpoint=options.parsed_endpoint(),
        public_key=public,
        preshared_key=_new_preshared_key() if psk else None,
        persistent_keepalive=KEEPALIVE if options.keepalive is None else options.keepalive,
        annotations=options.annotations(),
    )
    run = invocation_on(context, git, dry_run, needs_nodes=out.shows_configuration)
    mesh = run.mesh()
    if adopted:
        requested = requested or _addresses(adopted)
        settings = replace(settings, listen_port=settings.listen_port or adopted.listen_port)
        form = replace(form, settings=settings)
        draft = _taking_over(draft, adopted, mesh, keeps_keepalive=options.keepalive is None)
    planned = plan_peer(run.cluster, draft, requested, addresses)
    if dry_run is not DryRun.CLIENT and out.printed is not Print.YAML:
        open_store(run.cluster, dry_run).check_existing()  # raises for a saved cluster, before anything is printed
    addition = _Addition(run, out, form, private)
    files = addition.configuration(mesh, planned.peer)
    if dry_run is DryRun.SERVER:
        open_store(run.cluster, dry_run).create(planned.manifest())
    if dry_run or out.printed is Print.YAML:
        addition.show(files, planned, dry_run)
    else:
        addition.create(files, planned)
    if not dry_run:
        tell_what_remains(git, draft.preshared_key)


def _new_preshared_key() -> wireguard.Key:
    from kgctl_py.wireguard.keygen import generate_preshared_key  # few peers have one

    return generate_preshared_key()


def _adopted(source: str | None, public_key: str | None) -> "Adopted | None":
    """Return what --adopt takes over, and print the remarks about it."""
    if source is None:
        return None
    if public_key is not None:
        raise UsageError("--adopt and --public-key exclude each other", hint="use one of them")
    from kgctl_py.peers.adopt import adopt  # most peers are new

    adopted = adopt(source)
    terminal.tell(adopted.notices)
    return adopted


def _addresses(adopted: "Adopted") -> tuple[IPInterface, ...]:
    if not adopted.allowed_ips:
        raise KgctlError("the configuration of --adopt has no address", hint="add --ip IP")
    return adopted.allowed_ips


def _taking_over(draft: Peer, adopted: "Adopted", mesh: Mesh, *, keeps_keepalive: bool) -> Peer:
    """Return `draft` with the keepalive and the preshared key of the configuration, unless it has its own."""
    keepalive = adopted.keepalive if keeps_keepalive else None
    return replace(
        draft,
        preshared_key=draft.preshared_key or adopted.preshared_key(mesh),
        persistent_keepalive=draft.persistent_keepalive if keepalive is None else keepalive,
    )


class _Addition(Value, frozen=True):
    """The options for the configuration of a new peer and its output."""

    invocation: Invocation
    out: DeliveryOptions
    form: Form
    private: wireguard.Key | None

    def create(self, files: tuple[ConfigFile, ...], planned: PlannedPeer) -> None:
        cluster, peer = self.invocation.cluster, planned.peer
        with (
            delivery.staged(files, peer.name, self.out, self.smaller(cluster.mesh(), peer)) as deliver,
            create_peer(cluster, planned, terminal.tell_notice) as (mesh, created),
        ):
            cidrs = ", ".join(map(str, created.allowed_ips))
            terminal.say(f"{cluster.peers().title(peer.name)} created: {cidrs}")
            if created == peer:
                deliver()
                return
            moved = self.configuration(mesh, created)
            with delivery.staged(moved, peer.name, self.out, self.smaller(mesh, created)) as deliver_moved:
                deliver_moved()

    def configuration(self, others: Mesh, peer: Peer) -> tuple[ConfigFile, ...]:
        if not self.out.shows_configuration:
            return ()
        return delivery.configuration_files(self.invocation, others, peer, self.form, self.private)

    def smaller(self, others: Mesh, peer: Peer) -> "Smaller | None":
        if self.out.printed is not Print.QR:
            return None
        return delivery.smaller_configurations(self.invocation, others, peer, self.form, self.private)

    def show(self, files: tuple[ConfigFile, ...], planned: PlannedPeer, dry_run: DryRun | None) -> None:
        if dry_run:
            cidrs = ", ".join(map(str, planned.peer.allowed_ips))
            terminal.say(f'peer "{planned.peer.name}" would be created: {cidrs} (dry run)')
        else:
            smaller = self.smaller(self.invocation.cluster.mesh(), planned.peer)
            with delivery.staged(files, planned.peer.name, self.out, smaller) as deliver:
                deliver()
        if self.out.printed is Print.YAML:
            from kgctl_py.cli.options.file_options import FileOptions, put
            from kgctl_py.render.json_yaml import as_yaml

            put(as_yaml(planned.manifest()), FileOptions())

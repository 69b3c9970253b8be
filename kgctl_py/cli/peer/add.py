"""`kgctl peer add`: a workstation joins with one command."""

from typing import Annotated

import typer

from kgctl_py import wireguard
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.option_groups import grouped
from kgctl_py.cli.options.file_options import FileOptions, put
from kgctl_py.cli.options.peer_options import (
    DEFAULT_POOL,
    DryRun,
    DryRunOption,
    PeerOptions,
    PskOption,
    PublicKeyOption,
    check_free,
    check_key_free,
    check_name,
    pool_option,
)
from kgctl_py.cli.options.wg_quick_options import WgQuickOptions
from kgctl_py.cli.peer import delivery
from kgctl_py.cli.peer.delivery import DeliveryOptions, Print, key_pair
from kgctl_py.cli.peer.git import GitOption, delivery_for, invocation_on, tell_what_remains
from kgctl_py.cli.remarks import tell_remarks
from kgctl_py.config.settings import WgQuickSettings
from kgctl_py.config.subject import peer_subject
from kgctl_py.config.wg_quick import wg_quick_configuration, wg_quick_text
from kgctl_py.kilo.peers import manifest
from kgctl_py.mesh import pool as pools
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.model import Mesh, Peer
from kgctl_py.peers import claim_address, create
from kgctl_py.render.json_yaml import as_yaml
from kgctl_py.terminal import terminal
from kgctl_py.value import Value
from kgctl_py.wireguard import keygen

DEFAULT_KEEPALIVE = 25
"""Seconds; to Kilo a peer with a keepalive is one that roams, and most routers forget a flow after 30."""


@grouped
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call the peer.")],
    said: PeerOptions,
    out: DeliveryOptions,
    wg_quick: WgQuickOptions,
    pool: Annotated[
        str, typer.Option(metavar="CIDR", help="Where to take its address from, unless --ip is given.")
    ] = DEFAULT_POOL,
    public_key: PublicKeyOption = None,
    psk: PskOption = False,
    git: GitOption = None,
    dry_run: DryRunOption = None,
) -> None:
    """Add a peer: make its keys, take a free address, create the Peer, and give its whole configuration.

    For example: kgctl peer add laptop -O laptop.conf && wg-quick up ./laptop.conf
    """
    check_name(name)
    out = delivery_for(git, out, public_key)
    settings = wg_quick.settings()
    out.check(settings)
    private, public = key_pair(public_key, out)
    asked, endpoint, where = said.allowed_ips(), said.parsed_endpoint(), pool_option(pool)
    run = invocation_on(context, git, dry_run, needs_nodes=out.shows_configuration)
    mesh = run.mesh()
    run.cluster.peers().check_new(name)
    check_key_free(mesh, public)
    addresses = _Addresses(asked, where, run.cluster.networks().services)
    peer = Peer(
        name=name,
        allowed_ips=addresses.chosen(mesh),
        endpoint=endpoint,
        public_key=public,
        preshared_key=keygen.generate_preshared_key() if psk else None,
        persistent_keepalive=DEFAULT_KEEPALIVE if said.keepalive is None else said.keepalive,
        annotations=said.annotations(),
    )
    _Joining(run, out, settings, private, addresses).run(mesh, peer, dry_run)
    if not dry_run:
        tell_what_remains(git, peer.preshared_key)


class _Addresses(Value, frozen=True):
    """Where the peer's addresses come from."""

    asked: tuple[IPInterface, ...]
    pool: IPInterface
    services: tuple[IPInterface, ...]

    def chosen(self, others: Mesh) -> tuple[IPInterface, ...]:
        used = pools.used_networks(others, self.services)
        check_free(self.asked, used)
        return self.asked or (pools.next_free(self.pool, used),)


class _Joining(Value, frozen=True):
    """The steps from a Peer that is made up to one that exists, and its configuration."""

    invocation: Invocation
    out: DeliveryOptions
    settings: WgQuickSettings
    private: wireguard.Key | None
    addresses: _Addresses

    def run(self, mesh: Mesh, peer: Peer, dry_run: DryRun | None) -> None:
        text = self._text(mesh, peer)
        resource = manifest(peer, peer.annotations)
        if dry_run is DryRun.SERVER:
            self.invocation.cluster.peers(dry_run=True).create(resource)
        if dry_run or self.out.printed is Print.YAML:
            self._only_show(text, resource, peer, dry_run)
            return
        store = self.invocation.cluster.peers()
        with delivery.staged(text, self.out) as deliver, create.created(store, resource) as created:
            mesh, settled = claim_address.claim_address(
                self.invocation.cluster, store, created, peer, self.addresses.chosen
            )
            terminal.say(f"{store.title(peer.name)} created: {', '.join(map(str, settled.allowed_ips))}")
            if settled == peer:
                deliver()
                return
            with delivery.staged(self._text(mesh, settled), self.out) as deliver_settled:
                deliver_settled()

    def _text(self, others: Mesh, peer: Peer) -> str:
        if not self.out.shows_configuration:
            return ""
        topology = self.invocation.topology(others.with_peer(peer))
        configuration = wg_quick_configuration(
            self.invocation.cluster, topology, peer_subject(topology, peer), self.settings, self.private
        )
        tell_remarks(configuration.remarks)
        return wg_quick_text(configuration)

    def _only_show(self, text: str, resource: dict[str, object], peer: Peer, dry_run: DryRun | None) -> None:
        if dry_run:
            cidrs = ", ".join(map(str, peer.allowed_ips))
            terminal.say(f'peer "{peer.name}" would be created: {cidrs} (dry run: nothing was)')
        else:
            with delivery.staged(text, self.out) as deliver:
                deliver()
        if self.out.printed is Print.YAML:
            put(as_yaml(resource), FileOptions())

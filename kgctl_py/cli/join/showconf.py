"""`kgctl showconf`: the WireGuard configuration of a node or a peer."""

from collections.abc import Callable
from typing import Annotated, assert_never

import typer

from kgctl_py import wireguard
from kgctl_py.cli import finding_lines
from kgctl_py.cli.complete_names import complete_nodes, complete_peers
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.join.watching import WatchOptions, keep, kept_file
from kgctl_py.cli.option_groups import grouped
from kgctl_py.cli.options.file_options import FileOptions, put
from kgctl_py.cli.options.showconf_options import Output, ShowOptions, check_options
from kgctl_py.cli.options.wg_quick_options import WgQuickOptions
from kgctl_py.cli.remarks import tell_remarks
from kgctl_py.config.private_key import PrivateKey
from kgctl_py.config.settings import WgQuickSettings
from kgctl_py.config.subject import Subject, node_subject, peer_subject
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.kilo import peers as k8s_peers
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.lookup import ready_node, ready_peer
from kgctl_py.mesh.model import Mesh, Node, Peer
from kgctl_py.mesh.topology import Topology, as_wireguard
from kgctl_py.render.config.wireguard_conf import wireguard_conf
from kgctl_py.value import Value, replace
from kgctl_py.visible import visible

app = typer.Typer(help="Show the WireGuard configuration of a node or a peer.", rich_markup_mode=None)


@app.command()
@grouped
def node(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The node.", autocompletion=complete_nodes)],
    show: ShowOptions,
    wg_quick: WgQuickOptions,
    file: FileOptions,
    watch: WatchOptions,
) -> None:
    """Show the WireGuard configuration of a node, which leads its location."""
    _show(Showing.of_node, context.obj, name, show, wg_quick, file, watch)


@app.command()
@grouped
def peer(
    context: typer.Context,
    show: ShowOptions,
    wg_quick: WgQuickOptions,
    file: FileOptions,
    watch: WatchOptions,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="The peer.", autocompletion=complete_peers)
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Write those of all peers into the folder that -O names.")
    ] = False,
) -> None:
    """Show the WireGuard configuration of a peer: every location of the mesh, and the other peers.

    With --all each peer's goes to a file of its name in a folder, all from one look at the cluster.
    """
    if every:
        from kgctl_py.config.fleet import write_fleet

        write_fleet(context.obj, name, show, wg_quick, file, watch)
        return
    if name is None:
        raise UsageError("no peer is named", hint="kgctl showconf peer NAME, or --all -O FOLDER")
    _show(Showing.of_peer, context.obj, name, show, wg_quick, file, watch)


class Showing(Value, frozen=True, dict=True):
    """What was asked for, of whom; and of a file that is kept current the listen port."""

    invocation: Invocation
    name: str
    show: ShowOptions
    settings: WgQuickSettings
    added: tuple[IPInterface, ...]
    key: PrivateKey
    kept_port: int | None

    def of_node(self, mesh: Mesh) -> str:
        """Give the text for a node, and tell what is odd about it."""
        name, run = self.name, self.invocation
        asked = ready_node(mesh, name)
        topology = run.topology(mesh, viewpoint=name)
        asked = _leader(topology, asked)
        port = run.options.port or (asked.endpoint.port if asked.endpoint else 0)
        conf = topology.node_conf(asked, port)
        finding_lines.warn(run.findings(mesh, topology, node=asked))
        if self.show.output is not Output.WG_QUICK:
            return _text(conf, topology.node_as_peer(name), self.added, self.show)
        return self._whole(topology, node_subject(topology, asked, port), self.settings)

    def of_peer(self, mesh: Mesh) -> str:
        """Give the text for a peer, and tell what is odd about it."""
        asked = ready_peer(mesh, self.name)
        topology = self.invocation.topology(mesh)
        conf = topology.peer_conf(asked.name) if self.show.is_plain else None
        finding_lines.warn(self.invocation.findings(mesh, topology, peer=asked, conf=conf))
        return self.text_of_peer(topology, asked)

    def text_of_peer(self, topology: Topology, asked: Peer) -> str:
        """Give the text for a peer of a topology."""
        if self.show.output is not Output.WG_QUICK:
            return _text(topology.peer_conf(asked.name), asked, self.added, self.show)
        settings = replace(self.settings, listen_port=self.settings.listen_port or self.kept_port)
        return self._whole(topology, peer_subject(topology, asked), settings)

    def _whole(self, topology: Topology, subject: Subject, settings: WgQuickSettings) -> str:
        from kgctl_py.config.wg_quick import wg_quick_configuration, wg_quick_text  # as much again as all else

        key = self.key.of(subject.public_key, str(subject))
        configuration = wg_quick_configuration(self.invocation.cluster, topology, subject, settings, key)
        tell_remarks(configuration.remarks)
        return wg_quick_text(configuration)


def _show(
    text: Callable[["Showing", Mesh], str],
    run: Invocation,
    name: str,
    show: ShowOptions,
    wg_quick: WgQuickOptions,
    file: FileOptions,
    watch: WatchOptions,
) -> None:
    """Print the text of a node or a peer, write it, or keep it current in a file."""
    settings, added = check_options(show, wg_quick, file), show.added_ips()
    watch.check(file)
    there = kept_file(file, watch)
    kept = there.interface if there else wireguard.Interface()
    key = PrivateKey(source=show.private_key, kept=kept.private_key, kept_in=file.file)
    shown = Showing(run, name, show, settings, added, key, kept.listen_port)
    if there:
        keep(run.cluster, lambda mesh: text(shown, mesh), there, watch.on_change)
    else:
        put(text(shown, run.mesh()), file)


def _leader(topology: Topology, asked: Node) -> Node:
    segment = topology.segment_of(asked.name)
    if segment.leader.name != asked.name:
        raise KgctlError(
            f'node "{asked.name}" is not a leader: "{segment.leader.name}" leads "{segment.name}"',
            hint=f"kgctl showconf node {visible(segment.leader.name)}",
        )
    return segment.leader


def _text(conf: wireguard.Conf, as_peer: Peer, added: tuple[IPInterface, ...], show: ShowOptions) -> str:
    if not show.as_peer:
        return wireguard_conf(conf)
    from kgctl_py.render.json_yaml import as_json, as_yaml

    as_peer = as_peer.with_allowed_ips(dict.fromkeys(as_peer.allowed_ips + added))
    match show.output:
        case Output.WIREGUARD:
            return wireguard_conf(wireguard.Conf(peers=(as_wireguard(as_peer),)))
        case Output.YAML:
            return as_yaml(k8s_peers.manifest(as_peer))
        case Output.JSON:
            return as_json(k8s_peers.manifest(as_peer))
        case Output.WG_QUICK:
            raise AssertionError("refused before")
        case _:
            assert_never(show.output)

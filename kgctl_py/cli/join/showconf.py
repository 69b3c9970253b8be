"""`kgctl showconf`: print the WireGuard configuration of a node or a peer."""

from collections.abc import Callable, Iterable
from typing import Annotated

import typer

from kgctl_py import wireguard
from kgctl_py.cli import HelpfulCommand, completion, group
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options import grouped
from kgctl_py.cli.options.file_options import ConfWatchOptions, FileOptions, put
from kgctl_py.cli.options.form_options import HostOptions, ShowOptions, read_private_key
from kgctl_py.cli.options.wg_quick_options import LeaderWgQuickOptions, WgQuickOptions
from kgctl_py.config import Form, Format
from kgctl_py.config.configuration import (
    Shown,
    Subject,
    checked_leader,
    node_subject,
    peer_subject,
    show,
    unknown_node,
)
from kgctl_py.errors import UsageError
from kgctl_py.findings import Remark
from kgctl_py.mesh.find_by_name import ready_node, ready_peer
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import Value, replace

app = group("Print the WireGuard configuration of a node or peer")


@app.command(cls=HelpfulCommand)
@grouped
def node(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the node", autocompletion=completion("nodes"))
    ],
    options: ShowOptions,
    wg_quick: LeaderWgQuickOptions,
    host: HostOptions,
    file: FileOptions,
    watch: ConfWatchOptions,
) -> None:
    """Print the WireGuard configuration of a node.

    With the granularity location, the node must be the leader of its location.

    By default, prints the listen port and the [Peer] sections. A complete configuration, such as -o wg-quick, also
    sets up the interface. The address, routing, and interface options need a complete configuration.

    Examples:
      # Print the listen port and the [Peer] sections
      kgctl showconf node berlin-1

      # Print a Peer with which another cluster can connect to this node
      kgctl showconf node berlin-1 --as-peer -o yaml
    """
    watch.check(context.obj, file, options.output)
    _show(_Request.of_node, _request(context, name, options.form(wg_quick, host, file)), options, file, watch)


@app.command(cls=HelpfulCommand)
@grouped
def peer(
    context: typer.Context,
    options: ShowOptions,
    wg_quick: WgQuickOptions,
    host: HostOptions,
    file: FileOptions,
    watch: ConfWatchOptions,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Name of the peer", autocompletion=completion("peers"))
    ] = None,
    every: Annotated[
        bool,
        typer.Option("--all", help="Write the configurations of all peers to the folder of -O"),
    ] = False,
) -> None:
    """Print the WireGuard configuration of a peer.

    By default, prints only [Peer] sections. A complete configuration, such as -o wg-quick, also sets up the
    interface, and leaves out peers to which no tunnel is possible. The address, routing, and interface options
    need a complete configuration.

    Examples:
      # Print the [Peer] sections, for wg addconf
      kgctl showconf peer laptop

      # Write a complete configuration for wg-quick
      kgctl showconf peer laptop -o wg-quick --private-key laptop.key -O laptop.conf

      # Write the configurations of all peers to a folder
      kgctl showconf peer --all -O confs
    """
    if every:
        from kgctl_py.cli.join.showconf_all import write_all

        write_all(context.obj, name, options, wg_quick, host, file, watch)
        return
    if name is None:
        raise UsageError("missing argument NAME", hint="add the name of a peer, or for all peers: --all -O DIR")
    watch.check(context.obj, file, options.output)
    _show(_Request.of_peer, _request(context, name, options.form(wg_quick, host, file)), options, file, watch)


class _Request(Value, frozen=True, kw_only=True):
    """The request for the node or peer `name`, for `file`; `kept` is the interface in a file that is updated."""

    invocation: Invocation
    name: str
    form: Form
    kept: wireguard.Interface = wireguard.Interface()
    tell: Callable[[Iterable[Remark]], None]
    file: FileOptions = FileOptions()

    def of_node(self, mesh: Mesh) -> Shown:
        """Return the files for a node, and print the remarks about it."""
        node = ready_node(mesh, self.name, lambda: unknown_node(self.invocation.topology(mesh), self.name))
        topology = self.invocation.topology(mesh, viewpoint=node.name)
        leader = checked_leader(topology, node)
        port = self.invocation.options.port or (leader.endpoint.port if leader.endpoint else 0)
        self.tell(self.invocation.findings(mesh, topology, node=leader))
        return self._shown(topology, node_subject(topology, leader, port))

    def of_peer(self, mesh: Mesh) -> Shown:
        """Return the files for a peer, and print the remarks about it."""
        peer = ready_peer(mesh, self.name)
        topology = self.invocation.topology(mesh)
        subject = peer_subject(topology, peer, self.kept.listen_port)
        conf = subject.conf if self.form.is_plain else None
        self.tell(self.invocation.findings(mesh, topology, peer=peer, conf=conf))
        return self._shown(topology, subject)

    def _shown(self, topology: Topology, subject: Subject) -> Shown:
        shown = show(self.invocation.cluster, topology, subject, self.form)
        if self.form.format.is_folder:
            from kgctl_py.cli.write_files import check_files  # few formats are folders

            check_files(shown.files, self.file)
        self.tell(shown.remarks)
        return shown


def _request(context: typer.Context, name: str, form: Form) -> _Request:
    run: Invocation = context.obj
    return _Request(invocation=run, name=name, form=form, tell=run.tell)


def _show(
    made: Callable[[_Request, Mesh], Shown],
    request: _Request,
    options: ShowOptions,
    file: FileOptions,
    watch: ConfWatchOptions,
) -> None:
    """Print the configuration of a node or a peer, write it, or update it in a file when the mesh changes."""
    form = request.form
    if watch.watch:
        _keep_current(made, request, options, file, watch)
        return
    if file.file is not None:
        from kgctl_py.cli.write_files import check_file  # most configurations are printed

        check_file(file.file, in_folder=form.format.is_folder, replace=file.force)
    form = replace(form, private_key=read_private_key(options.private_key), replaced=file.replaced)
    shown = made(replace(request, form=form, file=file), request.invocation.mesh())
    if form.format is Format.WG_QUICK or not form.format.is_whole:
        put(shown.text, file)
    else:
        from kgctl_py.cli.write_files import put_files  # most configurations are a text for wg or wg-quick

        put_files(shown.files, file, in_folder=form.format.is_folder)


def _keep_current(
    made: Callable[[_Request, Mesh], Shown],
    request: _Request,
    options: ShowOptions,
    file: FileOptions,
    watch: ConfWatchOptions,
) -> None:
    """Update the file when the mesh changes; its interface section, with the private key, does not change."""
    from kgctl_py.cli.join.keep_file_current import open_conf_file, rewrite, tell_peers  # rarely needed
    from kgctl_py.cli.remarks import News

    conf_file = open_conf_file(file)
    kept, news = conf_file.interface, News()
    key = read_private_key(options.private_key, kept.private_key, file.file)
    followed = replace(request, form=replace(request.form, private_key=key), kept=kept, tell=news.tell)
    cluster = request.invocation.cluster
    rewrite(conf_file, cluster, lambda mesh: made(followed, mesh).text, news, watch.on_change, tell_peers)

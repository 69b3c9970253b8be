"""`kgctl showconf peer --all`: the configurations of all peers in a folder, from one look at the cluster."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from kgctl_py.cli import finding_lines
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.join.showconf import Showing
from kgctl_py.cli.join.watching import WatchOptions
from kgctl_py.cli.options.file_options import FileOptions
from kgctl_py.cli.options.showconf_options import Output, ShowOptions, check_options
from kgctl_py.cli.options.wg_quick_options import WgQuickOptions
from kgctl_py.config.private_key import PrivateKey
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.findings.rules.peers import of_peer
from kgctl_py.fs import files, folders
from kgctl_py.mesh.lookup import ready_nodes
from kgctl_py.mesh.model import Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.config.fleet import Fleet
from kgctl_py.terminal import terminal
from kgctl_py.wireguard.conf import is_interface_name
from kgctl_py.wireguard.endpoint import is_dns_name

_ENDINGS = {Output.WIREGUARD: ".conf", Output.WG_QUICK: ".conf", Output.YAML: ".yaml", Output.JSON: ".json"}


def write_fleet(
    run: Invocation,
    name: str | None,
    show: ShowOptions,
    wg_quick: WgQuickOptions,
    file: FileOptions,
    watch: WatchOptions,
) -> None:
    """Write a file for each ready peer; raise KgctlError when one cannot be made, and then nothing is written."""
    if name is not None:
        raise UsageError(f'"--all" and "{name}" say two things', hint="leave one of them out")
    if file.file is None:
        raise UsageError('"--all" writes files', hint="-O FOLDER")
    for option, given in (
        ("--watch", watch.watch),
        ("--private-key", show.private_key),
        ("--address", wg_quick.address),
    ):
        if given:
            raise UsageError(f'"{option}" is for one peer, and "--all" for every one')
    settings, added = check_options(show, wg_quick, FileOptions()), show.added_ips()
    mesh = run.mesh()
    ready_nodes(mesh)
    _check_names(mesh)
    topology = run.topology(mesh)
    finding_lines.warn(chain(run.findings(mesh, topology), *map(of_peer, mesh.ready_peers)))
    showing = Showing(run, "", show, settings, added, PrivateKey(source=None), None)
    texts = Fleet(topology).confs() if show.is_plain else _texts(showing, topology)
    named = ((name + _ENDINGS[show.output], parts) for name, parts in texts)
    count = folders.write(Path(file.file), named, mode=files.SECRET, replace=file.force)
    terminal.say(f'wrote {count} files to "{file.file}"')
    _tell_left_out(mesh)
    if show.output is Output.WG_QUICK:
        _tell_long_names(mesh)


def _texts(showing: Showing, topology: Topology) -> Iterator[tuple[str, Iterable[folders.Part]]]:
    """Give the texts one by one; what there is to say of each is mostly the same, and told once."""
    for name, peer in topology.given_peers.items():
        with terminal.only_news():
            text = showing.text_of_peer(topology, peer)
        yield name, (text,)


def _check_names(mesh: Mesh) -> None:
    """Refuse names that Kubernetes would not give, and that may lead out of the folder."""
    for peer in mesh.ready_peers:
        if not is_dns_name(peer.name):
            raise KgctlError(f'peer "{peer.name}" has a name that no file is given')


def _tell_left_out(mesh: Mesh) -> None:
    for peer in mesh.peers:
        if peer.why_not_ready():
            terminal.warn(f'peer "{peer.name}" has none: {peer.why_not_ready()}')


def _tell_long_names(mesh: Mesh) -> None:
    names = [peer.name for peer in mesh.ready_peers if not is_interface_name(peer.name)]
    if names:
        more = f", and {len(names) - 1} more" if names[1:] else ""
        terminal.warn(
            f'wg-quick takes no interface named "{names[0]}"{more}', "give the file a name of at most 15 letters"
        )

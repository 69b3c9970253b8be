"""The configurations of all peers, one file per peer, and the remarks about all of them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from kgctl_py.cluster.interface import Cluster
from kgctl_py.config import Form, Format
from kgctl_py.config.configuration import Shown, peer_subject, show, shown_as_peer
from kgctl_py.errors import KgctlError
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.notice import Notice, warning
from kgctl_py.value import replace
from kgctl_py.wireguard.conf import MAX_INTERFACE_NAME, is_interface_name
from kgctl_py.wireguard.endpoint import is_dns_name


def file_name(peer: str, form: Form, name: str = "") -> str:
    """Return the path of a peer's file; for several files, `name` is the file in the folder of the peer."""
    return f"{peer}/{name}" if form.format.is_folder else peer + form.format.ending


def form_in(folder: str, form: Form) -> Form:
    """Return the form of configurations in a folder, with NAME for the peer in their path."""
    return replace(form, of_several=True, target=f"{folder}/{file_name('NAME', form).rstrip('/')}")


def show_all(cluster: Cluster, topology: Topology, form: Form) -> Iterator[tuple[str, Shown]]:
    """Yield the name and the configuration of each ready peer."""
    for name, peer in topology.given_peers.items():
        if form.as_peer:
            yield name, shown_as_peer(peer, form)
        else:
            replaced = str(Path(form.replaced) / file_name(name, form)) if form.replaced else ""
            yield name, show(cluster, topology, peer_subject(topology, peer), replace(form, replaced=replaced))


def check_names(mesh: Mesh) -> None:
    """Raise KgctlError for a name that is invalid in Kubernetes, because it could leave the folder."""
    for peer in mesh.ready_peers:
        if not is_dns_name(peer.name):
            raise KgctlError(f'peer "{peer.name}" has a name that cannot be a file name')


def remarks_on_all(mesh: Mesh, form: Form) -> Iterable[Notice]:
    """Return the remarks about peers without a configuration, and names that wg-quick does not accept."""
    yield from _left_out(mesh)
    if form.format is Format.WG_QUICK:
        yield from _long_names(mesh)


def _left_out(mesh: Mesh) -> Iterator[Notice]:
    for peer in mesh.peers:
        if peer.why_not_ready():
            yield warning(f'peer "{peer.name}" gets no configuration: {peer.why_not_ready()}')


def _long_names(mesh: Mesh) -> Iterator[Notice]:
    names = [peer.name for peer in mesh.ready_peers if not is_interface_name(peer.name)]
    if names:
        more = f", and {len(names) - 1} more" if names[1:] else ""
        text = f'wg-quick cannot use "{names[0]}.conf"{more}: the file name becomes the interface name'
        yield warning(text, f"rename the file: use at most {MAX_INTERFACE_NAME} characters before .conf")

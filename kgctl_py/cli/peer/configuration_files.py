"""The complete configuration of a new or changed peer as files, with its remarks on stderr."""

from typing import TYPE_CHECKING

from kgctl_py import wireguard
from kgctl_py.cli.invocation import Invocation
from kgctl_py.config import Form, WgQuickSettings
from kgctl_py.config.configuration import peer_subject
from kgctl_py.config.wg_quick import wg_quick_configuration, wg_quick_text
from kgctl_py.config.whole_files import whole_files
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.render import ConfigFile

if TYPE_CHECKING:
    from kgctl_py.config.smaller_settings import Smaller


def configuration_files(
    run: Invocation, mesh: Mesh, peer: Peer, form: Form, private_key: wireguard.Key | None
) -> tuple[ConfigFile, ...]:
    """Return the configuration of `peer`, in `mesh` or new to it, and print the remarks about it."""
    topology = run.topology(mesh.with_peer(peer))
    shown = whole_files(run.cluster, topology, peer_subject(topology, peer), form, private_key)
    run.tell(shown.remarks)
    return shown.files


def smaller_configurations(
    run: Invocation, mesh: Mesh, peer: Peer, form: Form, private_key: wireguard.Key | None
) -> "Smaller":
    """Return a function that finds the options with which the configuration fits a QR code."""
    from kgctl_py.config.smaller_settings import smaller_options  # only a QR code can be too large

    topology = run.topology(mesh.with_peer(peer))
    subject = peer_subject(topology, peer)

    def text_of(settings: WgQuickSettings) -> str:
        return wg_quick_text(wg_quick_configuration(run.cluster, topology, subject, settings, private_key))

    return lambda fits: smaller_options(text_of, topology, form.settings, fits)

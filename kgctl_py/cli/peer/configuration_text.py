"""The whole configuration of a new or renewed peer, as text, with its remarks on stderr."""

from kgctl_py import wireguard
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.remarks import tell_remarks
from kgctl_py.config.settings import WgQuickSettings
from kgctl_py.config.smaller_settings import Smaller, smaller_options
from kgctl_py.config.subject import peer_subject
from kgctl_py.config.wg_quick import wg_quick_configuration, wg_quick_text
from kgctl_py.mesh.model import Mesh, Peer


def configuration_text(
    run: Invocation, mesh: Mesh, peer: Peer, settings: WgQuickSettings, private_key: wireguard.Key | None
) -> str:
    """Return the configuration of `peer`, in `mesh` or new to it, and print what is doubtful about it."""
    topology = run.topology(mesh.with_peer(peer))
    subject = peer_subject(topology, peer)
    configuration = wg_quick_configuration(run.cluster, topology, subject, settings, private_key)
    tell_remarks(configuration.remarks)
    return wg_quick_text(configuration)


def smaller_configurations(
    run: Invocation, mesh: Mesh, peer: Peer, settings: WgQuickSettings, private_key: wireguard.Key | None
) -> Smaller:
    """Return what finds the options with which the configuration is small enough for a QR code."""
    topology = run.topology(mesh.with_peer(peer))
    subject = peer_subject(topology, peer)

    def text_of(settings: WgQuickSettings) -> str:
        return wg_quick_text(wg_quick_configuration(run.cluster, topology, subject, settings, private_key))

    return lambda fits: smaller_options(text_of, topology, settings, fits)

"""The forms in which a configuration is shown, and the text of each."""

import enum

from kgctl_py.cluster.interface import Cluster
from kgctl_py.config.settings import PrivateKey, WgQuickSettings
from kgctl_py.config.subject import Subject
from kgctl_py.findings import Remark
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.model import Peer
from kgctl_py.mesh.topology import Topology, as_wireguard
from kgctl_py.render.config.wireguard_conf import wireguard_conf
from kgctl_py.value import Value
from kgctl_py.wireguard import Conf


class Format(enum.StrEnum):
    """The formats of a configuration."""

    WIREGUARD = "wireguard"
    WG_QUICK = "wg-quick"
    YAML = "yaml"
    JSON = "json"


class Form(Value, frozen=True, kw_only=True):
    """A form: a part of another interface's configuration if `as_peer`, else the subject's own configuration.

    `added_ips` belong to the first; the settings and the private key belong to `wg-quick`.
    """

    format: Format = Format.WIREGUARD
    as_peer: bool = False
    added_ips: tuple[IPInterface, ...] = ()
    settings: WgQuickSettings = WgQuickSettings()
    private_key: PrivateKey | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the reference shows the same."""
        return self.format is Format.WIREGUARD and not self.as_peer


class Shown(Value, frozen=True):
    """A configuration as text, and the remarks about it."""

    text: str
    remarks: tuple[Remark, ...] = ()


def show(cluster: Cluster, topology: Topology, subject: Subject, form: Form) -> Shown:
    """Return the configuration of `subject` in a form; raise KgctlError when it has none."""
    if form.as_peer:
        return Shown(as_peer_text(subject.as_peer, form))
    if form.format is not Format.WG_QUICK:
        return Shown(wireguard_conf(subject.conf))
    from kgctl_py.config.private_key import key_of  # these load as much again as all else
    from kgctl_py.config.wg_quick import wg_quick_configuration, wg_quick_text

    key, notices = key_of(subject, form.private_key)
    configuration = wg_quick_configuration(cluster, topology, subject, form.settings, key)
    return Shown(wg_quick_text(configuration), (*notices, *configuration.remarks))


def as_peer_text(peer: Peer, form: Form) -> str:
    """Return a peer as a `[Peer]` section or as a Peer resource."""
    peer = peer.with_allowed_ips(dict.fromkeys(peer.allowed_ips + form.added_ips))
    if form.format is Format.WIREGUARD:
        return wireguard_conf(Conf(peers=(as_wireguard(peer),)))
    from kgctl_py.kilo.peers import manifest
    from kgctl_py.render.json_yaml import as_json, as_yaml

    return as_json(manifest(peer)) if form.format is Format.JSON else as_yaml(manifest(peer))

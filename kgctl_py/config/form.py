"""The forms in which a configuration is shown, and the files of each."""

import enum

from kgctl_py.cluster.interface import Cluster
from kgctl_py.config.settings import PrivateKey, WgQuickSettings
from kgctl_py.config.subject import Subject
from kgctl_py.findings import Remark
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.model import Peer
from kgctl_py.mesh.topology import Topology, as_wireguard
from kgctl_py.render.config.config_file import ConfigFile
from kgctl_py.render.config.wireguard_conf import wireguard_conf
from kgctl_py.value import Value
from kgctl_py.wireguard import Conf


class Format(enum.StrEnum):
    """The formats of a configuration."""

    WIREGUARD = "wireguard"
    WG_QUICK = "wg-quick"
    NETWORKMANAGER = "networkmanager"
    NETWORKD = "networkd"
    NETPLAN = "netplan"
    NIXOS = "nixos"
    ROUTEROS = "routeros"
    UCI = "uci"
    VYOS = "vyos"
    ZIP = "zip"
    YAML = "yaml"
    JSON = "json"

    @property
    def is_whole(self) -> bool:
        """Whether it is a whole configuration: all that a host needs."""
        return self not in (Format.WIREGUARD, Format.YAML, Format.JSON)

    @property
    def names_key_file(self) -> bool:
        """Whether it can name a file that has the private key."""
        return self in (Format.WG_QUICK, Format.NETWORKD, Format.NETPLAN, Format.NIXOS)

    @property
    def default_interface(self) -> str:
        """What it calls the interface unless the user says."""
        return "wg0" if self is Format.VYOS else "kilo"

    @property
    def is_folder(self) -> bool:
        """Whether it has several files."""
        return self in (Format.NETWORKD, Format.NIXOS)

    @property
    def is_text(self) -> bool:
        """Whether it can be printed: a single file with text."""
        return not self.is_folder and self is not Format.ZIP

    @property
    def ending(self) -> str:
        """How the name of its only file ends."""
        return _ENDINGS[self]


class WholeFormat(enum.StrEnum):
    """The formats of a whole configuration."""

    WG_QUICK = "wg-quick"
    NETWORKMANAGER = "networkmanager"
    NETWORKD = "networkd"
    NETPLAN = "netplan"
    NIXOS = "nixos"
    ROUTEROS = "routeros"
    UCI = "uci"
    VYOS = "vyos"
    ZIP = "zip"


_ENDINGS = {
    Format.WIREGUARD: ".conf",
    Format.WG_QUICK: ".conf",
    Format.NETWORKMANAGER: ".nmconnection",
    Format.NETPLAN: ".yaml",
    Format.ROUTEROS: ".rsc",
    Format.UCI: ".sh",
    Format.VYOS: ".vyos",
    Format.ZIP: ".zip",
    Format.YAML: ".yaml",
    Format.JSON: ".json",
}


class Form(Value, frozen=True, kw_only=True):
    """A form: a part of another interface's configuration if `as_peer`, else the subject's own configuration.

    `added_ips` belong to the first; all that follows belongs to whole configurations. The file
    `private_key_path` of the host has the key that the configuration then only names.
    """

    format: Format = Format.WIREGUARD
    as_peer: bool = False
    added_ips: tuple[IPInterface, ...] = ()
    settings: WgQuickSettings = WgQuickSettings()
    private_key: PrivateKey | None = None
    interface: str = "kilo"
    private_key_path: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether the reference shows the same."""
        return self.format is Format.WIREGUARD and not self.as_peer


class Shown(Value, frozen=True):
    """The files of a configuration, and the remarks about it."""

    files: tuple[ConfigFile, ...]
    remarks: tuple[Remark, ...] = ()

    @property
    def text(self) -> str:
        """The content of a format that is one text."""
        (file,) = self.files
        return file.content if isinstance(file.content, str) else file.content.decode()


def show(cluster: Cluster, topology: Topology, subject: Subject, form: Form) -> Shown:
    """Return the configuration of `subject` in a form; raise KgctlError when it has none."""
    if form.as_peer:
        return shown_as_peer(subject.as_peer, form)
    if not form.format.is_whole:
        return Shown((ConfigFile("", wireguard_conf(subject.conf)),))
    from kgctl_py.config.private_key import key_of  # these load as much again as all else
    from kgctl_py.config.whole_files import whole_files

    key, notices = (None, ()) if form.private_key_path else key_of(subject, form.private_key)
    shown = whole_files(cluster, topology, subject, form, key)
    return Shown(shown.files, (*notices, *shown.remarks))


def shown_as_peer(peer: Peer, form: Form) -> Shown:
    """Return a peer as a `[Peer]` section or as a Peer resource."""
    return Shown((ConfigFile("", _as_peer_text(peer, form)),))


def _as_peer_text(peer: Peer, form: Form) -> str:
    peer = peer.with_allowed_ips(dict.fromkeys(peer.allowed_ips + form.added_ips))
    if form.format is Format.WIREGUARD:
        return wireguard_conf(Conf(peers=(as_wireguard(peer),)))
    from kgctl_py.kilo.peers import manifest
    from kgctl_py.render.json_yaml import as_json, as_yaml

    return as_json(manifest(peer)) if form.format is Format.JSON else as_yaml(manifest(peer))

"""Whole configurations as files, in the format that a host wants."""

from collections.abc import Callable, Mapping

from kgctl_py import wireguard
from kgctl_py.cluster.interface import Cluster
from kgctl_py.config.configuration import Configuration
from kgctl_py.config.form import Form, Format, Shown
from kgctl_py.config.subject import Subject
from kgctl_py.config.wg_quick import wg_quick_configuration, wg_quick_text
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.config.app_zip import app_zip
from kgctl_py.render.config.config_file import ConfigFile, Rendered
from kgctl_py.render.config.netplan import netplan
from kgctl_py.render.config.networkd import networkd
from kgctl_py.render.config.networkmanager import networkmanager
from kgctl_py.render.config.nixos import nixos
from kgctl_py.render.config.routeros import routeros
from kgctl_py.render.config.tunnel import Tunnel
from kgctl_py.render.config.uci import uci
from kgctl_py.render.config.vyos import vyos


def whole_files(
    cluster: Cluster, topology: Topology, subject: Subject, form: Form, key: wireguard.Key | None
) -> Shown:
    """Return the whole configuration of `subject`, which has the private `key`, in a format that is whole.

    Raise KgctlError when it has none, or the format cannot hold it.
    """
    configuration = wg_quick_configuration(cluster, topology, subject, form.settings, key)
    rendered = _rendered(configuration, form)
    return Shown(rendered.files, (*configuration.remarks, *rendered.notices))


def _rendered(configuration: Configuration, form: Form) -> Rendered:
    if form.format is Format.WG_QUICK:
        return Rendered((ConfigFile("", wg_quick_text(configuration, form.private_key_path)),))
    return _FORMATS[form.format](_tunnel(configuration, form))


def _tunnel(configuration: Configuration, form: Form) -> Tunnel:
    return Tunnel(
        name=form.interface,
        title=configuration.title,
        interface=configuration.conf.interface or wireguard.Interface(),
        peers=configuration.conf.peers,
        private_key_path=form.private_key_path,
    )


_FORMATS: Mapping[Format, Callable[[Tunnel], Rendered]] = {
    Format.NETWORKMANAGER: networkmanager,
    Format.NETWORKD: networkd,
    Format.NETPLAN: netplan,
    Format.NIXOS: nixos,
    Format.ROUTEROS: routeros,
    Format.UCI: uci,
    Format.VYOS: vyos,
    Format.ZIP: app_zip,
}

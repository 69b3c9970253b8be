"""Complete configurations as files in the chosen format, with the private key or a placeholder."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kgctl_py import wireguard
from kgctl_py.config import AUTO, Form, Format, PrivateKey
from kgctl_py.config.configuration import Configuration, Shown, Subject
from kgctl_py.config.host_notices import host_notices
from kgctl_py.config.wg_quick import NoAddressError, left_out_note, wg_quick_configuration, wg_quick_text
from kgctl_py.errors import KgctlError
from kgctl_py.mesh.topology import Topology
from kgctl_py.notice import Notice, note
from kgctl_py.render import ConfigFile, Rendered
from kgctl_py.render.wireguard_conf import PLACEHOLDER
from kgctl_py.wireguard.keygen import public_key

if TYPE_CHECKING:
    from kgctl_py.cluster.interface import Cluster
    from kgctl_py.render.config.tunnel import Tunnel


_OF_SEVERAL = "add such an address to the allowed IPs of the peer"
"""The hint for one of several configurations, which cannot share an address of --address."""


def whole_files(
    cluster: "Cluster", topology: Topology, subject: Subject, form: Form, key: wireguard.Key | None
) -> Shown:
    """Return the complete configuration of `subject` with the private `key` in the format of `form`.

    Raise KgctlError if the interface has no address, or if the format does not support a setting.
    """
    try:
        configuration = wg_quick_configuration(cluster, topology, subject, form.settings, key)
    except NoAddressError as error:
        error.hint = _OF_SEVERAL if form.of_several else error.hint
        raise
    rendered = _rendered(configuration, form)
    left_out = left_out_note(configuration.left_out, of_several=form.of_several)
    return Shown(rendered.files, (*configuration.remarks, *left_out, *rendered.notices))


def key_of(subject: Subject, form: Form) -> tuple[wireguard.Key | None, tuple[Notice, ...]]:
    """Return the private key of `subject`, or None if kgctl does not know it, and remarks.

    Raise KgctlError if the key does not belong to the public key in the mesh.
    """
    private_key = form.private_key or _replaced_key(subject, form)
    if private_key is None and form.of_several:
        return None, (note(f"note: private keys are missing: replace {PLACEHOLDER} in the files"),)
    if private_key is None:
        text = f"the private key is missing: replace {PLACEHOLDER}, or pass --private-key FILE"
        return None, (note(f"note: {text}"),)
    if private_key.key == subject.public_key:
        message = f"{private_key.shown_source} contains the public key of {subject}, not its private key"
        raise KgctlError(message, hint="use the file that contains the private key")
    own = public_key(private_key.key)
    if own != subject.public_key:
        raise KgctlError(
            f"the private key in {private_key.shown_source} does not belong to {subject}: "
            f"its public key is {own}, but {subject} has {subject.public_key}"
        )
    return private_key.key, private_key.notices


def _replaced_key(subject: Subject, form: Form) -> PrivateKey | None:
    if not form.replaced:
        return None
    from kgctl_py.config.replaced_key import replaced_key  # most files are new

    return replaced_key(Path(form.replaced), subject.public_key, form.interface)


def _rendered(configuration: Configuration, form: Form) -> Rendered:
    if form.format is Format.WG_QUICK:
        splits_dns = form.settings.dns is AUTO and not form.for_phone
        text = wg_quick_text(configuration, form.private_key_path, splits_dns=splits_dns)
        return Rendered((ConfigFile("", text),), () if form.for_phone else tuple(host_notices(configuration)))
    return renderer_of(form.format)(_tunnel(configuration, form))


def renderer_of(output: Format) -> "Callable[[Tunnel], Rendered]":
    """Return the function that renders a format, and import only its module."""
    match output:
        case Format.NETWORKMANAGER:
            from kgctl_py.render.config.networkmanager import networkmanager as renderer
        case Format.NETWORKD:
            from kgctl_py.render.config.networkd import networkd as renderer
        case Format.NETPLAN:
            from kgctl_py.render.config.netplan import netplan as renderer
        case Format.NIXOS:
            from kgctl_py.render.config.nixos import nixos as renderer
        case Format.ROUTEROS:
            from kgctl_py.render.config.routeros import routeros as renderer
        case Format.UCI:
            from kgctl_py.render.config.uci import uci as renderer
        case Format.VYOS:
            from kgctl_py.render.config.vyos import vyos as renderer
        case Format.ZIP:
            from kgctl_py.render.config.app_zip import app_zip as renderer
        case _:
            raise ValueError(f"{output} is not the format of a whole configuration with a tunnel")
    return renderer


def _tunnel(configuration: Configuration, form: Form) -> "Tunnel":
    from kgctl_py.render.config.tunnel import Tunnel

    return Tunnel(
        name=form.interface,
        title=configuration.title,
        interface=configuration.conf.interface or wireguard.Interface(),
        peers=configuration.conf.peers,
        private_key_path=form.private_key_path,
        target=form.target,
        of_several=form.of_several,
    )

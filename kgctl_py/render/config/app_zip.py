"""An archive for the WireGuard apps of Windows, macOS, iOS, and Android, which import all tunnels in it."""

import io
import re
import zipfile
from collections.abc import Iterator

from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.notice import Notice, note, warning
from kgctl_py.render import ConfigFile, Rendered
from kgctl_py.render.config.tunnel import Tunnel
from kgctl_py.render.wireguard_conf import PRESHARED_PLACEHOLDER, wg_quick_conf
from kgctl_py.value import replace
from kgctl_py.wireguard.conf import Conf, Peer
from kgctl_py.wireguard.endpoint import Endpoint

_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])([.].*)?", re.IGNORECASE)
"""Device names on Windows, which files cannot have."""
_OWNER_ONLY = 0o600 << 16
_MANY = 20
"""The number of peers with a keepalive that drains the battery of a phone."""


def app_zip(tunnel: Tunnel) -> Rendered:
    """Return the archive with the configuration of a tunnel; raise KgctlError if an app would refuse it."""
    text = wg_quick_conf(Conf(interface=tunnel.interface, peers=tuple(map(_plain, tunnel.peers))), tunnel.title)
    _check(tunnel, text)
    return Rendered(
        (ConfigFile(f"{tunnel.name}.zip", _archive(f"{tunnel.name}.conf", text)),), tuple(_notices(tunnel))
    )


def _plain(peer: Peer) -> Peer:
    """Return a peer without the brackets that Kilo allows around the name of an endpoint."""
    if not peer.endpoint or not peer.endpoint.name:
        return peer
    return replace(peer, endpoint=Endpoint(name=peer.endpoint.name, port=peer.endpoint.port))


def _check(tunnel: Tunnel, text: str) -> None:
    if tunnel.interface.private_key is None:
        raise UsageError("-o zip needs the private key", hint="add --private-key FILE")
    if PRESHARED_PLACEHOLDER in text:
        raise KgctlError("-o zip needs the preshared key, which is redacted or encrypted")
    if tunnel.interface.table:
        raise UsageError(
            "--table does not work with -o zip: the WireGuard app refuses it", hint="leave out --table"
        )
    if _RESERVED.fullmatch(tunnel.name):
        raise UsageError(f'Windows reserves the name "{tunnel.name}"', hint="use --interface NAME")


def _archive(name: str, text: str) -> bytes:
    """Return the archive, which is reproducible: its file has no date."""
    file = zipfile.ZipInfo(name)
    file.external_attr = _OWNER_ONLY
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(file, text)
    return out.getvalue()


def _notices(tunnel: Tunnel) -> Iterator[Notice]:
    kept_alive = sum(1 for peer in tunnel.peers if peer.persistent_keepalive)
    if kept_alive > _MANY:
        yield warning(
            f"the keepalives of {kept_alive} peers drain the battery of a phone",
            "to connect only to some locations, add --only LOCATION,...",
        )
    yield note("note: to use the configuration: in the WireGuard app, import the tunnel from the file")

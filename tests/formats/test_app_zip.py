"""`-o zip`, for the WireGuard apps."""

import io
import zipfile

import pytest
from hypothesis import given

from kgctl_py.errors import KgctlError
from kgctl_py.render.config.app_zip import app_zip
from kgctl_py.render.config.tunnel import Tunnel
from kgctl_py.value import replace
from kgctl_py.wireguard.key import REDACTED
from kgctl_py.wireguard.parse import parse_conf
from tests.formats.tunnels import KEY, expected, some_tunnel, tunnels, without_comments


def content(tunnel: Tunnel) -> tuple[str, str]:
    (file,) = app_zip(tunnel).files
    assert isinstance(file.content, bytes)
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert archive.testzip() is None
        (info,) = archive.infolist()
        assert info.external_attr >> 16 == 0o600
        return info.filename, archive.read(info).decode()


@given(tunnels(private_key=KEY, table=""))
def test_the_archive_contains_the_configuration_under_the_name_of_the_tunnel(tunnel: Tunnel) -> None:
    name, text = content(tunnel)
    assert name == f"{tunnel.name}.conf"
    parsed = parse_conf(text)
    assert parsed.ignored == ()
    assert parsed.conf.interface
    read = replace(tunnel, interface=parsed.conf.interface, peers=parsed.conf.peers)
    assert without_comments(expected(read)) == without_comments(expected(tunnel))


def test_the_same_configuration_is_the_same_archive() -> None:
    assert app_zip(some_tunnel()) == app_zip(some_tunnel())


@pytest.mark.parametrize(
    ("tunnel", "words"),
    [
        (some_tunnel(private_key=None), "-o zip needs the private key"),
        (some_tunnel(table="off"), "--table does not work with -o zip"),
        (replace(some_tunnel(), name="nul"), 'reserves the name "nul"'),
        (replace(some_tunnel(), name="COM1.home"), 'reserves the name "COM1.home"'),
        (
            replace(some_tunnel(), peers=tuple(replace(p, preshared_key=REDACTED) for p in some_tunnel().peers)),
            "-o zip needs the preshared key",
        ),
    ],
)
def test_what_an_app_would_refuse_is_an_error(tunnel: Tunnel, words: str) -> None:
    with pytest.raises(KgctlError, match=words):
        app_zip(tunnel)


def test_many_keepalives_are_warned_of() -> None:
    tunnel = some_tunnel()
    many = replace(tunnel, peers=tuple(replace(tunnel.peers[0], persistent_keepalive=25) for _ in range(21)))
    assert "the keepalives of 21 peers" in app_zip(many).notices[0].text
    assert len(app_zip(tunnel).notices) == 1

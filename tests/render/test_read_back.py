"""What is written for a program is read back the same, hostile names and all."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.escape_text import visible
from kgctl_py.mesh.address import parse_cidr
from kgctl_py.render.config.networkd import networkd
from kgctl_py.render.config.networkmanager import networkmanager
from kgctl_py.render.config.tunnel import Tunnel
from kgctl_py.render.wireguard_conf import wg_quick_conf
from kgctl_py.value import replace
from kgctl_py.wireguard import Conf, Endpoint, Interface
from kgctl_py.wireguard.parse_any import parse_any
from kgctl_py.wireguard.sections import Parsed
from tests.strategies import hostile
from tests.wireguard.confs import KEYS, peers, ports

ADDRESSES = tuple(
    map(parse_cidr, ("10.5.0.1/32", "fd00:5::1/128"))
)  # NetworkManager has no DNS of a family without
DOMAINS = st.sampled_from((("10.96.0.10",), ("10.96.0.10", "fd00::a", "svc.cluster.local", "cluster.local"), ()))
INTERFACES = st.builds(
    Interface,
    private_key=st.sampled_from(KEYS),
    listen_port=st.none() | ports,
    addresses=st.just(ADDRESSES),
    dns=DOMAINS,
    mtu=st.none() | st.sampled_from((576, 1420)),
    table=st.sampled_from(("", "off", "123")),
)
PEERS = st.lists(
    st.builds(lambda peer, comment: replace(peer, comment=comment), peers, hostile | st.just("")),
    max_size=4,
    unique_by=lambda peer: peer.public_key,
).map(tuple)
TUNNELS = st.builds(Tunnel, name=st.just("kilo"), title=hostile, interface=INTERFACES, peers=PEERS)


def by_networkmanager(tunnel: Tunnel) -> Parsed:
    (file,) = networkmanager(tunnel).files
    return parse_any(text(file.content))


def by_networkd(tunnel: Tunnel) -> Parsed:
    netdev, network = networkd(tunnel).files
    return parse_any(text(netdev.content), text(network.content))


def by_wg_quick(tunnel: Tunnel) -> Parsed:
    return parse_any(wg_quick_conf(Conf(interface=tunnel.interface, peers=tunnel.peers), tunnel.title))


def text(content: str | bytes) -> str:
    return content if isinstance(content, str) else content.decode()


def normal(conf: Conf) -> Conf:
    """Return a configuration with names on one line, masked networks once, and endpoints in one spelling."""
    peers = (
        replace(
            peer,
            comment=" ".join(visible(peer.comment).split()),
            endpoint=place(peer.endpoint),
            allowed_ips=tuple(dict.fromkeys(cidr.masked() for cidr in peer.allowed_ips)),
        )
        for peer in conf.peers
    )
    return replace(conf, peers=tuple(peers))


def place(endpoint: Endpoint | None) -> Endpoint | None:
    return endpoint and replace(endpoint, text="")


@pytest.mark.parametrize("read_back", [by_networkmanager, by_networkd, by_wg_quick])
@given(TUNNELS)
def test_what_is_written_is_read_back(read_back: Callable[[Tunnel], Parsed], tunnel: Tunnel) -> None:
    parsed = read_back(tunnel)
    assert normal(parsed.conf) == normal(Conf(interface=tunnel.interface, peers=tunnel.peers))
    assert parsed.ignored == ()

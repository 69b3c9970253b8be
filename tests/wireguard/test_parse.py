"""Files of wg(8) and wg-quick(8): what is printed is read back, and what others write is read as they mean it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.mesh.address import parse_cidr
from kgctl_py.render.config.wireguard_conf import wg_quick_conf, wireguard_conf
from kgctl_py.value import replace
from kgctl_py.wireguard import Conf, Interface, Key
from kgctl_py.wireguard.endpoint import parse_endpoint
from kgctl_py.wireguard.parse import parse_conf
from tests.in_memory import key
from tests.wireguard.confs import confs

A = key("a")

HAND_WRITTEN = f"""\
# my laptop
[interface]
Address=10.5.0.1/32 , fd00::1
 address = 10.6.0.1/24
PRIVATEKEY = {key("private")} # secret
ListenPort = 51820
FwMark = 0x1
DNS = 10.96.0.10, svc.cluster.local cluster.local
MTU = 1380
Table = auto
PostUp = iptables -A FORWARD -i %i -j ACCEPT; echo hunter2
SaveConfig = true

# berlin
[ Peer ]
PublicKey = {A}
AllowedIPs = 10.42.0.0/24, 10.4.0.1
allowedips = fd00:1::/64
Endpoint = VPN.Example.com:51820
PersistentKeepalive = off

[Peer] # no name
PublicKey = {key("b")}
AllowedIPs =
Endpoint = [fe80::1%eth0]:51820
PersistentKeepalive = 25
"""


@given(confs)
def test_what_is_printed_for_wg_quick_is_read_back_the_same(conf: Conf) -> None:
    assert parse_conf(wg_quick_conf(conf, "peer x")).conf == conf


@given(confs)
def test_what_is_printed_for_wg_is_read_back_the_same(conf: Conf) -> None:
    parsed = parse_conf(wireguard_conf(conf)).conf
    interface = conf.interface or Interface()
    assert parsed.interface == Interface(private_key=interface.private_key, listen_port=interface.listen_port)
    assert parsed.peers == tuple(replace(peer, comment="") for peer in conf.peers)


def test_a_file_that_somebody_wrote_is_read_as_it_is_meant() -> None:
    parsed = parse_conf(HAND_WRITTEN)
    interface, (first, second) = parsed.conf.interface, parsed.conf.peers
    assert interface == Interface(
        private_key=Key.parse(key("private")),
        listen_port=51820,
        addresses=tuple(map(parse_cidr, ("10.5.0.1/32", "fd00::1/128", "10.6.0.1/24"))),
        dns=("10.96.0.10", "svc.cluster.local", "cluster.local"),
        mtu=1380,
    )
    assert first.allowed_ips == tuple(map(parse_cidr, ("10.42.0.0/24", "10.4.0.1/32", "fd00:1::/64")))
    assert first.endpoint == parse_endpoint("vpn.example.com:51820")
    assert (first.comment, first.persistent_keepalive) == ("berlin", 0)
    assert (second.comment, second.allowed_ips, str(second.endpoint)) == ("", (), "[fe80::1%eth0]:51820")
    assert parsed.ignored == ("FwMark", "PostUp", "SaveConfig")


def test_a_private_key_that_is_to_be_filled_in_is_ignored() -> None:
    parsed = parse_conf(wg_quick_conf(Conf(interface=Interface(addresses=(parse_cidr("10.5.0.1/32"),))), "x"))
    assert parsed.conf.interface == Interface(addresses=(parse_cidr("10.5.0.1/32"),))
    assert parsed.ignored == ("a PrivateKey that is none",)


def test_without_an_interface_there_is_none() -> None:
    assert parse_conf(f"[Peer]\nPublicKey = {A}\n").conf.interface is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "neither an [Interface] nor a [Peer]"),
        ("# nothing\n", "neither an [Interface] nor a [Peer]"),
        ("apiVersion: v1\n", "line 1 is neither a section nor KEY = VALUE in one"),
        ("ListenPort = 1\n[Interface]\n", "line 1 is neither"),
        ("[Interface]\nhunter2\n", "line 2 is neither"),
        (f"[Interface]\n{key('private')}\n", "line 2 is neither"),
        ("[Peer]\nAllowedIPs = 10.0.0.0/8\n", "line 1 begins a [Peer] without a PublicKey"),
        (f"[Peer]\n\nPublicKey = {A[:-2]}\n", "line 3: PublicKey is not base64 of 32 bytes"),
        (
            f"[Peer]\nPublicKey = {A}\nAllowedIPs = 10.0.0.0/33\n",
            "line 3: AllowedIPs is no list of ADDRESS/PREFIX",
        ),
        (f"[Peer]\nPublicKey = {A}\nEndpoint = hunter2\n", "line 3: Endpoint is not HOST:PORT"),
        (
            f"[Peer]\nPublicKey = {A}\nPersistentKeepalive = 65536\n",
            "line 3: PersistentKeepalive is no number from 0",
        ),
        ("[Interface]\nListenPort = 99999\n", "line 2: ListenPort is no number from 0 to 65535"),
    ],
)
def test_what_wg_would_not_take_is_refused_with_its_line_and_without_its_value(text: str, why: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the words are looked at below
        parse_conf(text)
    assert why in str(caught.value)
    assert "hunter2" not in str(caught.value)


@given(st.text() | st.lists(st.sampled_from(HAND_WRITTEN.splitlines()) | st.text(max_size=9)).map("\n".join))
def test_whatever_is_in_a_file_is_read_or_refused(text: str) -> None:
    said = ""
    try:
        parse_conf(text)
    except ValueError as error:
        said = str(error)
    assert key("private") not in said

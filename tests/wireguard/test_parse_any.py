"""What people have is read whatever program it was written for, and by whatever editor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.mesh.address import parse_cidr
from kgctl_py.render.wireguard_conf import wg_quick_conf
from kgctl_py.wireguard import Conf, Interface, Key, Peer
from kgctl_py.wireguard.endpoint import parse_endpoint
from kgctl_py.wireguard.field_values import decode
from kgctl_py.wireguard.parse import parse_conf
from kgctl_py.wireguard.parse_any import is_configuration, parse_any
from kgctl_py.wireguard.parse_networkd import parse_networkd
from tests.in_memory import key
from tests.wireguard.confs import confs

A, B, PSK, PRIVATE = (key(name) for name in ("a", "b", "psk", "private"))
CONF = Conf(
    interface=Interface(
        private_key=Key.parse(PRIVATE),
        listen_port=51820,
        addresses=(parse_cidr("10.5.0.1/32"), parse_cidr("fd00:5::1/128")),
        dns=("10.96.0.10", "svc.cluster.local", "cluster.local"),
        mtu=1380,
    ),
    peers=(
        Peer(
            public_key=Key.parse(A),
            preshared_key=Key.parse(PSK),
            allowed_ips=(parse_cidr("10.42.1.0/24"), parse_cidr("10.4.0.1/32")),
            endpoint=parse_endpoint("203.0.113.1:51820"),
            persistent_keepalive=25,
            comment="location:alps, leader a1",
        ),
        Peer(
            public_key=Key.parse(B),
            allowed_ips=(parse_cidr("fd00:42::/64"),),
            endpoint=parse_endpoint("vpn.example.com:51820"),
        ),
    ),
)
WG_QUICK = f"""\
[INTERFACE]
address\t=\t10.5.0.1/32   # the first
Address = fd00:5::1
privatekey={PRIVATE}
LISTENPORT = 51820 # open
DNS = 10.96.0.10
dns = svc.cluster.local,cluster.local
MTU = 1380

# location:alps, leader a1
[peer]
PublicKey = {A} # a1
presharedkey = {PSK}
AllowedIPs = 10.42.1.0/24,\t10.4.0.1
endpoint = 203.0.113.1:51820
persistentkeepalive = 25
[Peer]
PublicKey = {B}
AllowedIPs = fd00:42::/64
Endpoint = VPN.example.com:51820
PersistentKeepalive = off
"""
KEYFILE = f"""\
# kgctl: peer laptop
[connection]
id=kilo
uuid=2b1d5d3c-0000-4000-8000-000000000000
type=wireguard
interface-name=kilo
autoconnect=false

[wireguard]
mtu=1380
private-key={PRIVATE}
private-key-flags=0
listen-port=51820

# location:alps, leader a1
[wireguard-peer.{A}]
endpoint=203.0.113.1:51820
preshared-key={PSK}
preshared-key-flags=0
persistent-keepalive=25
allowed-ips=10.42.1.0/24;10.4.0.1/32;

[wireguard-peer.{B}]
endpoint=vpn.example.com:51820
allowed-ips=fd00:42::/64;

[ipv4]
method=manual
address1=10.5.0.1/32
dns=10.96.0.10;
dns-search=svc.cluster.local;~cluster.local;
never-default=true

[ipv6]
method=manual
address1=fd00:5::1/128,fd00:5::2
dns-search=svc.cluster.local;
"""
NETDEV = f"""\
# kgctl: peer laptop
[NetDev]
Name=kilo
Kind=wireguard
MTUBytes=1380

[WireGuard]
PrivateKey={PRIVATE}
ListenPort=51820
RouteTable=main

# location:alps, leader a1
[WireGuardPeer]
PublicKey={A}
PresharedKey={PSK}
AllowedIPs=10.42.1.0/24,\\
  10.4.0.1/32
Endpoint=203.0.113.1:51820
PersistentKeepalive=25

[WireGuardPeer]
PublicKey={B}
AllowedIPs=fd00:42::/64
Endpoint=vpn.example.com:51820
"""
NETWORK = """\
[Match]
Name=kilo

[Network]
Address=10.5.0.1/32
DNS=10.96.0.10
Domains=svc.cluster.local ~cluster.local
DNSDefaultRoute=no

[Address]
Address=fd00:5::1/128
"""


@pytest.mark.parametrize("text", [WG_QUICK, KEYFILE], ids=["wg-quick", "keyfile"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "with a BOM"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_files_of_all_programs_are_read(text: str, mark: str, ending: str, encoding: str) -> None:
    mark = "" if encoding == "utf-16" else mark  # it has one anyway
    data = (mark + text.replace("\n", ending)).encode(encoding)
    assert parse_any(decode(data)).conf == CONF
    assert is_configuration(decode(data))


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_the_two_files_of_networkd_are_one_configuration(ending: str) -> None:
    parsed = parse_any(NETDEV.replace("\\\n", "").replace("\n", ending), NETWORK.replace("\n", ending))
    assert (parsed.conf, parsed.name, parsed.ignored) == (CONF, "kilo", ())
    assert parse_networkd(NETDEV, NETWORK) == parse_networkd(NETDEV.replace("\\\n", ""), NETWORK)


def test_a_comment_of_networkd_that_ends_in_a_backslash_continues_no_line() -> None:
    commented = "# a \\\n[NetDev]\nName=\\\n# between \\\nkilo\n[WireGuard]\nPrivateKeyFile=/etc/key\n"
    assert parse_networkd(commented).name == "kilo"


@pytest.mark.parametrize(
    ("options", "table"),
    [
        ("", "off"),
        ("RouteTable=main\n", ""),
        ("RouteTable=1234\n", "1234"),
        ("FirewallMark=51820\nRouteTable=51820\n", ""),  # the rules of wg-quick(8)
    ],
)
def test_the_table_of_networkd_is_that_of_wg_quick(options: str, table: str) -> None:
    parsed = parse_networkd(f"[NetDev]\nName=a\n[WireGuard]\nPrivateKeyFile=/etc/key\n{options}")
    assert parsed.conf.interface == Interface(table=table)
    assert parsed.private_key_file == "/etc/key"


@pytest.mark.parametrize(
    ("option", "table"), [("peer-routes=false", "off"), ("peer-routes=true", ""), ("mtu=0", "")]
)
def test_the_table_of_networkmanager_is_that_of_wg_quick(option: str, table: str) -> None:
    assert parse_any(f"[wireguard]\n{option}\n").conf.interface == Interface(table=table)
    numbered = parse_any("[wireguard]\n[ipv4]\nroute-table=77\n")
    assert numbered.conf.interface == Interface(table="77")


def test_any_bytes_may_stand_in_a_comment_and_only_lf_ends_a_line() -> None:
    text = f"[Interface]\nAddress = 10.5.0.1/32\n# B\xfcro \x0b x\x85y\u2028z\n[Peer]\nPublicKey = {A}\n"
    assert [peer.comment[:1] for peer in parse_any(decode(text.encode())).conf.peers] == ["B"]
    assert [peer.comment[:1] for peer in parse_any(decode(text.encode("utf-16"))).conf.peers] == ["B"]
    latin = text.replace("\u2028", "").encode("latin-1")
    assert [peer.comment[:1] for peer in parse_any(decode(latin)).conf.peers] == ["B"]


def test_what_has_zero_bytes_is_no_text() -> None:
    with pytest.raises(ValueError, match="is not text"):
        decode(b"[Interface]\0")


def test_any_byte_can_be_in_a_comment() -> None:
    conf = parse_conf(decode(b"[Interface] # a\0b\n#\0\xff\nListenPort = 5\n")).conf
    assert conf.interface == Interface(listen_port=5)


def test_a_key_may_be_in_a_file_that_is_named() -> None:
    parsed = parse_any("[Interface]\nAddress = 10.5.0.1\nPostUp = wg set %i private-key /etc/wireguard/kilo.key\n")
    assert parsed.private_key_file == "/etc/wireguard/kilo.key"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"[Peer]\nPublicKey = {A}\nPresharedKey =\n", "line 3: PresharedKey is empty, which wg refuses"),
        (
            f"[Peer]\nPublicKey = {A}\nPresharedKey = hunter2\n",
            "line 3: PresharedKey is not a WireGuard key (32 bytes in base64)",
        ),
        ("[wireguard-peer.hunter2]\n", "line 1: the public key is not a WireGuard key (32 bytes in base64)"),
        ("[wireguard]\nlisten-port=70000\n", "line 2: listen-port is not a number from 0 to 65535"),
        ("[wireguard]\n[ipv4]\naddress1=hunter2\n", "line 3: the address is not a list of ADDRESS/PREFIX"),
        ("[wireguard]\nhunter2\n", "line 2 is neither [SECTION] nor KEY = VALUE below one"),
        ("[WireGuardPeer]\nAllowedIPs=10.0.0.0/8\n", "line 1 begins a [WireGuardPeer] without a PublicKey"),
        ("[WireGuard]\nPrivateKey\n", "line 2 is neither [SECTION] nor KEY = VALUE below one"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line_and_without_its_value(text: str, why: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the words are looked at below
        parse_any(text)
    assert why in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_an_empty_mtu_is_none() -> None:
    assert parse_any("[Interface]\nMTU =\n").conf.interface == Interface()


@given(confs)
def test_a_printed_file_is_read_after_an_edit_on_windows(conf: Conf) -> None:
    text = wg_quick_conf(conf, "peer x").replace("\n", "\r\n")
    assert parse_any(decode(b"\xef\xbb\xbf" + text.encode())).conf == conf


@given(st.lists(st.sampled_from((WG_QUICK + KEYFILE + NETDEV + NETWORK).split("\n")) | st.text(max_size=9)))
def test_any_file_is_read_or_refused(lines: list[str]) -> None:
    told = ""
    try:
        parse_any("\n".join(lines), NETWORK)
    except ValueError as error:
        told = str(error)
    assert PRIVATE not in told
    assert PSK not in told

"""Files of wg(8) and wg-quick(8): what is printed is read back, and what others write is read as they mean it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.mesh.address import parse_cidr
from kgctl_py.render.wireguard_conf import wg_quick_conf, wireguard_conf
from kgctl_py.value import replace
from kgctl_py.wireguard import Conf, Interface, Key, Peer
from kgctl_py.wireguard.endpoint import parse_endpoint
from kgctl_py.wireguard.parse import parse_conf
from tests.in_memory import key
from tests.wireguard.confs import confs
from tests.wireguard.wg import wg

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


def test_a_handwritten_file_is_read() -> None:
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
    assert parsed.ignored == ("PrivateKey (a placeholder)",)


def test_a_file_without_an_interface_has_no_interface() -> None:
    assert parse_conf(f"[Peer]\nPublicKey = {A}\n").conf.interface is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "neither an [Interface] nor a [Peer]"),
        ("# nothing\n", "neither an [Interface] nor a [Peer]"),
        ("apiVersion: v1\n", "line 1 is neither [SECTION] nor KEY = VALUE below one"),
        ("ListenPort = 1\n[Interface]\n", "line 1 is neither"),
        ("[Interface]\nhunter2\n", "line 2 is neither"),
        (f"[Interface]\n{key('private')}\n", "line 2 is neither"),
        ("[Peer]\nAllowedIPs = 10.0.0.0/8\n", "line 1 begins a [Peer] without a PublicKey"),
        (f"[Peer]\n\nPublicKey = {A[:-2]}\n", "line 3: PublicKey is not a WireGuard key (32 bytes in base64)"),
        (
            f"[Peer]\nPublicKey = {A}\nAllowedIPs = 10.0.0.0/33\n",
            "line 3: AllowedIPs is not a list of ADDRESS/PREFIX",
        ),
        (f"[Peer]\nPublicKey = {A}\nEndpoint = hunter2\n", "line 3: Endpoint is not HOST:PORT"),
        (
            f"[Peer]\nPublicKey = {A}\nPersistentKeepalive = 65536\n",
            "line 3: PersistentKeepalive is not a number from 0",
        ),
        ("[Interface]\nListenPort = 99999\n", "line 2: ListenPort is not a number from 0 to 65535"),
    ],
)
def test_what_wg_would_not_take_is_refused_with_its_line_and_without_its_value(text: str, why: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the words are looked at below
        parse_conf(text)
    assert why in str(caught.value)
    assert "hunter2" not in str(caught.value)


@given(st.text() | st.lists(st.sampled_from(HAND_WRITTEN.splitlines()) | st.text(max_size=9)).map("\n".join))
def test_any_file_is_read_or_refused(text: str) -> None:
    said = ""
    try:
        parse_conf(text)
    except ValueError as error:
        said = str(error)
    assert key("private") not in said


def stray(text: str) -> str:
    """Return a key with a stray bit in its last character, which Go ignores."""
    return text[:-2] + chr(ord(text[-2]) + 1) + "="


ZEROS = "A" * 43 + "="
OF_WG = (
    *("ListenPort=", "ListenPort=0", "ListenPort= 5 1", "ListenPort=051", "ListenPort=-1", "ListenPort=0x10"),
    *(
        "ListenPort=5 ; x",
        "ListenPort=5 # x",
        "ListenPort\v=\f5",
        "ListenPort=5\u00a0",
        "LISTENPORT=5",
        "Listen Port=5",
    ),
    *(
        "FwMark=",
        "FwMark=off",
        "FwMark=OFF",
        "FwMark=0x1",
        "FwMark=0X1",
        "FwMark=4294967296",
        "FwMark=0xfffffffff",
        "FwMark=010",
    ),
    *(
        "PrivateKey=",
        "PrivateKey=x",
        f"PrivateKey={A[:9]} {A[9:]}",
        f"PrivateKey={stray(ZEROS)}",
        f"privatekey={A}",
    ),
    *("Foo=1", "Foo", "M TU=5", "=", "=x", "Jc = 4", "[Foo]", "[Interface]", "[ interface ]", "[Interface]x"),
    *(
        "; x",
        "// x",
        "\u00a0",
        f"PublicKey={A}",
        f"PreSharedKey={A}",
        "ExcludedApplications=a",
        "Address : 5",
        "#",
        "",
    ),
)
OF_A_PEER = (
    *(
        "PresharedKey=",
        f"PresharedKey={A}",
        f"PresharedKey={ZEROS}",
        f"PresharedKey={stray(ZEROS)}",
        "AllowedIPs=",
    ),
    *(
        f"AllowedIPs={value}"
        for value in (
            *(
                ",",
                "10.0.0.0/8,",
                ",10.0.0.0/8",
                "10.0.0.0/8 10.1.0.0/16",
                "10.0.0.0/8, 10.1.0.0/16",
                "::/0",
                "::1",
            ),
            *(
                "10.0.0.0/8;10.1.0.0/16",
                "10.0.0.0/33",
                "10.0.0.0/",
                "10.0.0.0/08",
                "10.0.0.0/+8",
                "10.0.0/8",
                "::/129",
            ),
            *(
                "010.0.0.0/8",
                "10.0.0.0/255.0.0.0",
                "fe80::1%lo/64",
                "a.example",
                "10.0.0.1/8",
                "+10.0.0.1/8",
                "1.2.3.4",
            ),
        )
    ),
    *(
        f"Endpoint={value}"
        for value in (
            *(
                "",
                "1.2.3.4",
                "1.2.3.4:",
                ":51820",
                "1.2.3.4:0",
                "1.2.3.4:05",
                "[::1]:5",
                "::1:5",
                "[::1]",
                "[::1]5",
            ),
            *("[1.2.3.4]:5", "1.2.3:5", "1:5", "010.1.1.1:5", "0x7f.1:5", "1.2.3.4:5:6", "[[::1]]:5", "[::1:5"),
            *("256.1.1.1:5", "1.2.3.4.5:5", "08.1.1.1:5", "1.2.3.4/24:5"),
        )
    ),
    *(
        f"PersistentKeepalive={value}"
        for value in ("", "off", "OFF", "25s", "65536", "+5", "-5", "0", "025", "0x19", "2 5")
    ),
    *(
        "MTU=5",
        "Address=1.2.3.4",
        "PostUp=x",
        "Foo=1",
        "ListenPort=5",
        f"PublicKey={A}",
        "PublicKey=",
        "Comment=x",
    ),
)


def is_read(text: str) -> bool:
    try:
        parse_conf(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    "text",
    [*(f"[Interface]\n{line}\n" for line in OF_WG), *(f"[Peer]\nPublicKey={A}\n{line}\n" for line in OF_A_PEER)],
)
def test_what_wg_takes_is_taken_and_what_it_refuses_is_refused(tmp_path: Path, text: str) -> None:
    """Where the interface is not there, `wg setconf` says so only once it has read the file."""
    (tmp_path / "conf").write_text(text)
    done = wg("setconf", "kgctl-no-such", str(tmp_path / "conf"))
    assert is_read(text) is (b"Unable to modify interface" in done.stderr), done.stderr


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("MTU=", Interface()),
        ("mtu = 5", Interface(mtu=5)),
        ("MTU=0", Interface()),
        ("DNS=", Interface()),
        ("DNS = 1.1.1.1 , , a.example b", Interface(dns=("1.1.1.1", "a.example", "b"))),
        ("Address=", Interface()),
        (
            "ADDRESS=10.0.0.1 10.0.0.2/24,",
            Interface(addresses=tuple(map(parse_cidr, ("10.0.0.1/32", "10.0.0.2/24")))),
        ),
        ("Table=", Interface()),
        ("Table = off", Interface(table="off")),
        ("PostUp=", Interface()),
        ("PreDown = echo '#' [Peer]", Interface()),
        ("SaveConfig=TRUE", Interface()),
    ],
)
def test_the_fields_of_wg_quick_are_read_as_leniently_as_it_reads_them(line: str, expected: Interface) -> None:
    assert parse_conf(f"[Interface]\r\n{line}\r\n").conf.interface == expected


@pytest.mark.parametrize(
    "text",
    [
        "[Interface]\nSaveConfig = yes\n",
        "[Interface]\nSaveConfig =\n",
        "[ Interface ]\nMTU = 1400\n",  # wg-quick knows no such section, and leaves its own field to wg
        f"[Peer]\nPublicKey = {A}\nDNS = 1.1.1.1\n",
    ],
)
def test_what_wg_quick_would_leave_to_wg_or_die_of_is_refused(text: str) -> None:
    assert not is_read(text)


@pytest.mark.parametrize(
    "separator",
    ["\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\r", "\N{REPLACEMENT CHARACTER}"],
)
def test_anything_may_be_in_a_comment_and_only_lf_ends_it(separator: str) -> None:
    text = f"[Peer]\n# a{separator}b = c\nPublicKey = {A} # d{separator}[Interface]\n"
    assert parse_conf(text).conf == Conf(peers=(Peer(public_key=Key.parse(A)),))


@pytest.mark.parametrize("host", ["[fe80::1%eth0]", "fe80::1%eth0", "[fe80::1%2]"])
def test_the_zone_of_an_endpoint_stays(host: str) -> None:
    [peer] = parse_conf(f"[Peer]\nPublicKey = {A}\nEndpoint = {host}:51820\n").conf.peers
    assert str(peer.endpoint) == f"[{host.strip('[]')}]:51820"

"""`-o networkmanager`, read back by nmcli."""

import subprocess

import pytest
from hypothesis import given

from kgctl_py.mesh.address import parse_cidr
from kgctl_py.render.config.networkmanager import networkmanager
from kgctl_py.render.config.tunnel import Tunnel
from kgctl_py.value import replace
from tests.formats.ini import Section, number, only, sections
from tests.formats.tunnels import (
    Read,
    ReadPeer,
    expected,
    in_order,
    masked,
    some_tunnel,
    tunnels,
    without_comments,
)

BOTH = (parse_cidr("10.5.0.1/32"), parse_cidr("fd00:5::1/128"))
NAMES = ("10.96.0.10", "svc.cluster.local", "cluster.local")


def keyfile(tunnel: Tunnel) -> str:
    (file,) = networkmanager(tunnel).files
    assert isinstance(file.content, str)
    return file.content


def normalized(text: str) -> str:
    """Return what nmcli makes of a keyfile; what NetworkManager does not understand is missing in it."""
    done = subprocess.run(
        ["nmcli", "--offline", "connection", "modify", "connection.autoconnect", "no"],
        input=text.encode(),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b""), done.stderr
    return done.stdout.decode()


def read(text: str) -> Read:
    found = sections(text)
    families = [only(found, "ipv4"), only(found, "ipv6")]
    wireguard = only(found, "wireguard")
    searched = [words(family, "dns-search") for family in families]
    assert len({one for one in searched if one}) <= 1
    peers = [_peer(one) for one in found if one.name.startswith("wireguard-peer.")]
    return Read(
        name=only(found, "connection").get("interface-name"),
        private_key=wireguard.get("private-key"),
        addresses=in_order(
            value for family in families for key, value in family.values if key.startswith("address")
        ),
        name_servers=in_order(server for family in families for server in words(family, "dns")),
        domains=tuple(word for word in max(searched) if word != "~."),
        mtu=number(wireguard.get("mtu")),
        listen_port=number(wireguard.get("listen-port")),
        peers=tuple(sorted(peers, key=lambda peer: peer.public_key)),
    )


def words(section: Section, key: str) -> tuple[str, ...]:
    text = section.get(key)
    assert not text or text.endswith(";")
    return tuple(text.split(";")[:-1])


def _peer(section: Section) -> ReadPeer:
    assert section.get("preshared-key-flags", "0") == "0"
    return ReadPeer(
        public_key=section.name.partition(".")[2],
        preshared_key=section.get("preshared-key"),
        endpoint=section.get("endpoint"),
        keepalive=number(section.get("persistent-keepalive")) or 0,
        allowed_ips=masked(words(section, "allowed-ips")),
        comment=section.comment,
    )


@given(tunnels(addresses=BOTH))
def test_nmcli_reads_back_the_configuration_that_was_written(tunnel: Tunnel) -> None:
    text = keyfile(tunnel)
    wanted = expected(tunnel)
    if not tunnel.name_servers():
        wanted = expected(tunnel_without_domains(tunnel))
    assert read(text) == wanted
    assert without_comments(read(normalized(text))) == without_comments(wanted)


def tunnel_without_domains(tunnel: Tunnel) -> Tunnel:
    from kgctl_py.value import replace

    return replace(tunnel, interface=replace(tunnel.interface, dns=()))


@given(tunnels())
def test_settings_of_an_ip_version_without_an_address_are_reported(tunnel: Tunnel) -> None:
    told = " ".join(notice.text for notice in networkmanager(tunnel).notices)
    held = read(keyfile(tunnel))
    for server in set(tunnel.name_servers()) - set(held.name_servers):
        assert server in told
    for version in (4, 6):
        routes = [str(cidr) for cidr in tunnel.routes if cidr.version == version]
        if routes and not tunnel.addresses(version) and tunnel.interface.table != "off":
            assert f"sets no IPv{version} routes without an IPv{version} address: {', '.join(routes)}" in told


def test_the_address_of_one_of_several_peers_is_not_an_option() -> None:
    tunnel = some_tunnel(addresses=(parse_cidr("fd00:5::1/128"),))
    for of_several, place in ((False, "with --address"), (True, "to the allowed IPs of the peer")):
        (told,) = (
            one for one in networkmanager(replace(tunnel, of_several=of_several)).notices if "IPv4" in one.text
        )
        assert told.hint == f"add an IPv4 address {place}"


def test_only_names_of_the_cluster_are_looked_up_in_the_tunnel() -> None:
    ipv4 = only(sections(normalized(keyfile(some_tunnel(dns=NAMES)))), "ipv4")
    assert ipv4.get("dns-search") == "svc.cluster.local;cluster.local;"
    assert ipv4.get("never-default") == "true"


def test_through_a_gateway_all_names_are_looked_up() -> None:
    ipv4 = only(sections(normalized(keyfile(some_tunnel(dns=NAMES, gateway=True)))), "ipv4")
    assert ipv4.get("dns-search") == "svc.cluster.local;cluster.local;~.;"
    assert ipv4.get("never-default") == ""


def test_unused_name_servers_are_reported() -> None:
    told = [notice.text for notice in networkmanager(some_tunnel(dns=("10.96.0.10",))).notices]
    assert "no domain is set, so the machine does not use the name servers 10.96.0.10" in told


@pytest.mark.parametrize(
    ("table", "section", "key", "value"),
    [
        ("off", "wireguard", "peer-routes", "false"),
        ("77", "ipv4", "route-table", "77"),
    ],
)
def test_routes_go_where_the_table_says(table: str, section: str, key: str, value: str) -> None:
    assert only(sections(normalized(keyfile(some_tunnel(table=table)))), section).get(key) == value


def test_a_new_file_has_the_same_uuid_and_so_replaces_the_old_connection() -> None:
    old, new = (only(sections(keyfile(some_tunnel(mtu=mtu))), "connection").get("uuid") for mtu in (1420, 1380))
    assert old == new

"""`-o routeros`, `-o uci` and `-o vyos`: golden files, and readers of their syntax as the vendors describe it."""

import re
import shlex
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given

from kgctl_py.errors import KgctlError
from kgctl_py.render import Rendered
from kgctl_py.render.config.routeros import routeros
from kgctl_py.render.config.tunnel import Tunnel
from kgctl_py.render.config.uci import uci
from kgctl_py.render.config.vyos import vyos
from kgctl_py.value import replace
from tests.formats.ini import number
from tests.formats.tunnels import (
    PSK,
    Read,
    ReadPeer,
    expected,
    in_order,
    masked,
    some_tunnel,
    tunnels,
    without_comments,
)

NAMES = ("10.96.0.10", "svc.cluster.local", "cluster.local")
GOLDEN = Path(__file__).parent / "golden"
Values = dict[str, list[str]]


def text_of(rendered: Rendered) -> str:
    (file,) = rendered.files
    return str(file.content)


def host_port(host: str, port: str) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}" if host else ""


def first(values: Values, key: str) -> str:
    found = values.get(key, [])
    assert len(found) <= 1
    return found[0] if found else ""


def without_dns(read: Read) -> Read:
    import dataclasses

    return dataclasses.replace(read, name_servers=(), domains=())


def routeros_lines(text: str) -> Iterator[tuple[str, Values]]:
    """Read lines of MENU COMMAND KEY=VALUE…, of which a value may be a string with escapes."""
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        menu, _, rest = re.fullmatch(r"(/[a-z0-9 ]+ (add|remove)) (.*)", line).groups()  # type: ignore[union-attr] # else the test fails
        values: Values = defaultdict(list)
        if not rest.startswith("["):
            end = 0
            for word in re.finditer(r'([a-z-]+)=("((?:[^"\\]|\\.)*)"|[^ "]*)( |$)', rest):
                assert word.start() == end
                end = word.end()
                quoted = word[3]
                values[word[1]].append(word[2] if quoted is None else routeros_string(quoted))
            assert end == len(rest), line
        yield menu, values


def routeros_string(quoted: str) -> str:
    def byte(match: re.Match[str]) -> bytes:
        return bytes([int(match[1], 16)]) if match[1] else match[2].encode()

    assert not re.search(r"(?<!\\)(\\\\)*[$?]", quoted)
    return b"".join(byte(one) for one in re.finditer(r'\\([0-9A-F]{2})|\\?([\\"$?]|.)', quoted)).decode()


def read_routeros(text: str) -> Read:
    found = list(routeros_lines(text))
    interface = next(values for menu, values in found if menu == "/interface wireguard add")
    peers = [values for menu, values in found if menu == "/interface wireguard peers add"]
    return Read(
        name=first(interface, "name"),
        private_key=first(interface, "private-key"),
        addresses=in_order(first(values, "address") for menu, values in found if menu.endswith(" address add")),
        name_servers=(),
        domains=(),
        mtu=number(first(interface, "mtu")),
        listen_port=number(first(interface, "listen-port")),
        peers=tuple(
            sorted(
                (
                    ReadPeer(
                        public_key=first(peer, "public-key"),
                        preshared_key=first(peer, "preshared-key"),
                        endpoint=host_port(first(peer, "endpoint-address"), first(peer, "endpoint-port")),
                        keepalive=int(first(peer, "persistent-keepalive").removesuffix("s") or 0),
                        allowed_ips=masked(filter(None, first(peer, "allowed-address").split(","))),
                        comment=first(peer, "comment"),
                    )
                    for peer in peers
                ),
                key=lambda peer: peer.public_key,
            )
        ),
    )


def uci_sections(text: str) -> dict[str, Values]:
    """Run the script with a `uci` that prints its batch, and read that: quotes are those of a shell."""
    stand_in = 'uci() { [ "$1" = batch ] && cat; [ "$1" = batch ]; }\n'
    done = subprocess.run(["sh"], input=(stand_in + text).encode(), capture_output=True, check=True)
    sections: dict[str, Values] = defaultdict(lambda: defaultdict(list))
    for line in done.stdout.decode().splitlines():
        command, what = shlex.split(line, posix=True)
        assert command in {"set", "add_list", "del_list", "commit"}, line
        if command in {"set", "add_list"}:
            place, _, value = what.partition("=")
            package, section, *option = re.split(r"[.](?![^\[]*\])", place)
            sections[f"{package}.{section}"][option[0] if option else ""].append(value)
    return sections


def read_uci(text: str, name: str) -> Read:
    sections = uci_sections(text)
    interface = sections[f"network.{name}"]
    assert first(interface, "") == "interface"
    peers = [one for one in sections.values() if one.get("") == [f"wireguard_{name}"]]
    dnsmasq = sections.get("dhcp.@dnsmasq[0]", {})
    servers = [server.split("/")[1:] for server in dnsmasq.get("server", [])]
    return Read(
        name=name,
        private_key=first(interface, "private_key"),
        addresses=in_order(interface["addresses"]),
        name_servers=in_order({server for _, server in servers}),
        domains=tuple(dict.fromkeys(domain for domain, _ in servers)),
        mtu=number(first(interface, "mtu")),
        listen_port=number(first(interface, "listen_port")),
        peers=tuple(
            sorted(
                (
                    ReadPeer(
                        public_key=first(peer, "public_key"),
                        preshared_key=first(peer, "preshared_key"),
                        endpoint=host_port(first(peer, "endpoint_host"), first(peer, "endpoint_port")),
                        keepalive=int(first(peer, "persistent_keepalive") or 0),
                        allowed_ips=masked(peer["allowed_ips"]),
                        comment=first(peer, "description"),
                    )
                    for peer in peers
                ),
                key=lambda peer: peer.public_key,
            )
        ),
    )


def read_vyos(text: str, name: str) -> Read:
    interface: Values = defaultdict(list)
    peers: dict[str, Values] = defaultdict(lambda: defaultdict(list))
    for line in text.splitlines():
        words = shlex.split(line, comments=False) if not line.startswith("#") else []
        match words:
            case ["set", "interfaces", "wireguard", device, "peer", label, key, value]:
                assert device == name
                peers[label][key].append(value)
            case ["set", "interfaces", "wireguard", device, key, value]:
                assert device == name
                interface[key].append(value)
            case ["set", "protocols", "static", *_] | ["delete", "interfaces", "wireguard", _] | []:
                pass
            case _:
                raise AssertionError(line)
    return Read(
        name=name,
        private_key=first(interface, "private-key"),
        addresses=in_order(interface["address"]),
        name_servers=(),
        domains=(),
        mtu=number(first(interface, "mtu")),
        listen_port=number(first(interface, "port")),
        peers=tuple(
            sorted(
                (
                    ReadPeer(
                        public_key=first(peer, "public-key"),
                        preshared_key=first(peer, "preshared-key"),
                        endpoint=host_port(
                            first(peer, "address") or first(peer, "host-name"), first(peer, "port")
                        ),
                        keepalive=int(first(peer, "persistent-keepalive") or 0),
                        allowed_ips=masked(peer["allowed-ips"]),
                        comment="",
                    )
                    for peer in peers.values()
                ),
                key=lambda peer: peer.public_key,
            )
        ),
    )


@given(tunnels(table="off"))
def test_routeros_contains_the_configuration(tunnel: Tunnel) -> None:
    assert read_routeros(text_of(routeros(tunnel))) == without_dns(expected(tunnel))


@given(tunnels(private_key=None) | tunnels())
def test_uci_contains_the_configuration(tunnel: Tunnel) -> None:
    tunnel = replace(tunnel, name="kilo_1")
    wanted = expected(tunnel)
    if not (wanted.name_servers and wanted.domains):
        wanted = without_dns(wanted)
    assert read_uci(text_of(uci(tunnel)), "kilo_1") == wanted


@given(tunnels(table="77"))
def test_vyos_contains_the_configuration(tunnel: Tunnel) -> None:
    held = replace(tunnel, name="wg0", peers=tuple(peer for peer in tunnel.peers if peer.allowed_ips))
    text = text_of(vyos(replace(tunnel, name="wg0")))
    assert read_vyos(text, "wg0") == without_comments(without_dns(expected(held)))
    routes = re.findall(r"(?m)^set protocols static table 77 route6? (\S+) interface wg0$", text)
    assert routes == [str(cidr) for cidr in tunnel.routes]


def test_routeros_gets_a_route_for_each_network_and_a_second_import_doubles_none() -> None:
    tunnel = some_tunnel(dns=NAMES)
    text = text_of(routeros(tunnel))
    assert re.findall(r"route add dst-address=(\S+) ", text) == [str(cidr) for cidr in tunnel.routes]
    assert text.index('route remove [find comment="kgctl kilo"]') < text.index("/interface wireguard add")
    assert "# /ip dns static add type=FWD match-subdomain=yes name=cluster.local forward-to=10.96.0.10\n" in text


@pytest.mark.parametrize("made", [routeros, vyos], ids=["routeros", "vyos"])
@pytest.mark.parametrize(
    ("dns", "told", "hint"),
    [
        (NAMES, "comments at its end say how to do that", ""),
        (
            ("10.96.0.10", "fd00::10"),
            "no domain is set, so the file does not use the name servers 10.96.0.10, fd00::10",
            "add a domain: --dns 10.96.0.10,fd00::10,cluster.local",
        ),
        (
            ("corp.example",),
            "no name server is set, so the file does not use the domains corp.example",
            "add a name server, for example: --dns 10.96.0.10,corp.example",
        ),
    ],
    ids=["both", "only a server", "only a domain"],
)
def test_comments_about_dns_are_mentioned_only_if_the_file_has_them(
    made: Callable[[Tunnel], Rendered], dns: tuple[str, ...], told: str, hint: str
) -> None:
    rendered = made(replace(some_tunnel(dns=dns), name="wg0"))
    (notice,) = (notice for notice in rendered.notices if "to use the configuration" not in notice.text)
    assert (told in notice.text, notice.hint) == (True, hint)
    has_comments = re.search(r"(?m)^# (/ip dns|set service dns)", text_of(rendered)) is not None
    assert has_comments == ("comments" in told)


@pytest.mark.parametrize("made", [routeros, vyos], ids=["routeros", "vyos"])
def test_a_router_without_dns_settings_has_no_remark_about_them(made: Callable[[Tunnel], Rendered]) -> None:
    (notice,) = made(replace(some_tunnel(dns=()), name="wg0")).notices
    assert "to use the configuration" in notice.text


def test_only_names_of_the_cluster_are_looked_up_in_the_tunnel_of_openwrt() -> None:
    dnsmasq = uci_sections(text_of(uci(some_tunnel(dns=NAMES))))["dhcp.@dnsmasq[0]"]
    assert dnsmasq["server"] == ["/svc.cluster.local/10.96.0.10", "/cluster.local/10.96.0.10"]
    assert dnsmasq["rebind_domain"] == ["svc.cluster.local", "cluster.local"]


def test_the_script_for_openwrt_is_a_shell_script(tmp_path: Path) -> None:
    (tmp_path / "kilo.sh").write_text(text_of(uci(some_tunnel())))
    subprocess.run(["busybox", "sh", "-n", str(tmp_path / "kilo.sh")], check=True)


@pytest.mark.parametrize(
    ("made", "tunnel", "words"),
    [
        (routeros, some_tunnel(table="77"), "its routing tables have names"),
        (routeros, some_tunnel(gateway=True), "cannot set a default route"),
        (vyos, replace(some_tunnel(gateway=True), name="wg0"), "cannot set a default route"),
        (vyos, some_tunnel(), 'not "kilo"'),
        (vyos, replace(some_tunnel(table="201"), name="wg0"), "1 to 200"),
        (uci, replace(some_tunnel(), name="a.b"), 'in "a.b"'),
    ],
)
def test_what_a_router_does_not_take_is_an_error(
    made: Callable[[Tunnel], Rendered], tunnel: Tunnel, words: str
) -> None:
    with pytest.raises(KgctlError, match=words):
        made(tunnel)


@pytest.mark.parametrize(
    ("made", "name"),
    [(routeros, "kilo.rsc"), (uci, "kilo.sh"), (vyos, "wg0.vyos")],
    ids=["routeros", "uci", "vyos"],
)
def test_a_file_is_the_one_that_was_reviewed(made: Callable[[Tunnel], Rendered], name: str) -> None:
    tunnel = replace(some_tunnel(dns=NAMES, listen_port=51820), name=name.partition(".")[0])
    peers = (replace(tunnel.peers[0], preshared_key=PSK, persistent_keepalive=25), *tunnel.peers[1:])
    assert text_of(made(replace(tunnel, peers=peers))) == (GOLDEN / name).read_text()

"""Clusters that somebody could have, and clusters that somebody would have to mean ill to have.

Addresses come from a small range, so that what should not overlap often does.
"""

import functools
import json
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from kgctl_py.mesh.address import IPInterface, parse_cidr
from kgctl_py.mesh.routing.agent_flags import AgentFlags, Encapsulate
from tests.in_memory import NOW, Cluster, Raw, key, node, peer

Text = st.SearchStrategy[str]
Fields = st.SearchStrategy[set[str]]

VIEWER = "viewer"

_INJECTIONS = (
    *(
        '"',
        "'",
        "\n",
        "\r\n",
        "\\n",
        "\x1b[31m",
        "\x1b]0;x\x07",
        "\u202e",
        "\u2028",
        "\x00",
        "\x85",
        "#",
        ": ",
        "{",
    ),
    *(
        "\n[Interface]\n",
        "\nPostUp = reboot\n",
        "\n---\n",
        '"; ',
        "- &x *x",
        "!!python/object:x",
        "%s{}",
        "]:1",
        ",",
    ),
)
_OCTETS = st.sampled_from((0, 1, 128))
_PREFIXES = st.sampled_from((32, 31, 25, 24, 23, 16, 15, 8, 0))
_CIDRS_V4 = st.builds("10.{}.{}.{}/{}".format, st.integers(0, 9), _OCTETS, _OCTETS, _PREFIXES)
_CIDRS_V6 = st.builds("fd00:{}::{}/{}".format, _OCTETS, _OCTETS, st.sampled_from((128, 127, 64, 32, 0)))

hostile: Text = st.lists(st.sampled_from(_INJECTIONS) | st.text(max_size=4), min_size=1, max_size=4).map("".join)
cidrs: Text = _CIDRS_V4 | _CIDRS_V4 | _CIDRS_V6
networks: st.SearchStrategy[IPInterface] = st.builds("10.{}.0.{}/{}".format, _OCTETS, _OCTETS, _PREFIXES).map(
    parse_cidr
)
endpoints: Text = st.sampled_from(
    (
        *("203.0.113.1:51820", "10.0.0.1:51820", "100.64.0.1:1", "[2001:db8::1]:51820", "[fd00::1]:51820"),
        *("vpn.example.com:51820", "[vpn.example.com]:051", "", "vpn", "203.0.113.1:0"),
    )
)
names: Text = st.sampled_from([f"{letter}{digit}" for letter in "abn" for digit in "012"])
_numbers = st.sampled_from(("25", "0", "", "-1", "65536", "25s", "9" * 30)) | st.integers(0, 100).map(str)
_yes_no = st.sampled_from((None, "true", "false", ""))


@st.composite
def clusters(draw: st.DrawFn, text: Text = names) -> Cluster:
    """Nodes and Peers under all the rules, and a Peer named `viewer` that is ready; `text` names things."""
    of_nodes, of_peers = _name_lists(text)
    node_names, peer_names = draw(of_nodes), draw(of_peers)
    keys = [key(name) for name in (*node_names, *peer_names)]
    nodes = [node("node-0"), *(draw(_nodes(name, keys, text)) for name in node_names)]
    peers = [peer(VIEWER, 250), *(draw(_peers(name, text)) for name in peer_names)]
    return Cluster(draw(st.permutations(nodes)), draw(st.permutations(peers)))


@functools.cache  # as below: Hypothesis takes longer to make a strategy than to draw from it
def _name_lists(text: Text) -> tuple[st.SearchStrategy[list[str]], st.SearchStrategy[list[str]]]:
    of_peers = text.filter(lambda name: name not in {"", VIEWER})
    return (
        st.lists(text.filter(bool), min_size=2, max_size=6, unique=True),
        st.lists(of_peers, min_size=1, max_size=4, unique=True),
    )


@st.composite
def distinct_clusters(draw: st.DrawFn) -> Cluster:
    """Clusters in which nobody has an address that another one has, too."""
    nodes = [
        node(
            f"node-{n}",
            n,
            draw(st.sampled_from("abc")),
            endpoint=draw(endpoints.filter(lambda text: ":51820" in text)),
            allowed_location_ips=draw(st.sampled_from((None, f"10.9.{n}.0/24", f"10.9.{n}.0/25,fd00:9:{n}::/64"))),
            force_internal_ip=draw(st.sampled_from((None, "", f"fd00:1::{n}/64"))),
            leader=draw(_yes_no),
        )
        for n in range(1, draw(st.integers(2, 9)))
    ]
    return Cluster(nodes, [peer(VIEWER, 250), *(peer(f"peer-{n}", n) for n in range(draw(st.integers(0, 4))))])


@st.composite
def subnetted_clusters(draw: st.DrawFn) -> Cluster:
    """Clusters of a few internal IPs in different subnets, which nodes of other locations have, too."""
    ipv6 = draw(_RARELY)
    nodes = [
        node(
            f"node-{n}",
            n,
            draw(st.sampled_from("aab")),
            internal_ip=draw(_SIX_IPS if ipv6 else _FEW_IPS),
            pod_cidr=f"fd42:0:0:{n}::/64" if ipv6 else "",
            wireguard_ip="fd04::1/64" if ipv6 else "10.4.0.1/16",
            allowed_location_ips=draw(st.none() | st.just(f"fd09:{n}::/64" if ipv6 else f"10.9.{n}.0/24")),
            leader=draw(_yes_no),
        )
        for n in range(1, draw(st.integers(3, 6)))
    ]
    viewer = peer(VIEWER, 250, allowedIPs=["fd05::1/128"] if ipv6 else ["10.5.0.250/32"], persistentKeepalive=25)
    return Cluster(nodes, [viewer])


_RARELY = st.integers(0, 3).map(lambda number: number == 3)
_FEW_IPS = st.builds("10.1.{}.{}/{}".format, st.integers(0, 1), st.integers(1, 3), st.sampled_from((16, 24, 32)))
_SIX_IPS = st.builds("fd01:0:0:{}::{}/64".format, st.integers(0, 1), st.integers(1, 3))

agent_flags = st.builds(
    AgentFlags,
    encapsulate=st.none() | st.sampled_from(Encapsulate),
    compatibility=st.sampled_from((None, "", "", "flannel", "cilium")),
    local=st.sampled_from((None, False, True, True)),
    cni=st.sampled_from((None, False, True)),
)
"""The flags of kg, each of which can be unknown."""


_LOCATIONS = st.sampled_from("ab")
_SOME_CIDRS = st.lists(cidrs, min_size=1, max_size=3)
_LOCATION_IPS = st.none() | _SOME_CIDRS.map(",".join)
_NUMBERS = st.integers(0, 9)
_MOST_NAMES = 10


@st.composite
def _nodes(draw: st.DrawFn, name: str, keys: Sequence[str], text: Text) -> Raw:
    odd, discovered, some_fields = _of_nodes(text)
    usual: dict[str, Any] = {
        "location": draw(_LOCATIONS),
        "wireguard_ip": "10.4.0.1/16",
        "allowed_location_ips": draw(_LOCATION_IPS),
        "discovered_endpoints": _by_key(draw(discovered), keys),
    }
    chosen = draw(some_fields)
    return node(name, draw(_NUMBERS), **usual | {field: draw(odd[field]) for field in sorted(chosen)})


@functools.cache
def _of_nodes(text: Text) -> tuple[dict[str, st.SearchStrategy[Any]], st.SearchStrategy[Any], Fields]:
    """Return odd values of the fields of nodes, endpoints by the place of their key, and some names of fields."""
    odd: dict[str, st.SearchStrategy[Any]] = {
        "location": text,
        "pod_cidr": cidrs | text,
        "granularity": st.sampled_from(("full", "")),
        "endpoint": endpoints | text,
        "force_endpoint": endpoints | text,
        "internal_ip": st.none() | cidrs | text,
        "force_internal_ip": st.sampled_from(("", "-")) | cidrs | text,
        "last_seen": st.sampled_from((str(NOW - 59), str(NOW - 60), "", "1e9")),
        "leader": st.sampled_from(("true", "false", "")),
        "persistent_keepalive": _numbers | text,
        "wireguard_ip": st.sampled_from((None, "10.8.0.1/29")) | text,
        "allowed_location_ips": text,
        "discovered_endpoints": text,
    }
    places = st.sampled_from(range(_MOST_NAMES))
    discovered = st.none() | st.dictionaries(places | text, _discovered(text), max_size=3)
    return odd, discovered, st.sets(st.sampled_from(list(odd)), max_size=5)


def _by_key(discovered: dict[int | str, Any] | None, keys: Sequence[str]) -> str | None:
    """Return discovered endpoints as Kilo writes them, with the keys of the mesh in place of numbers."""
    if discovered is None:
        return None
    return json.dumps(
        {
            keys[place % len(keys)] if isinstance(place, int) else place: endpoint
            for place, endpoint in discovered.items()
        }
    )


def _discovered(text: Text) -> st.SearchStrategy[Any]:
    addresses = st.sampled_from(("198.51.100.1", "::1", "", None)) | text
    fields = {"IP": addresses, "Port": st.sampled_from((0, 1, 51820, 70000, None)), "Zone": st.just("") | text}
    usual = st.just({"IP": "198.51.100.1", "Port": 51820, "Zone": ""})
    return usual | usual | st.none() | st.fixed_dictionaries({}, optional=fields)


@st.composite
def _peers(draw: st.DrawFn, name: str, text: Text) -> Raw:
    odd, some_fields = _of_peers(text)
    usual: dict[str, Any] = {"allowedIPs": draw(_SOME_CIDRS)}
    return peer(name, **usual | {field: draw(odd[field]) for field in draw(some_fields)})


@functools.cache
def _of_peers(text: Text) -> tuple[dict[str, st.SearchStrategy[Any]], Fields]:
    """Return odd values of the fields of Peers, and one or no name of a field."""
    where = st.fixed_dictionaries(
        {}, optional={"dns": st.just("vpn.example.com") | text, "ip": st.just("1.1.1.1")}
    )
    odd: dict[str, st.SearchStrategy[Any]] = {
        "allowedIPs": st.none() | st.lists(text, max_size=2),
        "endpoint": st.none() | st.fixed_dictionaries({"dnsOrIP": where, "port": st.integers(0, 65536)}),
        "persistentKeepalive": st.none() | st.integers(-1, 65536) | st.integers(),
        "presharedKey": st.none() | st.just(key("psk")) | text,
        "publicKey": text | st.none(),
    }
    return odd, st.sets(st.sampled_from(sorted(odd)), max_size=1)

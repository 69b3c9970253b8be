"""Specs of Peers, good and bad, and Kilo's own judgement of a Peer."""

from typing import Any

from hypothesis import strategies as st

from kgctl_py.kilo import resources
from kgctl_py.kilo.peers import translate_peer
from kgctl_py.kube import decoding
from tests.in_memory import key
from tests.strategies import cidrs

_NUMBERS = st.sampled_from(("0", "00", "1", "01", "032", "255", "256", "1000", "", "+1", "1e1"))
_IPV4 = st.lists(_NUMBERS, min_size=3, max_size=5).map(".".join) | st.sampled_from(("10.5.0.7", "010.5.0.7"))
_GROUPS = st.lists(st.sampled_from(("fd00", "0", "00", "0db8", "", "12345", "FF")), min_size=2, max_size=8)
_IPV6 = st.sampled_from(("::1", "fd00::1", "::ffff:10.5.0.7", "fe80::1%eth0", "::")) | _GROUPS.map(":".join)
_MIXED = st.builds("{}:{}".format, st.sampled_from(("::ffff", ":", "64:ff9b:", "1")), _IPV4)
_ADDRESSES = _IPV4 | _IPV6 | _MIXED | st.sampled_from(("", "<nil>", "vpn.example.com", "10.5.0.7\n"))
_CIDRS = cidrs | st.builds(
    "{}{}".format, _ADDRESSES, st.sampled_from(("", "/", "/32", "/032", "/128", "/129", "/-1"))
)
_NAMES = st.sampled_from(
    ("", "a", "vpn.example.com", "Vpn", "a_b", "-a", "a-", "a..b", ".a", "a.", "a\n", "a" * 254)
)
_KEYS = st.sampled_from(
    (
        key("a"),
        key("a")[:-1],
        key("a") + "=",
        key("a") + "\n",
        "\r\n".join(key("a")),
        " " + key("a"),
        "",
        "A" * 43 + "=",
    )
)
_PORTS = st.sampled_from((51820, 1, 65535, 0, -1, 65536))
_ENDPOINTS = st.fixed_dictionaries(
    {"dnsOrIP": st.fixed_dictionaries({}, optional={"dns": _NAMES, "ip": _ADDRESSES}), "port": _PORTS}
)
SPECS = st.fixed_dictionaries(
    {"allowedIPs": st.lists(_CIDRS, max_size=2), "publicKey": st.just(key("a")) | _KEYS},
    optional={
        "endpoint": _ENDPOINTS,
        "persistentKeepalive": st.sampled_from((0, 25, -1, 65536, 25_000_000_000)),
        "presharedKey": _KEYS | st.just("x"),
    },
)


def kilo_refuses(given: Any) -> bool:
    return bool(translate_peer(decoding.convert(given, resources.Peer)).faults)

"""Configurations with few choices, so that much of one is as in the one before."""

from hypothesis import strategies as st

from kgctl_py.wireguard import Conf, Key, Peer
from kgctl_py.wireguard.cidr import parse_cidr
from kgctl_py.wireguard.endpoint import parse_endpoint

KEYS = [Key(bytes([number]) * 32) for number in range(1, 7)]
CIDRS = [parse_cidr(text) for text in ("10.1.0.0/16", "10.1.2.0/24", "10.2.0.0/16", "fd00:1::/64", "10.3.0.7/32")]
ENDPOINTS = [parse_endpoint(text) for text in ("203.0.113.1:1", "203.0.113.2:2", "[2001:db8::1]:3")]


@st.composite
def confs(draw: st.DrawFn) -> Conf:
    """Return a configuration in which no network is stated twice, as a topology gives it."""
    peers = []
    free = draw(st.permutations(CIDRS))
    for key in draw(st.lists(st.sampled_from(KEYS), unique=True)):
        count = draw(st.integers(0, len(free)))
        own, free = free[:count], free[count:]
        peers.append(
            Peer(
                public_key=key,
                allowed_ips=tuple(own),
                endpoint=draw(st.none() | st.sampled_from(ENDPOINTS)),
                persistent_keepalive=draw(st.sampled_from([0, 10])),
                preshared_key=draw(st.none() | st.sampled_from(KEYS)),
            )
        )
    return Conf(peers=tuple(peers))

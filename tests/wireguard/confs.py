"""Configurations that somebody could have, from few keys and networks, so that what can be the same often is."""

from hypothesis import strategies as st

from kgctl_py.mesh.address import parse_cidr
from kgctl_py.wireguard import Conf, Interface, Key, Peer
from kgctl_py.wireguard.endpoint import parse_endpoint

KEYS = tuple(Key(bytes([n]) * 32) for n in range(1, 5))

_keys = st.sampled_from(KEYS)
_v4 = st.builds(
    "10.0.{}.{}/{}".format, st.integers(0, 3), st.sampled_from((0, 1)), st.sampled_from((0, 8, 24, 32))
)
_v6 = st.builds("fd00::{}/{}".format, st.integers(0, 3), st.sampled_from((0, 64, 128)))
cidrs = st.lists((_v4 | _v6).map(parse_cidr), max_size=3).map(tuple)
ports = st.sampled_from((1, 51820, 65535))
endpoints = st.sampled_from(("203.0.113.1:51820", "[2001:db8::1]:1", "a.example.com:51820", "b:1", "[b]:001"))
comments = st.sampled_from(("", "peer laptop", "location:a, leader b"))

peers = st.builds(
    Peer,
    public_key=_keys,
    allowed_ips=cidrs,
    endpoint=st.none() | endpoints.map(parse_endpoint),
    persistent_keepalive=st.sampled_from((0, 25, 65535)),
    preshared_key=st.none() | _keys,
    comment=comments,
)
interfaces = st.builds(
    Interface,
    private_key=st.none() | _keys,
    listen_port=st.none() | ports,
    addresses=cidrs,
    dns=st.lists(st.sampled_from(("10.96.0.10", "fd00::a", "svc.cluster.local")), max_size=2).map(tuple),
    mtu=st.none() | st.sampled_from((576, 1420)),
    table=st.sampled_from(("", "off", "123")),
)
confs = st.builds(Conf, interface=interfaces, peers=st.lists(peers, max_size=5).map(tuple))

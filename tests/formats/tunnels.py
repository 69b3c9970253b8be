"""Tunnels of meshes that mean ill, and what of a tunnel every format has to hold."""

import dataclasses
from collections.abc import Iterable
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.mesh.address import parse_cidr
from kgctl_py.mesh.member_configurations import peer_conf
from kgctl_py.mesh.wg_quick_changes import with_gateway
from kgctl_py.render.config.tunnel import Tunnel, endpoint, preshared_key
from kgctl_py.value import replace
from kgctl_py.wireguard import Conf, Interface, Key, Peer
from kgctl_py.wireguard.endpoint import parse_endpoint
from tests.in_memory import Cluster, node, peer
from tests.strategies import VIEWER, clusters, hostile

T = TypeVar("T")

KEY = Key(bytes(range(1, 33)))
PSK = Key(bytes(range(2, 34)))
ADDRESSES = ("10.5.0.1/32", "10.5.0.9/24", "fd00:5::1/128", "fd00:5::9/64")
DNS = ("10.96.0.10", "fd00:96::10", "cluster.local", "svc.cluster.local")


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReadPeer:
    """What a format holds of a peer."""

    public_key: str
    preshared_key: str
    endpoint: str
    keepalive: int
    allowed_ips: tuple[str, ...]
    comment: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Read:
    """What a format holds of a tunnel."""

    name: str
    private_key: str
    addresses: tuple[str, ...]
    name_servers: tuple[str, ...]
    domains: tuple[str, ...]
    mtu: int | None
    listen_port: int | None
    peers: tuple[ReadPeer, ...]


def expected(tunnel: Tunnel, comments: dict[str, str] | None = None) -> Read:
    """Return what a reader has to find; `comments` by public key are those that the format holds."""
    interface = tunnel.interface
    return Read(
        name=tunnel.name,
        private_key=tunnel.private_key,
        addresses=in_order(map(str, interface.addresses)),
        name_servers=in_order(tunnel.name_servers()),
        domains=tunnel.domains,
        mtu=interface.mtu,
        listen_port=interface.listen_port,
        peers=tuple(
            sorted(
                (
                    ReadPeer(
                        public_key=str(peer.public_key),
                        preshared_key=preshared_key(peer),
                        endpoint=endpoint(peer),
                        keepalive=peer.persistent_keepalive,
                        allowed_ips=masked(map(str, peer.allowed_ips)),
                        comment=(comments or {}).get(str(peer.public_key), tunnel.comment(peer)),
                    )
                    for peer in tunnel.peers
                ),
                key=lambda one: one.public_key,
            )
        ),
    )


def without_comments(read: Read) -> Read:
    return dataclasses.replace(read, peers=tuple(dataclasses.replace(peer, comment="") for peer in read.peers))


def in_order(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(words))


def masked(cidrs: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(parse_cidr(cidr).masked()) for cidr in cidrs))


@st.composite
def tunnels(draw: st.DrawFn, /, **fixed: object) -> Tunnel:
    """Tunnels of the viewer of a mesh with hostile names, with any settings but the `fixed` ones."""
    cluster = draw(clusters(hostile))
    conf = peer_conf(cluster.topology(), VIEWER)
    peers = {peer.public_key: draw(_odd(peer)) for peer in conf.peers if peer.public_key}
    conf = Conf(peers=tuple(peers.values()))
    if draw(st.booleans()):
        conf = with_gateway(conf, conf.peers[0].public_key)
    settings = {
        "private_key": draw(st.sampled_from((KEY, None))),
        "listen_port": draw(st.sampled_from((None, 51820))),
        "addresses": tuple(map(parse_cidr, draw(st.lists(st.sampled_from(ADDRESSES), min_size=1, unique=True)))),
        "dns": draw(st.lists(st.sampled_from(DNS), unique=True).map(tuple)),
        "mtu": draw(st.sampled_from((None, 1420))),
        "table": draw(st.sampled_from(("", "off", "77"))),
    }
    interface = Interface(**settings | fixed)  # type: ignore[arg-type] # drawn above
    title = "peer " + draw(hostile)
    return Tunnel(
        name=draw(st.sampled_from(("kilo", "a_=+.-1"))), title=title, interface=interface, peers=conf.peers
    )


@st.composite
def _odd(draw: st.DrawFn, peer: Peer) -> Peer:
    return replace(
        peer,
        preshared_key=draw(st.sampled_from((None, PSK))),
        endpoint=draw(
            st.sampled_from((peer.endpoint, *map(parse_endpoint, ("[vpn.example.com]:051", "[fd00::1]:1"))))
        ),
        comment=draw(st.just(peer.comment) | hostile),
    )


def many(strategy: st.SearchStrategy[T]) -> list[T]:
    """Return all examples of a strategy, for a program that takes long to start and reads them all at once."""
    drawn: list[T] = []

    @given(strategy)
    def collect(one: T) -> None:
        drawn.append(one)

    collect()
    return drawn


def some_tunnel(*, table: str = "", gateway: bool = False, **interface: object) -> Tunnel:
    """A tunnel of two locations and a phone."""
    cluster = Cluster([node("north", 1, "alps"), node("south", 2, "beach")], [peer("laptop", 1), peer("phone", 2)])
    conf = peer_conf(cluster.topology(), "laptop")
    if gateway:
        conf = with_gateway(conf, conf.peers[0].public_key)
    settings = {"private_key": KEY, "addresses": (parse_cidr("10.5.0.1/32"),), "mtu": 1420, "table": table}
    return Tunnel(
        name="kilo",
        title="peer laptop",
        interface=Interface(**settings | interface),  # type: ignore[arg-type] # the caller's
        peers=conf.peers,
    )

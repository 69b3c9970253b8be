"""What the interface of a peer is to be follows from the topology alone."""

from kgctl_py.connect.interface.desired_interface import DesiredInterface, desired_interface, endpoint_names
from kgctl_py.mesh.address import IPInterface, parse_cidr
from kgctl_py.mesh.nodes_and_peers import Granularity, Node, Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.endpoint import IPAddress, parse_endpoint, parse_ip

OWN = Peer(name="laptop", allowed_ips=(parse_cidr("10.5.0.1/32"),), public_key=Key(bytes([9]) * 32))


def node(number: int, endpoint: str, internal_ip: str = "", *, location_ip: str = "") -> Node:
    return Node(
        name=f"n{number}",
        location=f"l{3 - number}",  # the first node by name is in the last location
        endpoint=parse_endpoint(endpoint),
        internal_ip=parse_cidr(internal_ip or f"10.1.{number}.1/24"),
        key=Key(bytes([number]) * 32),
        subnet=parse_cidr(f"10.42.{number}.0/24"),
        allowed_location_ips=(parse_cidr(location_ip),) if location_ip else (),
    )


def topology(*nodes: Node, peers: tuple[Peer, ...] = (OWN,)) -> Topology:
    return Topology.build(
        nodes=nodes, peers=peers, granularity=Granularity.LOCATION, subnet=parse_cidr("10.4.0.0/16")
    )


def desired(
    topo: Topology, *extra: IPInterface, addresses: dict[str, IPAddress] | None = None
) -> DesiredInterface:
    return desired_interface(topo, "laptop", mtu=1420, extra_networks=extra, addresses=addresses or {})


NODES = (node(1, "203.0.113.1:51820"), node(2, "203.0.113.2:51820"))


def test_every_allowed_ip_of_the_others_is_routed_and_the_peers_own_addresses_are_the_interfaces() -> None:
    settings = desired(topology(*NODES)).settings
    assert list(map(str, settings.addresses)) == ["10.5.0.1/32"]
    assert sorted(map(str, settings.routes)) == [
        *("10.1.1.1/32", "10.1.2.1/32", "10.4.0.1/32", "10.4.0.2/32", "10.42.1.0/24", "10.42.2.0/24"),
    ]


def test_more_networks_go_through_the_first_node_by_name() -> None:
    extra = parse_cidr("10.96.0.0/12")
    conf = desired(topology(*NODES), extra).conf
    assert [extra in peer.allowed_ips for peer in conf.peers if peer.public_key == NODES[0].key] == [True]
    assert [extra in peer.allowed_ips for peer in conf.peers if peer.public_key == NODES[1].key] == [False]


def test_names_become_addresses_and_an_unresolved_one_is_reported() -> None:
    topo = topology(node(1, "a.example.com:1"), node(2, "b.example.com:2"))
    assert endpoint_names(topo, "laptop") == {"a.example.com", "b.example.com"}
    ip = parse_ip("203.0.113.7")
    assert ip
    interface = desired(topo, addresses={"a.example.com": ip})
    assert sorted(str(peer.endpoint) for peer in interface.conf.peers) == ["203.0.113.7:1", "None"]
    assert interface.warnings == (
        'the endpoint "b.example.com:2" of "location:l1, leader n2" does not resolve on this machine',
    )


def test_an_endpoint_is_never_routed_into_its_own_tunnel_where_that_can_be_helped() -> None:
    settings = desired(topology(node(1, "203.0.113.1:51820", "203.0.113.1/24"), NODES[1])).settings
    assert "203.0.113.1/32" not in map(str, settings.routes)
    wide = desired(topology(node(1, "203.0.113.1:51820", location_ip="203.0.113.0/24"), NODES[1]))
    words = "203.0.113.0/24 contains the endpoint 203.0.113.1:51820"
    assert [text for text in wide.warnings if text.startswith(words)]


def test_everything_is_not_routed() -> None:
    interface = desired(topology(*NODES), parse_cidr("0.0.0.0/0"))
    assert "0.0.0.0/0" not in map(str, interface.settings.routes)
    assert interface.warnings == (
        "0.0.0.0/0 is not routed: it would send the packets of the tunnel into the tunnel",
    )


def test_peers_to_which_no_tunnel_opens_are_left_out_and_counted_unless_all_are_wanted() -> None:
    server = Peer(
        name="server",
        allowed_ips=(parse_cidr("10.5.0.2/32"),),
        public_key=Key(bytes([8]) * 32),
        endpoint=parse_endpoint("192.0.2.8:51820"),
    )
    phone = Peer(name="phone", allowed_ips=(parse_cidr("10.5.0.3/32"),), public_key=Key(bytes([7]) * 32))
    topo = topology(*NODES, peers=(OWN, phone, server))
    interface = desired(topo)
    assert [peer.comment for peer in interface.conf.peers][2:] == ["peer server"]
    assert "10.5.0.3/32" not in map(str, interface.settings.routes)
    assert interface.left_out == 1
    everything = desired_interface(topo, "laptop", mtu=1420, extra_networks=(), addresses={}, all_peers=True)
    assert [peer.comment for peer in everything.conf.peers][2:] == ["peer phone", "peer server"]
    assert everything.left_out == 0


def test_no_key_and_no_allowed_ip_is_there_twice() -> None:
    twin = Peer(
        name="twin",
        allowed_ips=(parse_cidr("10.5.0.2/32"),),
        public_key=OWN.public_key,
        endpoint=parse_endpoint("203.0.113.9:1"),
    )
    shared = "192.168.1.1/24"
    nodes = (node(1, "203.0.113.1:51820", shared), node(2, "203.0.113.2:51820", shared))
    interface = desired(topology(*nodes, peers=(OWN, twin)))
    assert sorted(str(peer.public_key) for peer in interface.conf.peers) == sorted(str(one.key) for one in nodes)
    cidrs = [str(cidr) for peer in interface.conf.peers for cidr in peer.allowed_ips]
    assert cidrs.count("192.168.1.1/32") == 1
    assert len(set(cidrs)) == len(cidrs)
    assert sorted(str(finding.code) for finding in interface.findings) == ["K-KEY-TWICE", "K-PEER-DUP"]

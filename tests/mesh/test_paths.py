"""The way of a packet is the one that the printed configurations give it, and it ends where they end it."""

import ipaddress
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kgctl_py.mesh.claims import Kind, Place
from kgctl_py.mesh.member_configurations import node_conf, peer_conf
from kgctl_py.mesh.routing.follow_packet import PacketPath, follow_packet
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.trace import Trace, Verdict, trace
from kgctl_py.mesh.routing.trace_targets import Target, destination_at, node_target, peer_target, source_at
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.wireguard_conf import wireguard_conf
from tests.in_memory import NOW, Cluster, Raw, key, node, peer
from tests.mesh.test_whois import ADDRESSES, ip
from tests.strategies import clusters, distinct_clusters


def run(cluster: Cluster, source: str, destination: str) -> Trace:
    """Trace between names or addresses."""
    mesh, topology = cluster.mesh(), cluster.topology()

    def named(text: str) -> Target:
        for one in mesh.nodes:
            if one.name == text:
                return node_target(one, mesh, topology)
        return peer_target(next(one for one in mesh.peers if one.name == text))

    is_ip = [text[0].isdigit() or ":" in text for text in (source, destination)]
    start = source_at(ip(source), mesh, topology) if is_ip[0] else named(source)
    end = destination_at(ip(destination)) if is_ip[1] else named(destination)
    return trace(RoutingTables(mesh, topology), start, end)


def places(found: PacketPath | None) -> list[str]:
    """Return the places on a way."""
    assert found
    return [str(found.start), *(str(hop.end) for hop in found.hops)]


def printed_route(topology: Topology, here: Place, to: str) -> tuple[str, set[str]]:
    """Return the narrowest AllowedIPs entry of the printed configuration that holds `to`, and all with its key.

    This reads the text of showconf, and knows nothing of how a way is computed.
    """
    if here.kind is Kind.NODE:
        text = wireguard_conf(node_conf(topology, topology.segment_of(here.name).leader, 1))
    else:
        text = wireguard_conf(peer_conf(topology, here.name))
    chosen = None
    for section in text.split("[Peer]")[1:]:
        public_key = re.search(r"PublicKey = (.*)", section)
        for cidr in re.findall(r"[0-9a-f.:]+/\d+", (re.search(r"AllowedIPs = .*", section) or [""])[0]):
            network = ipaddress.ip_network(cidr, strict=False)
            if ip(to) in network and (chosen is None or network.prefixlen >= chosen[0]):
                chosen = network.prefixlen, cidr, public_key[1] if public_key else ""
    if chosen is None:
        return "", set()
    owners = {f"node/{seg.leader.name}" for seg in topology.segments if str(seg.leader.key) == chosen[2]}
    owners |= {f"peer/{one.name}" for one in topology.peers if str(one.public_key) == chosen[2]}
    return chosen[1], owners


def starts(cluster: Cluster) -> list[Place]:
    """Return every ready node and peer."""
    topology = cluster.topology()
    nodes = [Place(Kind.NODE, one.name) for seg in topology.segments for one in seg.nodes]
    return [*nodes, *(Place(Kind.PEER, one.name) for one in topology.peers)]


@given(clusters(), ADDRESSES, ADDRESSES)
def test_each_hop_is_what_the_printed_configurations_of_both_its_ends_say(
    cluster: Cluster, source: str, to: str
) -> None:
    topology = cluster.topology()
    tables = RoutingTables(cluster.mesh(), topology)
    for start in starts(cluster):
        found = follow_packet(tables, start, ip(source), ip(to))
        assert found.end
        assert len(found.hops) <= 3
        for hop in found.hops:
            if hop.opening:
                cidr, ends = printed_route(topology, hop.start, to)
                assert (str(hop.route.cidr), str(hop.end) in ends) == (cidr, True)
                senders = printed_route(topology, hop.end, source)[1]
                assert str(hop.start) in senders or (found.fault and hop is found.hops[-1])
        if "has no route" in found.fault and "kg cannot set" not in found.fault:
            assert printed_route(topology, found.end, to) == ("", set())
        if not found.fault:
            assert found.end in owners(topology, to)


def owners(topology: Topology, to: str) -> set[Place]:
    """Return whoever answers to an address, by containment alone."""
    held: set[Place] = set()
    for seg in topology.segments:
        for one in seg.nodes:
            internal = one.internal_ip.ip if one.internal_ip else None
            mine = {internal, seg.wireguard_ip if one is seg.leader else None}
            if ip(to) in mine or (one.subnet and ip(to) in one.subnet.network):
                held.add(Place(Kind.NODE, one.name))
        if any(ip(to) in cidr.network for cidr in seg.allowed_location_ips):
            held.add(Place(Kind.NETWORK, seg.name))
    for other in topology.given_peers.values():  # a host has its own addresses, whoever gets them in the mesh
        if any(ip(to) in cidr.network for cidr in other.allowed_ips):
            held.add(Place(Kind.PEER, other.name))
    return held


@given(distinct_clusters(), st.data())
def test_without_shared_addresses_every_node_reaches_every_pod(cluster: Cluster, data: st.DataObject) -> None:
    mesh, topology = cluster.mesh(), cluster.topology()
    start = data.draw(st.sampled_from([one.name for one in mesh.ready_nodes]))
    end = data.draw(st.sampled_from(mesh.ready_nodes))
    assert end.subnet
    networks = [one for node in mesh.ready_nodes for one in (node.subnet, node.internal_ip) if one]
    assume(len({one.version for one in (*networks, topology.subnet)}) == 1)
    found = trace(
        RoutingTables(mesh, topology),
        source_at(next(n.subnet.ip for n in mesh.nodes if n.name == start and n.subnet), mesh, topology),
        destination_at(end.subnet.ip),
    )
    assert found.there
    assert found.there.fault == ""
    assert found.there.end == Place(Kind.NODE, end.name)
    assert found.verdict is not Verdict.NO
    assert len(found.there.hops) <= 3


LONE = node("c1", 4, "c", internal_ip=None)


@pytest.mark.parametrize(
    ("nodes", "ends", "reason"),
    [
        (
            [node("a1", 1, pod_cidr="fd42:1::/64"), node("b1", 2, "b", pod_cidr="fd42:2::/64")],
            ("fd42:1::1", "fd42:2::1"),
            "node/a1 has no route to fd42:2::1, because kg cannot set one through 10.4.0.2, an IPv4 address",
        ),
        (
            [node("a1", 1), node("a2", 2, internal_ip="fd01::2/64"), node("b1", 3, "b")],
            ("10.42.1.1", "10.42.2.1"),
            "node/a1 has no route to 10.42.2.1, because kg cannot set one through fd01::2, an IPv6 address",
        ),
        (
            [node("a1", 1, internal_ip="fd01::1/64"), node("b1", 2, "b")],
            ("10.42.1.1", "10.42.2.1"),
            (
                "only if kg on node/a1 is older than 0.7.0: since 0.7.0, kg sets no route from an IPv6 "
                "internal IP to 10.42.2.1"
            ),
        ),
        ([node("a1", 1), LONE], ("10.42.1.1", "10.42.4.1"), "the packet and its reply arrive"),
    ],
)
def test_kg_sets_no_route_through_an_address_of_another_ip_version(
    nodes: list[Raw], ends: tuple[str, str], reason: str
) -> None:
    assert run(Cluster(nodes), *ends).reason == reason


def test_a_second_pod_cidr_is_known_to_its_node_alone() -> None:
    both = node("b1", 2, "b")
    both["spec"]["podCIDRs"] = ["10.42.2.0/24", "fd42:2::/64"]
    cluster = Cluster([node("a1", 1), both], [peer("p", allowedIPs=["10.5.0.1/32", "fd05::1/128"])])
    why = "fd42:2::/64 is the other pod CIDR of node/b1, but Kilo reads only spec.podCIDR"
    mesh, topology = cluster.mesh(), cluster.topology()
    tables = RoutingTables(mesh, topology)
    there = trace(tables, peer_target(mesh.peers[0]), destination_at(ip("fd42:2::7")))
    assert (there.verdict, there.reason) == (
        Verdict.NO,
        f"peer/p has no route through the mesh to fd42:2::7: {why}",
    )
    back = trace(tables, source_at(ip("fd42:2::7"), mesh, topology), destination_at(ip("fd05::1")))
    assert back.verdict is Verdict.NO
    assert back.reason.endswith(f"peer/p has no allowed IP for fd42:2::7, so it drops the packet: {why}")
    own = trace(tables, source_at(ip("fd42:2::7"), mesh, topology), destination_at(ip("fd42:2::8")))
    assert own.verdict is Verdict.YES


HEARD = f'{{"{key("p")}": {{"IP": "198.51.100.7", "Port": 4}}}}'
MESH = Cluster(
    [node("a1", 1), node("a2", 2), node("b1", 3, "b"), node("b2", 4, "b")],
    [peer("p", persistentKeepalive=25), peer("q", 2, persistentKeepalive=25)],
)


def test_a_packet_goes_from_leader_to_leader_and_within_a_location_past_them() -> None:
    found = run(MESH, "a2", "10.42.4.9")
    assert places(found.there) == ["node/a2", "node/a1", "node/b1", "node/b2"]
    assert places(found.back) == ["node/b2", "node/b1", "node/a1", "node/a2"]
    assert found.there
    assert [bool(hop.opening) for hop in found.there.hops] == [False, True, False]
    assert [hop.leads for hop in found.there.hops] == ["location:a", "location:b", ""]
    assert found.verdict is Verdict.YES
    assert places(run(MESH, "a2", "a1").there) == ["node/a2", "node/a1"]


def test_a_peer_reaches_pods_and_is_reached_if_its_keepalive_keeps_the_tunnel_open() -> None:
    assert run(MESH, "p", "10.42.2.9").verdict is Verdict.YES
    assert run(MESH, "10.42.2.9", "p").verdict is Verdict.YES


def test_a_peer_that_keeps_silent_must_speak_first() -> None:
    cluster = Cluster(MESH.nodes, [peer("p")])
    assert run(cluster, "p", "10.42.2.9").verdict is Verdict.YES
    found = run(cluster, "10.42.2.9", "p")
    assert found.verdict is Verdict.PERHAPS
    assert found.there
    assert found.there.doubts == (
        "only if peer/p sends the first packet, because peer/p sends no keepalives and may be behind NAT",
    )


def test_two_peers_behind_nat_do_not_reach_each_other() -> None:
    found = run(MESH, "p", "q")
    assert (found.verdict, found.back) == (Verdict.NO, None)
    assert found.there
    fault = "neither peer/p nor peer/q has an endpoint"
    assert found.there.fault == f"{fault}, and Kilo does not relay between them"


def test_one_peer_that_can_be_called_is_enough() -> None:
    endpoint = {"dnsOrIP": {"ip": "203.0.113.99"}, "port": 51820}
    cluster = Cluster(MESH.nodes, [peer("p"), peer("q", 2, endpoint=endpoint)])
    assert run(cluster, "p", "q").verdict is Verdict.YES


def test_where_a_peer_was_heard_helps_the_one_that_heard_it_and_perhaps_others() -> None:
    nodes = [node("a1", 1, discovered_endpoints=HEARD), node("b1", 3, "b")]
    cluster = Cluster(nodes, [peer("p", persistentKeepalive=25), peer("q", 2, persistentKeepalive=25)])
    found = run(cluster, "10.42.1.9", "p")
    assert found.verdict is Verdict.YES
    assert found.there
    assert found.there.hops[0].opening
    assert str(found.there.hops[0].opening.endpoint) == "198.51.100.7:4"
    found = run(cluster, "q", "p")
    assert found.verdict is Verdict.PERHAPS
    assert found.there
    assert found.there.doubts == (
        "only if the NAT in front of peer/p accepts packets from peer/q at 198.51.100.7:4",
    )


def test_a_peer_that_perhaps_reaches_the_other_end_must_also_speak_first_if_it_keeps_silent() -> None:
    nodes = [node("a1", 1, discovered_endpoints=HEARD), node("b1", 3, "b")]
    cluster = Cluster(nodes, [peer("p", persistentKeepalive=25), peer("q", 2)])
    accepted = "only if the NAT in front of peer/p accepts packets from peer/q at 198.51.100.7:4"
    assert run(cluster, "q", "p").reason == accepted
    assert run(cluster, "p", "q").reason == (
        f"{accepted}, and peer/q sends the first packet, because peer/q sends no keepalives and may be behind NAT"
    )


def test_of_two_ends_that_perhaps_reach_each_other_one_waits_only_for_the_other() -> None:
    near = {"dnsOrIP": {"ip": "192.168.1.8"}, "port": 8}
    nodes = [node("a1", 1, discovered_endpoints=HEARD), node("b1", 3, "b")]
    cluster = Cluster(nodes, [peer("p", persistentKeepalive=25), peer("q", 2, endpoint=near)])
    accepted = "the NAT in front of peer/p accepts packets from peer/q at 198.51.100.7:4"
    private = "peer/p reaches peer/q at the private address 192.168.1.8:8"
    assert run(cluster, "q", "p").reason == f"only if {private}, or {accepted}"
    assert run(cluster, "p", "q").reason == (
        f"only if {private}, or {accepted}, and peer/q sends the first packet, because peer/q sends no keepalives "
        "and may be behind NAT"
    )


def test_a_private_endpoint_is_reached_only_from_its_own_network() -> None:
    cluster = Cluster([node("a1", 1), node("b1", 2, "b", endpoint="192.168.1.2:51820")], MESH.peers)
    assert run(cluster, "a1", "b1").verdict is Verdict.PERHAPS  # without a keepalive b1 has to speak first
    found = run(cluster, "p", "b1")
    assert found.verdict is Verdict.PERHAPS
    assert found.there
    assert found.there.doubts == ("only if peer/p reaches node/b1 at the private address 192.168.1.2:51820",)


def test_a_peer_needs_an_allowed_ip_that_complete_configurations_leave_out() -> None:
    own = node("b1", 2, "b", internal_ip="203.0.113.5/24", endpoint="203.0.113.5:51820")
    needed = (
        "only if the configuration on peer/p has the allowed IP 203.0.113.5/32 for node/b1: complete "
        "configurations leave it out, because it is the address of an endpoint"
    )
    found = run(Cluster([node("a1", 1), own], MESH.peers), "p", "203.0.113.5")
    assert (found.verdict, found.reason) == (Verdict.PERHAPS, needed)


def test_an_internal_ip_that_two_locations_have_is_only_reached_in_one() -> None:
    twins = [node("a1", 1, internal_ip="192.168.1.2/24"), node("b1", 2, "b", internal_ip="192.168.1.2/24")]
    found = run(Cluster(twins, MESH.peers), "p", "a1")
    assert found.verdict is Verdict.NO
    assert found.there
    assert found.there.fault == "192.168.1.2 leads to node/b1, not to node/a1"


def test_a_peer_whose_address_another_one_has_is_not_reached() -> None:
    cluster = Cluster(MESH.nodes, [peer("ann", 7), peer("bob", 7)])
    found = run(cluster, "a1", "bob")
    assert found.there
    assert found.there.fault == (
        '10.5.0.7 leads to peer/ann, not to peer/bob, since peer "ann" also has it, and its name sorts first'
    )
    found = run(cluster, "bob", "a1")
    assert found.there
    assert found.there.fault == "node/a1 accepts 10.5.0.7 only from peer/ann, whose allowed IP is 10.5.0.7/32"


LATE = "10.42.9.0/24 is the pod CIDR of node/late, but the node is not ready: last seen 1m0s ago"


@pytest.mark.parametrize(
    ("source", "destination", "fault"),
    [
        ("late", "a1", "node/late is not ready: last seen 1m0s ago"),
        ("a1", "late", "node/late is not ready: last seen 1m0s ago"),
        (
            "a1",
            "odd",
            (
                'Kilo skips peer/odd: spec.allowedIPs[0] "10.5.0.9" is not a CIDR: '
                "it has no prefix length, such as /32"
            ),
        ),
        ("a1", "six", "the two ends have no addresses of the same IP version"),
        ("192.0.2.1", "a1", "no node or peer sends from 192.0.2.1"),
        (
            "10.42.9.1",
            "a1",
            f"no node or peer sends from 10.42.9.1: {LATE}",
        ),
    ],
)
def test_ends_that_take_no_part_are_named_with_the_reason(source: str, destination: str, fault: str) -> None:
    odd = peer("odd", allowedIPs=["10.5.0.9"])
    six = peer("six", allowedIPs=["fd00:5::6/128"])
    cluster = Cluster([node("a1"), node("late", 9, last_seen=str(NOW - 60))], [odd, six])
    found = run(cluster, source, destination)
    assert (found.verdict, found.there, found.fault) == (Verdict.NO, None, fault)


def test_an_address_without_a_route_says_whose_it_would_be() -> None:
    cluster = Cluster([node("a1"), node("late", 9, last_seen=str(NOW - 60))], [peer("p")])
    found = run(cluster, "p", "10.42.9.1")
    assert found.there
    assert found.there.fault == f"peer/p has no route through the mesh to 10.42.9.1: {LATE}"


def test_a_network_beside_a_location_is_reached_through_its_leader_and_answers() -> None:
    cluster = Cluster([node("a1"), node("a2", 2, allowed_location_ips="10.9.0.0/24")], MESH.peers)
    found = run(cluster, "p", "10.9.0.4")
    assert places(found.there) == ["peer/p", "node/a1", "network/location:a"]
    assert places(found.back) == ["network/location:a", "node/a1", "peer/p"]
    assert places(run(cluster, "10.9.0.4", "p").there) == places(found.back)


BESIDE = [node("a1", leader="true"), node("a2", 2), node("b1", 3, "b", allowed_location_ips="10.9.0.0/24")]


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("10.42.2.7", None),
        ("10.42.1.7", "10.4.0.1"),
        ("10.42.3.7", "10.1.0.3"),
        ("10.9.0.4", None),
        ("p", None),
    ],
)
def test_kg_masquerades_what_a_pod_sends_to_a_network_beside_a_location(source: str, seen: str | None) -> None:
    found = run(Cluster(BESIDE, MESH.peers), source, "10.9.0.4")
    assert found.verdict is Verdict.YES
    assert found.there
    assert found.back
    assert found.there.masqueraded_as == (seen and ip(seen))
    assert (str(found.back.to), found.back.masqueraded_as) == (seen or str(found.there.source), None)


@pytest.mark.parametrize("destination", ["10.42.3.7", "b1", "p", "10.4.0.2"])
def test_kg_keeps_the_source_of_what_a_pod_sends_to_the_mesh(destination: str) -> None:
    found = run(Cluster(BESIDE, MESH.peers), "10.42.2.7", destination)
    assert found.there
    assert found.there.masqueraded_as is None


def test_a_leader_drops_a_packet_that_kg_masqueraded_as_its_internal_ip_which_it_does_without_encapsulation() -> (
    None
):
    nodes = [*BESIDE[:2], node("b1", 3, "b", allowed_location_ips="10.9.0.0/24", internal_ip="10.1.0.2/24")]
    found = run(Cluster(nodes, MESH.peers), "10.42.2.7", "10.9.0.4")
    assert found.verdict is Verdict.PERHAPS
    assert found.reason == (
        "only if kg on node/a2 has --encapsulate=always, which is its default: otherwise, "
        "node/b1 drops the packet, because its source 10.1.0.2 is the internal IP of node/b1"
    )


def test_an_internal_ip_that_is_the_endpoint_itself_is_reached_outside_of_the_tunnel() -> None:
    cluster = Cluster([node("a1"), node("b1", 2, "b", internal_ip="203.0.113.2/24")], MESH.peers)
    found = run(cluster, "a1", "b1")
    assert found.there
    assert found.there.doubts == (
        "only if node/a1 reaches 203.0.113.2, the endpoint of the tunnel, outside the tunnel",
    )


@pytest.mark.parametrize("source", ["a1", "b1"])
def test_a_packet_outside_of_the_tunnel_needs_no_allowed_ip_for_its_source_and_its_reply_is_not_known(
    source: str,
) -> None:
    twins = [node("a1"), node("b1", 2, "b", internal_ip="10.1.0.1/24")]
    found = run(Cluster([*twins, node("c1", 3, "c", internal_ip="203.0.113.3/24")]), source, "c1")
    assert (found.verdict, found.reason) == (
        Verdict.PERHAPS,
        f"only if node/{source} reaches 203.0.113.3, the endpoint of the tunnel, outside the tunnel",
    )


def test_an_endpoint_in_an_allowed_location_ip_is_reached_inside_the_tunnel() -> None:
    twins = [node("a1"), node("b1", 2, "b", internal_ip="10.1.0.1/24")]
    location_ips = {"allowed_location_ips": "203.0.113.0/24"}
    found = run(Cluster([*twins, node("c1", 3, "c", internal_ip="203.0.113.3/24", **location_ips)]), "a1", "c1")
    assert found.verdict is Verdict.NO
    assert "node/c1 accepts 10.1.0.1 only from node/b1" in found.reason


def test_an_ipv6_endpoint_that_is_the_internal_ip_is_reached_outside_of_the_tunnel() -> None:
    own = {"endpoint": "[2001:db8::2]:51820", "internal_ip": "2001:db8::2/64"}
    other = {"endpoint": "[2001:db8::3]:51820", "internal_ip": "2001:db8::3/64"}
    found = run(Cluster([node("b", 2, "b", **own), node("c", 3, "c", **other)]), "b", "c")
    assert found.there
    assert found.there.doubts == (
        "only if node/b reaches 2001:db8::3, the endpoint of the tunnel, outside the tunnel",
    )


def test_a_member_reaches_itself_without_a_hop() -> None:
    found = run(MESH, "p", "p")
    assert found.there == PacketPath(start=Place(Kind.PEER, "p"), source=ip("10.5.0.1"), to=ip("10.5.0.1"))
    assert found.verdict is Verdict.YES

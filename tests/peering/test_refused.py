"""What two clusters must not both have: nothing is written, whichever of them is named first."""

import json
import re
from collections.abc import Callable

import pytest

from kgctl_py import names
from kgctl_py.cli.peering.text.output import FAILED, WARNING, problems_text
from kgctl_py.peering.planning.problem import PeeringCode, Problem, error, note, warning
from tests.in_memory import Raw, key, node, peer
from tests.peering.clusters import Server, World, aws, edge, edge_node

ARGS = "k3s.io/node-args"

Change = Callable[[Server, Server], None]


def annotations(server: Server, number: int) -> dict[str, str]:
    found: dict[str, str] = server.nodes[number]["metadata"]["annotations"]
    return found


def pods(near: Server, far: Server) -> None:
    far.nodes[0]["spec"]["podCIDR"] = "10.42.0.0/16"


def pods_of_a_node_that_is_not_ready(near: Server, far: Server) -> None:
    far.nodes[1]["spec"]["podCIDR"] = "10.42.2.128/25"
    annotations(far, 1)[names.LAST_SEEN] = "1"


def services_and_pods(near: Server, far: Server) -> None:
    far.nodes[0]["spec"]["podCIDR"] = "10.43.1.0/24"


def services(near: Server, far: Server) -> None:
    far.services = "10.43.128.0/17"


def kilo_subnets(near: Server, far: Server) -> None:
    for number in range(3):
        annotations(far, number)[names.WIREGUARD_IP] = "10.4.0.1/16"


def kilo_subnet_and_pods(near: Server, far: Server) -> None:
    far.nodes[0]["spec"]["podCIDR"] = "10.4.7.0/24"


def a_workstation(near: Server, far: Server) -> None:
    near.peers["laptop"] = peer("laptop", allowedIPs=["10.44.11.7/32"])


def a_workstation_with_a_service(near: Server, far: Server) -> None:
    near.peers["laptop"] = peer("laptop", allowedIPs=["10.45.0.0/24"])


def kilo_subnet_and_services(near: Server, far: Server) -> None:
    far.services = "10.4.128.0/17"


def a_workstation_in_the_kilo_subnet(near: Server, far: Server) -> None:
    near.peers["laptop"] = peer("laptop", allowedIPs=["10.6.9.7/32"])


def a_cluster_that_is_joined_already(near: Server, far: Server) -> None:
    raw = peer("office.loc.o", allowedIPs=["10.44.8.0/21"])
    raw["metadata"]["labels"] = {names.PEERING: "office"}
    near.peers["office.loc.o"] = raw


def location_ips_and_services(near: Server, far: Server) -> None:
    annotations(near, 0)[names.ALLOWED_LOCATION_IPS] = "10.45.3.0/24"


def location_ips_and_kilo_subnet(near: Server, far: Server) -> None:
    annotations(near, 0)[names.ALLOWED_LOCATION_IPS] = "10.6.0.0/15"


def location_ips(near: Server, far: Server) -> None:
    annotations(near, 0)[names.ALLOWED_LOCATION_IPS] = "10.44.0.0/16"


def one_key(near: Server, far: Server) -> None:
    annotations(far, 1)[names.KEY] = key("aws n2")


def one_key_of_two_leaders(near: Server, far: Server) -> None:
    annotations(far, 2)[names.KEY] = key("edge berlin-1")


def only_ipv6(near: Server, far: Server) -> None:
    for number, raw in enumerate(far.nodes):
        raw["spec"]["podCIDR"] = f"fd44:{number}::/64"


REFUSED: dict[str, tuple[Change, str]] = {
    "pods": (pods, "K-PEERING-OVERLAP"),
    "pods of a node that is not ready": (pods_of_a_node_that_is_not_ready, "K-PEERING-OVERLAP"),
    "Services and pods": (services_and_pods, "K-PEERING-OVERLAP"),
    "Services": (services, "K-PEERING-OVERLAP"),
    "Kilo subnets": (kilo_subnets, "K-PEERING-OVERLAP"),
    "a Kilo subnet and pods": (kilo_subnet_and_pods, "K-PEERING-OVERLAP"),
    "a workstation": (a_workstation, "K-PEERING-OVERLAP"),
    "a workstation with a Service": (a_workstation_with_a_service, "K-PEERING-OVERLAP"),
    "a Kilo subnet and Services": (kilo_subnet_and_services, "K-PEERING-OVERLAP"),
    "a workstation in the Kilo subnet": (a_workstation_in_the_kilo_subnet, "K-PEERING-OVERLAP"),
    "a cluster that is joined already": (a_cluster_that_is_joined_already, "K-PEERING-OVERLAP"),
    "location IPs": (location_ips, "K-PEERING-LOCATION"),
    "location IPs and Services": (location_ips_and_services, "K-PEERING-LOCATION"),
    "location IPs and a Kilo subnet": (location_ips_and_kilo_subnet, "K-PEERING-LOCATION"),
    "one key": (one_key, "K-PEERING-KEY"),
    "one key of two leaders": (one_key_of_two_leaders, "K-PEERING-KEY"),
    "IP versions": (only_ipv6, "K-PEERING-FAMILY"),
}


@pytest.mark.parametrize("order", [("aws", "edge"), ("edge", "aws")], ids="-".join)
@pytest.mark.parametrize("what", REFUSED)
def test_nothing_is_written_in_any_order(what: str, order: tuple[str, str]) -> None:
    change, code = REFUSED[what]
    near, far = aws(), edge()
    change(near, far)
    before = dict(near.peers)
    run = World(aws=near, edge=far).kgctl("connect", *order)
    assert (run.exit_code, code in run.stderr, code in run.stdout) == (1, True, True), run.output
    assert "hint: " in run.stderr
    assert (near.peers, far.peers, near.log, far.log) == (before, {}, [], [])


def test_location_ips_of_both_that_are_routed_must_not_overlap() -> None:
    near, far = aws(), edge()
    for one in (near, far):
        annotations(one, 0)[names.ALLOWED_LOCATION_IPS] = "172.20.0.0/16"
    world = World(aws=near, edge=far)
    run = world.kgctl("connect", "aws", "edge", "--location-ips", "all")
    assert (run.exit_code, run.stdout.count("K-PEERING-LOCATION"), near.log, far.log) == (1, 2, [], []), run.output
    assert world.kgctl("connect", "aws", "edge").exit_code == 0


@pytest.mark.parametrize(
    ("copies", "more"),
    [
        (("n1",), ""),
        (("n1", "n2"), ", and 1 more node has the key of a node of edge"),
        (("n1", "n2", "n3"), ", and 2 more nodes have the key of a node of edge"),
    ],
    ids=len,
)
def test_nodes_with_the_key_of_a_node_of_the_other_cluster_are_counted(copies: tuple[str, ...], more: str) -> None:
    near, far = aws(), edge()
    near.nodes.append(node("n3", 3, "eu-west", pod_cidr="10.42.3.0/24", key=key("aws n3"), endpoint=None))
    for number, copied in enumerate(copies):
        annotations(far, number)[names.KEY] = key(f"aws {copied}")
    run = World(aws=near, edge=far).kgctl("connect", "aws", "edge")
    (told,) = (line for line in run.stdout.splitlines() if "K-PEERING-KEY" in line)
    assert told.endswith(f'node "n1" has the same key as node "berlin-1" of edge{more}')


def test_the_problems_that_are_not_shown_are_counted() -> None:
    near, far = aws(), edge()
    for change in (pods, one_key):
        change(near, far)
    run = World(aws=near, edge=far).kgctl("connect", "aws", "edge")
    assert re.match(r"kgctl: nothing was written: K-PEERING-.* \(and 1 more reason\)\n", run.stderr), run.stderr


@pytest.mark.parametrize(("problem", "mark"), [(error, FAILED), (warning, WARNING), (note, "i")])
def test_the_line_that_counts_more_problems_has_the_mark_of_its_kind(
    problem: Callable[[PeeringCode, str, str], Problem], mark: str
) -> None:
    text = problems_text(problem(PeeringCode.LOOP, "edge", f"number {number}") for number in range(7))
    assert text.splitlines()[-1] == f"{mark} K-PEERING-LOOP edge: 2 more of this kind"


@pytest.mark.parametrize("what", ["Services", "a workstation with a Service"])
def test_services_that_are_not_routed_may_overlap(what: str) -> None:
    near, far = aws(), edge()
    REFUSED[what][0](near, far)
    run = World(aws=near, edge=far).kgctl("connect", "aws", "edge", "--services", "none")
    assert run.exit_code == 0, run.output


def test_an_overlap_is_reported_once_with_its_owner() -> None:
    near, far = aws(), edge()
    pods(near, far)
    run = World(aws=near, edge=far).kgctl("connect", "aws", "edge")
    told = [line for line in run.stdout.splitlines() if "K-PEERING-OVERLAP" in line]
    assert len(told) == 1
    assert 'aws: 10.42.1.0/24, the pod CIDR of node "n1", overlaps 10.42.0.0/16, the pod CIDR of node' in told[0]


def labelled_peer(label: str, value: str) -> Raw:
    raw = peer("other", allowedIPs=["10.44.11.0/24"])
    return {**raw, "metadata": {**raw["metadata"], "labels": {label: value}}}


@pytest.mark.parametrize(
    ("label", "owner", "hint"),
    [
        (names.CLUSTERMESH, ' of the ClusterMesh "prod"', "remove the network from that ClusterMesh"),
        (names.PEERING, "", "kgctl peering rm aws --peering prod"),
        ("app", "", 'change the allowed IPs of peer "other", or remove it'),
    ],
)
def test_the_hint_about_the_network_of_a_peer_is_for_its_owner(label: str, owner: str, hint: str) -> None:
    near, far = aws(peers=[labelled_peer(label, "prod")]), edge()
    run = World(aws=near, edge=far).kgctl("connect", "aws", "edge")
    assert run.exit_code == 1
    assert f'an allowed IP of peer "other"{owner}, overlaps 10.44.11.0/24' in run.stderr
    assert run.stderr.splitlines()[-1].endswith(hint)


def config_map(name: str, **data: str) -> Raw:
    return {"kind": "ConfigMap", "metadata": {"name": name, "namespace": "kube-system"}, "data": data}


def kubeadm(pods: str) -> Raw:
    return config_map("kubeadm-config", ClusterConfiguration=f"networking: {{podSubnet: {pods}}}")


def server_of_k3s(*args: str) -> Raw:
    words = json.dumps(["server", *args])
    labels = {"node-role.kubernetes.io/control-plane": "true"}
    return {"kind": "Node", "metadata": {"name": "n1", "labels": labels, "annotations": {ARGS: words}}}


@pytest.mark.parametrize(
    ("near", "far", "words"),
    [
        (kubeadm("10.40.0.0/13"), None, "10.40.0.0/13, the cluster CIDR, overlaps 10.44.11.0/24, the pod CIDR"),
        (
            kubeadm("10.42.0.0/16,fd00::/48"),
            kubeadm("10.42.128.0/17"),
            "overlaps 10.42.128.0/17, the cluster CIDR",
        ),
        (server_of_k3s("--cluster-cidr", "10.6.0.0/15"), None, "overlaps 10.6.0.0/16, the Kilo subnet"),
        (server_of_k3s("--cluster-cidr=10.42.0.0/16"), server_of_k3s(), "overlaps 10.42.0.0/16, the cluster CIDR"),
    ],
)
def test_a_pod_cidr_that_a_new_node_may_get_is_a_warning(near: Raw, far: Raw | None, words: str) -> None:
    world = World(aws=aws(), edge=edge())
    server(world, "aws").objects.append(near)
    server(world, "edge").objects += [far] if far else []
    run = world.kgctl("connect", "aws", "edge")
    assert (run.exit_code, run.stdout.count("K-PEERING-RANGE")) == (0, 1), run.output
    assert words in run.stdout
    assert len(world.peers("aws")) == 2


@pytest.mark.parametrize("one", [kubeadm("10.42.0.0/16"), kubeadm("nonsense"), server_of_k3s()])
def test_a_cluster_cidr_of_its_own_is_no_problem(one: Raw) -> None:
    world = World(aws=aws(), edge=edge())
    server(world, "aws").objects.append(one)
    run = world.kgctl("connect", "aws", "edge")
    assert (run.exit_code, "K-PEERING-RANGE" in run.stdout) == (0, False), run.output


def test_an_overlap_of_pod_cidrs_is_not_told_twice() -> None:
    near, far = aws(), edge()
    pods(near, far)
    near.objects.append(kubeadm("10.42.0.0/16"))
    run = World(aws=near, edge=far).kgctl("connect", "aws", "edge")
    assert ("K-PEERING-OVERLAP" in run.stdout, "K-PEERING-RANGE" in run.stdout) == (True, False)


@pytest.mark.parametrize(
    ("data", "options", "is_told"),
    [
        ({"kube-proxy-replacement": "true", "bpf-lb-external-clusterip": "false"}, (), True),
        ({"kube-proxy-replacement": "strict"}, (), True),
        ({"kube-proxy-replacement": "true", "bpf-lb-external-clusterip": "true"}, (), False),
        ({"kube-proxy-replacement": "false"}, (), False),
        ({"kube-proxy-replacement": "true"}, ("--services", "aws"), False),
    ],
)
def test_cilium_that_keeps_cluster_ips_to_itself_is_told(
    data: dict[str, str], options: tuple[str, ...], is_told: bool
) -> None:
    world = World(aws=aws(), edge=edge())
    server(world, "edge").objects.append(config_map("cilium-config", **data))
    run = world.kgctl("connect", "aws", "edge", *options)
    assert (run.exit_code, "K-PEERING-CILIUM edge" in run.stdout) == (0, is_told), run.output


def server(world: World, name: str) -> Server:
    found = world.servers[name]
    assert isinstance(found, Server)
    return found


def lan_nodes() -> list[Raw]:
    return [
        edge_node("berlin-1", 11, "berlin"),
        edge_node("berlin-2", 12, "berlin", internal_ip="10.1.0.2/24"),
        edge_node("berlin-3", 13, "berlin", internal_ip="10.1.0.77/24"),
    ]


def internal_ips(world: World) -> set[str]:
    return {
        cidr
        for one in world.peers("aws").values()
        for cidr in one["spec"]["allowedIPs"]
        if cidr.endswith("/32") and not cidr.startswith("10.6.")
    }


def test_internal_ips_that_the_other_cluster_has_or_could_have_are_left_out() -> None:
    world = World(aws=aws(), edge=edge(nodes=lan_nodes()))
    run = world.kgctl("connect", "aws", "edge")
    assert run.exit_code == 0, run.output
    assert internal_ips(world) == {"10.9.0.11/32"}
    assert 'K-PEERING-INTERNAL edge: the internal IP 10.1.0.2 of node "berlin-2" overlaps' in run.stdout
    assert 'K-PEERING-INTERNAL edge: the internal IP 10.1.0.77 of node "berlin-3" is in' in run.stdout


def test_all_internal_ips_are_routed_on_request_unless_both_clusters_have_one() -> None:
    world = World(aws=aws(), edge=edge(nodes=lan_nodes()))
    run = world.kgctl("connect", "aws", "edge", "--internal-ips", "all")
    assert (run.exit_code, world.peers("aws")) == (1, {})
    world = World(aws=aws(), edge=edge(nodes=[lan_nodes()[0], lan_nodes()[2]]))
    run = world.kgctl("connect", "aws", "edge", "--internal-ips", "all")
    assert (run.exit_code, "K-PEERING-LAN edge" in run.stdout) == (0, True), run.output
    assert internal_ips(world) == {"10.9.0.11/32", "10.1.0.77/32"}


def test_internal_ips_can_be_left_out() -> None:
    world = World(aws=aws(), edge=edge())
    assert world.kgctl("connect", "aws", "edge", "--internal-ips", "none").exit_code == 0
    assert internal_ips(world) == set()


def test_an_internal_ip_that_is_an_endpoint_is_left_out() -> None:
    nodes = [edge_node("berlin-1", 11, "berlin", internal_ip="198.51.100.11/24")]
    world = World(aws=aws(), edge=edge(nodes=nodes))
    run = world.kgctl("connect", "aws", "edge")
    assert (run.exit_code, "K-PEERING-LOOP edge" in run.stdout) == (0, True), run.output
    assert (
        'kgctl does not route the internal IP of node "berlin-1", 198.51.100.11/32, because it is the endpoint of '
        '"location:berlin" of edge, so aws does not reach this address\n'
    ) in run.stdout
    assert internal_ips(world) == set()


def test_a_network_that_contains_an_endpoint_is_left_out_with_the_owner_of_the_tunnel() -> None:
    nodes = [edge_node("berlin-1", 11, "berlin", allowed_location_ips="198.51.100.0/24")]
    run = World(aws=aws(), edge=edge(nodes=nodes)).kgctl("connect", "aws", "edge", "--location-ips", "all")
    assert (
        'an allowed location IP of "location:berlin", 198.51.100.0/24, because it contains the endpoint '
        '198.51.100.11 of "location:berlin" of edge, so aws does not reach this network\n'
    ) in run.stdout


def test_the_private_endpoint_of_a_leader_behind_nat_is_routed_for_nobody_dials_it() -> None:
    nodes = [edge_node("home-1", 12, "home", endpoint="10.9.0.12:51820", internal_ip="10.9.0.12/24")]
    annotations(far := edge(nodes=nodes), 0)[names.PERSISTENT_KEEPALIVE] = "25"
    world = World(aws=aws(), edge=far)
    run = world.kgctl("connect", "aws", "edge")
    assert (run.exit_code, "K-PEERING-LOOP" in run.stdout) == (0, False), run.output
    assert internal_ips(world) == {"10.9.0.12/32"}


def test_location_ips_are_routed_on_request() -> None:
    far = edge()
    annotations(far, 0)[names.ALLOWED_LOCATION_IPS] = "172.20.1.0/24,172.20.2.0/24"
    world = World(aws=aws(), edge=far)
    for value, routed in (("none", set()), ("172.20.1.0/24", {"172.20.1.0/24"}), ("all", {1, 2})):
        assert world.kgctl("connect", "aws", "edge", "--location-ips", value).exit_code == 0
        found = {cidr for cidr in world.peers("aws")["edge.loc.berlin"]["spec"]["allowedIPs"] if "172.20" in cidr}
        assert len(found) == len(routed)


def test_two_segments_with_one_internal_ip_do_not_share_it() -> None:
    far = edge()
    annotations(far, 2)[names.INTERNAL_IP] = "10.9.0.11/24"
    world = World(aws=aws(), edge=far)
    assert world.kgctl("connect", "aws", "edge").exit_code == 0
    every = [cidr for one in world.peers("aws").values() for cidr in one["spec"]["allowedIPs"]]
    assert len(every) == len(set(every))


def test_a_service_cidr_that_is_a_guess_is_told() -> None:
    far = edge(services="10.45.0.0/24")
    far.guesses_services = True
    world = World(aws=aws(), edge=far)
    run = world.kgctl("connect", "aws", "edge")
    told = "K-PEERING-SERVICES edge: its Service CIDR is unknown; kgctl routes 10.45.0.0/24, which contains"
    assert (run.exit_code, told in run.stdout) == (0, True), run.output
    assert world.kgctl("verify", "aws", "edge").stdout.count("K-PEERING-SERVICES") == 1
    run = world.kgctl("connect", "aws", "edge", "--service-cidr", "edge=10.45.0.0/16")
    assert "K-PEERING-SERVICES" not in run.stdout
    run = world.kgctl("connect", "aws", "edge", "--services", "none")
    assert "K-PEERING-SERVICES" not in run.stdout


def test_a_cluster_without_a_known_service_cidr_is_joined_without_it() -> None:
    world = World(aws=aws(), edge=edge(services=""))
    run = world.kgctl("connect", "aws", "edge")
    assert (run.exit_code, "K-PEERING-SERVICES edge" in run.stdout) == (0, True), run.output
    assert world.kgctl("connect", "aws", "edge", "--service-cidr", "edge=10.45.0.0/16").exit_code == 0
    assert "10.45.0.0/16" in world.peers("aws")["edge.loc.berlin"]["spec"]["allowedIPs"]


def test_nodes_that_disagree_are_reported() -> None:
    near = aws()
    annotations(near, 1)[names.GRANULARITY] = "full"
    annotations(near, 0)[names.WIREGUARD_IP] = "10.4.0.9/16"
    run = World(aws=near, edge=edge()).kgctl("connect", "aws", "edge")
    assert run.exit_code == 0, run.output
    assert run.stdout.count("K-PEERING-TOPOLOGY aws") == 2


def test_a_private_endpoint_in_a_network_of_both_is_pointed_out_and_used_on_request() -> None:
    far = edge()
    annotations(far, 2)[names.ENDPOINT] = "10.1.0.21:51820"
    world = World(aws=aws(), edge=far)
    run = world.kgctl("connect", "aws", "edge")
    assert (run.exit_code, run.stdout.count("K-PEERING-LAN")) == (0, 1), run.output
    assert (
        'kgctl does not use the private endpoint 10.1.0.21:51820 of "location:home", which is in 10.1.0.0/24'
        in run.stdout
    )
    assert "hint: if this is the same network, add --endpoint edge/location:home=10.1.0.21:51820" in run.stdout
    for options in (
        ("--endpoint", "edge/location:home=10.1.0.21:51820"),
        ("--endpoint", "edge/location:home=none"),
    ):
        run = world.kgctl("connect", "aws", "edge", *options)
        assert (run.exit_code, "K-PEERING-LAN" in run.stdout) == (0, False), run.output


def test_a_stated_endpoint_is_used_and_none_means_that_the_segment_dials() -> None:
    far = edge()
    annotations(far, 0)[names.PERSISTENT_KEEPALIVE] = "10"
    annotations(far, 2)[names.CLUSTERMESH_ENDPOINT] = "home.example.com:51821"
    world = World(aws=aws(), edge=far)
    assert world.kgctl("connect", "aws", "edge", "--endpoint", "edge/berlin=none").exit_code == 0
    berlin, home = (world.peers("aws")[f"edge.loc.{name}"]["spec"] for name in ("berlin", "home"))
    assert ("endpoint" in berlin, berlin["persistentKeepalive"]) == (False, 25)
    assert home["endpoint"] == {"dnsOrIP": {"dns": "home.example.com"}, "port": 51821}
    run = world.kgctl("connect", "aws", "edge", "--endpoint", "edge/location:berlin=192.0.2.9:7")
    assert run.exit_code == 0
    assert world.peers("aws")["edge.loc.berlin"]["spec"]["endpoint"]["port"] == 7


def test_a_node_without_internal_ip_is_a_segment() -> None:
    nodes = [edge_node("berlin-1", 11, "berlin", internal_ip=None), node("unready", 12, key=None)]
    world = World(aws=aws(), edge=edge(nodes=nodes))
    assert world.kgctl("connect", "aws", "edge").exit_code == 0
    assert list(world.peers("aws")) == ["edge.node.berlin-1"]

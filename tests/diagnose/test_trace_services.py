"""`kgctl trace` to the address of a Service: the first node on the way sends it to an endpoint."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from kgctl_py import names
from kgctl_py.kilo.find_networks import Networks
from kgctl_py.kube import decoding
from kgctl_py.kube.objects.kinds import Kind, T
from kgctl_py.mesh import claims
from tests.cli.kgctl import kgctl
from tests.in_memory import Cluster, InMemoryCluster, Raw, node, peer

IP = "10.96.0.80"
LAPTOP = peer("laptop", persistentKeepalive=25)


def service(**spec: Any) -> Raw:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"clusterIP": IP, **spec},
    }


def endpoint(address: str, on: str = "", **conditions: bool) -> Raw:
    return {"addresses": [address], "conditions": conditions, **({"nodeName": on} if on else {})}


def endpoint_slice(*endpoints: Raw, of: str = "web", family: str = "IPv4") -> Raw:
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": f"{of}-{family}-x7k2p".lower(),
            "namespace": "default",
            "labels": {"kubernetes.io/service-name": of},
        },
        "addressType": family,
        "endpoints": list(endpoints),
        "ports": [{"port": 8080, "protocol": "TCP"}],
    }


WEB = service()
ON_B = endpoint("10.42.2.9", "b")


def traced(
    folder: Path, source: str, *objects: Raw, nodes: list[Raw] | None = None, options: tuple[str, ...] = ()
) -> Result:
    cluster = Cluster(nodes or [node("a", 1), node("b", 2)], [LAPTOP])
    file = folder / "cluster.json"
    file.write_text(json.dumps({**json.loads(cluster.as_list()), "items": [*cluster.nodes, LAPTOP, *objects]}))
    return kgctl("--from-file", str(file), "trace", source, IP, *options)


def has(place: str, cidr: str, adds: str) -> str:
    """Return the condition for a network that only complete configurations have."""
    return f"only if the configuration on {place} has the allowed IP {cidr} for node/a, which {adds} adds"


def result(run: Result) -> str:
    return str(run.stdout.splitlines()[-1])


@pytest.mark.parametrize("source", ["a", "b", "10.42.2.7"])
def test_without_endpoints_in_the_files_it_depends_on_them(tmp_path: Path, source: str) -> None:
    run = traced(tmp_path, source, WEB)
    own = {"10.42.2.7": "b"}.get(source, source)
    assert run.exit_code == 0
    assert result(run) == (
        f"perhaps: only if node/{own} reaches a ready endpoint of the Service default/web, "
        f"and kube-proxy on node/{own} translates {IP}"
    )
    first = f"{IP} is a Service: kube-proxy on node/{own} sends the packet to one of its endpoints"
    assert first in run.stdout.splitlines()


@pytest.mark.parametrize("source", ["a", "b", "10.42.1.7", "10.42.2.9"])
def test_it_arrives_if_each_endpoint_answers(tmp_path: Path, source: str) -> None:
    run = traced(tmp_path, source, WEB, endpoint_slice(ON_B, endpoint("10.42.1.9", "a", ready=True)))
    assert (run.exit_code, result(run)) == (0, "yes: the packet and its reply arrive")
    assert "  10.42.2.9 on node/b: yes" in run.stdout.splitlines()
    assert "  10.42.1.9 on node/a: yes" in run.stdout.splitlines()


@pytest.mark.parametrize(
    ("objects", "reason"),
    [
        ([endpoint_slice()], "the Service default/web has no ready endpoints"),
        (
            [endpoint_slice(endpoint("10.42.2.9", "b", ready=False))],
            "the Service default/web has no ready endpoints",
        ),
        (
            [endpoint_slice(endpoint("fd42:2::9", "b"), family="IPv6")],
            "the Service default/web has no ready endpoints",
        ),
        (
            [service(internalTrafficPolicy="Local"), endpoint_slice(ON_B)],
            "the Service default/web has no ready endpoint on node/a, and its internalTrafficPolicy is Local",
        ),
        (
            [endpoint_slice(endpoint("10.42.3.9", "c"))],
            (
                "no endpoint of the Service default/web answers: node/a has no route through the mesh to 10.42.3.9"
                ": 10.42.3.0/24 is the pod CIDR of node/c, but the node is not ready: last seen 16m40s ago"
            ),
        ),
    ],
)
def test_it_does_not_arrive_without_an_endpoint_that_answers(
    tmp_path: Path, objects: list[Raw], reason: str
) -> None:
    nodes = [node("a", 1), node("b", 2), node("c", 3, last_seen="1767257000")]
    run = traced(tmp_path, "10.42.1.7", *([WEB] if len(objects) == 1 else []), *objects, nodes=nodes)
    assert (run.exit_code, result(run)) == (1, f"no: {reason}")


def test_an_endpoint_that_does_not_answer_makes_it_a_matter_of_luck(tmp_path: Path) -> None:
    nodes = [node("a", 1), node("b", 2), node("c", 3, last_seen="1767257000")]
    run = traced(tmp_path, "a", WEB, endpoint_slice(ON_B, endpoint("10.42.3.9", "c")), nodes=nodes)
    assert run.exit_code == 0
    assert result(run).startswith(
        "perhaps: only if kube-proxy does not choose 10.42.3.9 on node/c: node/a has no route"
    )


def test_endpoints_that_end_are_used_while_none_is_ready(tmp_path: Path) -> None:
    ending = endpoint("10.42.2.9", "b", ready=False, serving=True, terminating=True)
    assert result(traced(tmp_path, "a", WEB, endpoint_slice(ending))).startswith("yes")
    elsewhere = endpoint("10.42.9.9", "z", ready=False, serving=True, terminating=True)
    assert result(traced(tmp_path, "a", WEB, endpoint_slice(ON_B, elsewhere))).startswith("yes")


def test_an_endpoint_outside_the_mesh_must_be_reached_otherwise(tmp_path: Path) -> None:
    run = traced(tmp_path, "a", WEB, endpoint_slice(endpoint("198.51.100.4")))
    assert (run.exit_code, result(run)) == (
        0,
        "perhaps: only if node/a reaches 198.51.100.4, which is outside the mesh",
    )


CIDR = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "ServiceCIDR",
    "metadata": {"name": "kubernetes"},
    "spec": {"cidrs": ["10.96.0.0/12"]},
}


def test_an_address_that_no_service_has_may_be_that_of_an_unknown_one(tmp_path: Path) -> None:
    other = {**service(clusterIP="10.96.0.90"), "metadata": {"name": "dns", "namespace": "default"}}
    run = traced(tmp_path, "a", other, CIDR)
    assert (run.exit_code, result(run)) == (
        0,
        f"perhaps: only if a Service has the address {IP}: kgctl knows no such Service",
    )
    run = traced(tmp_path, "laptop", WEB, CIDR, endpoint_slice(endpoint("10.42.1.9", "a")))
    added = has("peer/laptop", "10.96.0.0/12", "--services")
    assert (run.exit_code, result(run)) == (0, f"perhaps: {added}")


class Live(InMemoryCluster):
    """A cluster that has a Service and no EndpointSlice."""

    def objects(self) -> Any:
        return self

    def networks(self) -> Networks:
        return Networks()

    def of(self, kind: Kind[T], **_: Any) -> tuple[T, ...]:
        return (decoding.convert(WEB, kind.struct),) if kind.name == "Service" else ()

    def has_all(self, _: Kind[Any]) -> bool:
        return True


def test_a_service_of_a_live_cluster_without_slices_has_no_endpoints() -> None:
    run = kgctl("trace", "a", IP, cluster=Live(Cluster([node("a", 1)]).mesh))
    assert (run.exit_code, result(run)) == (1, "no: the Service default/web has no ready endpoints")


def test_a_peer_reaches_a_pod_in_another_location_if_kube_proxy_replaces_its_address(tmp_path: Path) -> None:
    nodes = [node("a", 1), node("b", 2, "b", internal_ip="10.2.0.2/24")]
    run = traced(tmp_path, "laptop", WEB, endpoint_slice(ON_B), nodes=nodes)
    assert run.exit_code == 0
    added = has("peer/laptop", "10.96.0.80/32", "--services")
    source = (
        "only if kube-proxy on node/a replaces the source 10.5.0.1: otherwise, "
        "node/b accepts 10.5.0.1 only from peer/laptop"
    )
    assert result(run) == f"perhaps: {added}; and {source}, whose allowed IP is 10.5.0.1/32"


def test_a_peer_goes_to_the_leader_that_declares_the_network_or_to_that_of_the_first_location(
    tmp_path: Path,
) -> None:
    declares = [node("a", 1), node("b", 2, "b", internal_ip="10.2.0.2/24", allowed_location_ips="10.96.0.0/12")]
    run = traced(tmp_path, "laptop", WEB, endpoint_slice(ON_B), nodes=declares)
    assert (run.exit_code, result(run)) == (0, "yes: the packet and its reply arrive")
    assert run.stdout.count("node/b (leads b)") == 1
    run = traced(tmp_path, "laptop", WEB, endpoint_slice(endpoint("10.42.1.9", "a")), nodes=[node("a", 1)])
    added = has("peer/laptop", "10.96.0.80/32", "--services")
    assert (run.exit_code, result(run)) == (0, f"perhaps: {added}")


def test_a_peer_sends_packets_for_services_to_the_location_of_the_first_node_as_its_configuration_does(
    tmp_path: Path,
) -> None:
    nodes = [node("a", 1, "west"), node("b", 2, "east", internal_ip="10.2.0.2/24")]
    run = traced(tmp_path, "laptop", WEB, endpoint_slice(endpoint("10.42.1.9", "a")), nodes=nodes)
    added = has("peer/laptop", "10.96.0.80/32", "--services")
    assert (run.exit_code, result(run)) == (0, f"perhaps: {added}")
    file, options = str(tmp_path / "cluster.json"), ("-o", "wg-quick", "--services", "10.96.0.0/12")
    conf = kgctl("--from-file", file, "showconf", "peer", "laptop", "--dns", "none", *options).stdout
    assert [line for line in conf.splitlines() if "10.96.0.0/12" in line] == [
        "AllowedIPs = 10.42.1.0/24, 10.1.0.1/32, 10.4.0.2/32, 10.96.0.0/12"
    ]


def test_the_rules_name_what_only_the_configuration_of_a_peer_has(tmp_path: Path) -> None:
    run = traced(tmp_path, "laptop", WEB, endpoint_slice(ON_B), options=("--explain",))
    rules = [line.strip() for line in run.stdout.splitlines()]
    assert (
        "10.96.0.80/32 is for Services: complete configurations route it to the location of the first node by name"
        in rules
    )
    assert "peer/laptop accepts 10.96.0.80 from node/a if its configuration has 10.96.0.80/32" in rules
    assert "peer/laptop has no endpoint, so node/a waits until peer/laptop opens the tunnel" in rules


def test_a_service_without_endpoints_ends_at_kube_proxy(tmp_path: Path) -> None:
    run = traced(tmp_path, "a", WEB, endpoint_slice())
    assert f"{IP} is a Service: kube-proxy on node/a has no endpoint to send the packet to" in run.stdout


def test_a_peer_in_another_cluster_sends_to_the_leader_that_the_cluster_chose(tmp_path: Path) -> None:
    nodes = [node("a", 1), node("b", 2, "b", internal_ip="10.2.0.2/24")]
    edge = peer("edge-1", 9, allowedIPs=["10.43.0.0/24"], persistentKeepalive=25)
    edge["metadata"]["labels"] = {names.PEERING: "edge"}
    run = traced(tmp_path, "10.43.0.7", WEB, endpoint_slice(endpoint("10.42.1.9", "a")), edge, nodes=nodes)
    added = has("peer/edge-1", "10.96.0.80/32", "kgctl peering connect")
    assert (run.exit_code, result(run)) == (0, f"perhaps: {added}")
    local = service(internalTrafficPolicy="Local")
    run = traced(tmp_path, "10.43.0.7", local, endpoint_slice(ON_B), edge, nodes=nodes)
    assert (run.exit_code, result(run)) == (0, f"perhaps: {added.replace('node/a', 'node/b')}")
    run = traced(tmp_path, "10.43.0.7", WEB, endpoint_slice(), edge, nodes=nodes)
    assert (run.exit_code, result(run)) == (1, "no: the Service default/web has no ready endpoints")


def test_a_network_beside_a_location_that_declares_services_sends_to_its_leader(tmp_path: Path) -> None:
    declares = [node("a", 1, allowed_location_ips="10.9.0.0/24,10.96.0.0/12"), node("b", 2)]
    run = traced(tmp_path, "10.9.0.7", WEB, endpoint_slice(endpoint("10.42.1.9", "a")), nodes=declares)
    assert (run.exit_code, result(run)) == (0, "yes: the packet and its reply arrive")
    assert "Path from network/location:a (10.9.0.7) to 10.96.0.80" in run.stdout


def test_a_program_gets_the_endpoints(tmp_path: Path) -> None:
    run = traced(tmp_path, "a", WEB, endpoint_slice(ON_B), options=("-o", "json"))
    assert json.loads(run.stdout)["service"] == {
        "name": "default/web",
        "node": {"kind": "node", "name": "a"},
        "fault": None,
        "endpoints": [{"address": "10.42.2.9", "node": "b", "doubts": [], "fault": None}],
    }
    run = traced(tmp_path, "a", WEB, options=("-o", "json"))
    assert json.loads(run.stdout)["service"]["endpoints"] is None


def test_an_address_of_the_mesh_is_no_service(tmp_path: Path) -> None:
    taken = [node("a", 1), node("b", 2, pod_cidr="10.96.0.0/24")]
    run = traced(tmp_path, "a", WEB, nodes=taken)
    assert run.stdout.splitlines()[-1] == "yes: the packet and its reply arrive"
    assert claims.Kind.SERVICE not in run.stdout


def test_without_the_service_there_is_no_route(tmp_path: Path) -> None:
    run = traced(tmp_path, "a")
    assert (run.exit_code, run.stdout.splitlines()[-1]) == (1, f"no: node/a has no route through the mesh to {IP}")


def ending(address: str, on: str, **conditions: bool) -> Raw:
    return endpoint(address, on, **{"ready": False, "terminating": True, **conditions})


def local(*endpoints: Raw, **spec: Any) -> list[Raw]:
    return [service(internalTrafficPolicy="Local", **spec), endpoint_slice(*endpoints)]


@pytest.mark.parametrize(
    ("endpoints", "verdict"),
    [
        ([ON_B, ending("10.42.1.9", "a")], "yes"),  # the terminating one is the only one on its node
        ([ON_B, ending("10.42.1.9", "a", serving=True)], "yes"),
        ([ON_B, ending("10.42.1.9", "a", serving=False)], "no"),
        ([ending("10.42.2.9", "b")], "no"),
        ([ON_B, endpoint("10.42.1.9", "a", ready=False)], "no"),
    ],
)
def test_with_the_local_policy_each_node_falls_back_to_its_own_terminating_endpoints(
    tmp_path: Path, endpoints: list[Raw], verdict: str
) -> None:
    run = traced(tmp_path, "a", *local(*endpoints))
    assert result(run).partition(":")[0] == verdict
    if verdict == "yes":
        assert "  10.42.1.9 on node/a: yes" in run.stdout.splitlines()
        assert "10.42.2.9" not in run.stdout


def test_a_terminating_endpoint_without_the_condition_serving_still_serves(tmp_path: Path) -> None:
    assert result(traced(tmp_path, "a", WEB, endpoint_slice(ending("10.42.2.9", "b")))).startswith("yes")
    no = endpoint_slice(ending("10.42.2.9", "b", serving=False))
    assert result(traced(tmp_path, "a", WEB, no)) == "no: the Service default/web has no ready endpoints"


def hinted(address: str, on: str, **hints: str) -> Raw:
    names_of = {"zone": "forZones", "node": "forNodes"}
    return {**endpoint(address, on), "hints": {names_of[kind]: [{"name": name}] for kind, name in hints.items()}}


def zoned(name: str, number: int, zone: str) -> Raw:
    raw = node(name, number)
    raw["metadata"]["labels"] = {"topology.kubernetes.io/zone": zone}
    return raw


@pytest.mark.parametrize(
    ("endpoints", "chosen"),
    [
        ([hinted("10.42.1.9", "a", zone="z1"), hinted("10.42.2.9", "b", zone="z2")], ["10.42.1.9"]),
        ([hinted("10.42.1.9", "a", zone="z2"), hinted("10.42.2.9", "b", zone="z1")], ["10.42.2.9"]),
        ([hinted("10.42.1.9", "a", zone="z3"), hinted("10.42.2.9", "b", zone="z2")], ["10.42.1.9", "10.42.2.9"]),
        ([hinted("10.42.1.9", "a", zone="z1"), ON_B], ["10.42.1.9", "10.42.2.9"]),
        (
            [hinted("10.42.1.9", "a", zone="z1", node="b"), hinted("10.42.2.9", "b", zone="z1", node="a")],
            ["10.42.2.9"],
        ),
        (
            [hinted("10.42.1.9", "a", zone="z1", node="c"), hinted("10.42.2.9", "b", zone="z2", node="c")],
            ["10.42.1.9"],
        ),
        ([hinted("10.42.2.9", "b", zone="z1"), ending("10.42.1.9", "a")], ["10.42.2.9"]),
    ],
)
def test_kube_proxy_prefers_endpoints_with_a_hint_for_the_node_or_its_zone(
    tmp_path: Path, endpoints: list[Raw], chosen: list[str]
) -> None:
    nodes = [zoned("a", 1, "z1"), zoned("b", 2, "z2")]
    run = traced(tmp_path, "a", WEB, endpoint_slice(*endpoints), options=("-o", "json"), nodes=nodes)
    assert [one["address"] for one in json.loads(run.stdout)["service"]["endpoints"]] == chosen


def with_ports(slice_: Raw, name: str, *ports: str) -> Raw:
    slice_["metadata"]["name"] = name
    slice_["ports"] = [{"name": port, "port": 8080, "protocol": "TCP"} for port in ports]
    return slice_


PORTS = [{"name": "http", "port": 80}, {"name": "metrics", "port": 9000}]


def test_each_port_has_the_endpoints_of_the_slices_with_its_name(tmp_path: Path) -> None:
    web = service(ports=PORTS)
    http = with_ports(endpoint_slice(ON_B), "web-1", "http")
    both = with_ports(endpoint_slice(ON_B, endpoint("10.42.1.9", "a")), "web-2", "http", "metrics")
    assert result(traced(tmp_path, "a", web, both)).startswith("yes")
    assert result(traced(tmp_path, "a", web, http)) == (
        'perhaps: only if the port is not "metrics": the Service default/web has no ready endpoint for this port'
    )
    metrics = with_ports(endpoint_slice(endpoint("10.42.1.9", "a")), "web-2", "metrics")
    run = traced(tmp_path, "a", web, http, metrics)
    assert result(run).startswith("yes")
    assert run.stdout.count(": yes\n") == 2
    other = with_ports(endpoint_slice(ON_B), "web-1", "grpc")
    assert result(traced(tmp_path, "a", web, other)) == (
        "no: the Service default/web has no ready endpoints for its ports"
    )


def test_several_slices_may_name_an_endpoint_twice(tmp_path: Path) -> None:
    run = traced(tmp_path, "a", WEB, endpoint_slice(ON_B), with_ports(endpoint_slice(ON_B), "web-2", ""))
    assert run.stdout.count("10.42.2.9 on node/b: yes") == 1


def test_a_dual_stack_service_has_the_endpoints_of_the_version_of_each_address(tmp_path: Path) -> None:
    dual = service(clusterIPs=[IP, "fd96::80"])
    four, six = endpoint_slice(ON_B), endpoint_slice(endpoint("fd42:1::9", "a"), family="IPv6")
    assert "  10.42.2.9 on node/b: yes" in traced(tmp_path, "a", dual, four, six).stdout.splitlines()
    assert result(traced(tmp_path, "a", dual, six)) == "no: the Service default/web has no ready endpoints"


def test_a_service_without_an_address_is_none_that_a_packet_goes_to(tmp_path: Path) -> None:
    for spec in ({"clusterIP": "None"}, {"clusterIP": "", "type": "ExternalName", "externalName": "x.example"}):
        run = traced(tmp_path, "a", service(**spec), endpoint_slice(ON_B))
        assert (run.exit_code, result(run)) == (1, f"no: node/a has no route through the mesh to {IP}")


def external(*endpoints: Raw, **spec: Any) -> list[Raw]:
    return [service(clusterIP="10.96.0.9", externalIPs=[IP], **spec), endpoint_slice(*endpoints)]


def balanced(*endpoints: Raw, mode: str = "VIP", **spec: Any) -> list[Raw]:
    status = {"loadBalancer": {"ingress": [{"ip": IP, "ipMode": mode}]}}
    raw = {**service(clusterIP="10.96.0.9", type="LoadBalancer", **spec), "status": status}
    return [raw, endpoint_slice(*endpoints)]


DECLARES = [node("a", 1, allowed_location_ips="10.96.0.0/24"), node("b", 2, "b", internal_ip="10.2.0.2/24")]


@pytest.mark.parametrize("of", [external, balanced])
def test_an_external_ip_is_translated_by_the_first_node_which_replaces_the_source(tmp_path: Path, of: Any) -> None:
    """10.5.0.1 would be refused by b, as the test of a peer and a cluster IP shows."""
    run = traced(tmp_path, "laptop", *of(ON_B), nodes=DECLARES)
    assert (run.exit_code, result(run)) == (0, "yes: the packet and its reply arrive")
    for source in ("a", "10.42.1.7", "b"):
        assert result(traced(tmp_path, source, *of(ON_B), nodes=DECLARES)).startswith("yes")


@pytest.mark.parametrize("of", [external, balanced])
def test_with_the_local_policy_only_senders_outside_are_restricted_to_the_node(tmp_path: Path, of: Any) -> None:
    on_b = of(ON_B, externalTrafficPolicy="Local")
    run = traced(tmp_path, "laptop", *on_b, nodes=DECLARES)
    assert (run.exit_code, result(run)) == (
        1,
        "no: the Service default/web has no ready endpoint on node/a, and its externalTrafficPolicy is Local",
    )
    assert result(traced(tmp_path, "a", *on_b, nodes=DECLARES)).startswith("yes")
    assert result(traced(tmp_path, "10.42.1.7", *on_b, nodes=DECLARES)) == (
        "perhaps: only if kube-proxy on node/a knows the network of pods: "
        "otherwise, it uses only endpoints on node/a"
    )
    on_a = of(endpoint("10.42.1.9", "a"), ON_B, externalTrafficPolicy="Local")
    run = traced(tmp_path, "laptop", *on_a, nodes=DECLARES)
    assert result(run).startswith("yes")
    assert "10.42.2.9" not in run.stdout
    internal = of(ON_B, internalTrafficPolicy="Local")
    assert result(traced(tmp_path, "laptop", *internal, nodes=DECLARES)).startswith("yes")


def test_peers_reach_an_external_ip_only_by_an_allowed_ip(tmp_path: Path) -> None:
    run = traced(tmp_path, "laptop", *external(ON_B))
    why = "it is an external IP of the Service default/web, and no allowed IP has it"
    assert (run.exit_code, result(run)) == (1, f"no: peer/laptop has no route through the mesh to {IP}: {why}")


def test_a_load_balancer_may_accept_some_sources_and_its_address_may_not_be_for_nodes(tmp_path: Path) -> None:
    ranges: dict[str, Any] = {"loadBalancerSourceRanges": ["10.5.0.0/24", "nonsense"]}
    assert result(traced(tmp_path, "laptop", *balanced(ON_B, **ranges), nodes=DECLARES)).startswith("yes")
    run = traced(tmp_path, "10.42.1.7", *balanced(ON_B, **ranges), nodes=DECLARES)
    assert result(run) == "no: 10.42.1.7 is not in loadBalancerSourceRanges of the Service default/web"
    run = traced(tmp_path, "a", *balanced(ON_B, **ranges), nodes=DECLARES)
    assert result(run) == (
        "perhaps: only if node/a sends from an address in loadBalancerSourceRanges of the Service default/web"
    )
    run = traced(tmp_path, "a", *balanced(ON_B, mode="Proxy"))
    assert (run.exit_code, result(run)) == (1, f"no: node/a has no route through the mesh to {IP}")


def test_of_several_services_with_one_external_ip_the_port_decides(tmp_path: Path) -> None:
    first, slice_ = external(ON_B)
    second = {**service(clusterIP="10.96.0.10", externalIPs=[IP])}
    second["metadata"] = {"name": "api", "namespace": "default"}
    run = traced(tmp_path, "a", first, second, slice_)
    assert run.exit_code == 0
    shared = f"only if the port is one of the Service default/api: Service default/web also has the address {IP}"
    assert result(run).startswith(f"perhaps: {shared}; and only if node/a reaches a ready endpoint")


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    run = traced(tmp_path, "a", WEB)
    assert run.stderr.splitlines() == [
        "kgctl: note: kgctl does not know the endpoints of the Service default/web: no EndpointSlice in the file",
        (
            "hint: to also save Services: "
            "kubectl get nodes,peers.kilo.squat.ai,services,endpointslices -A -o yaml > cluster.yaml"
        ),
    ]
    assert traced(tmp_path, "a", WEB, endpoint_slice(ON_B)).stderr == ""

"""`kgctl peering mirror`: Services that Kubernetes takes, with the addresses of the other cluster."""

from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.peering.clusters import World, aws, edge

PORTS = [
    {"name": "http", "port": 80, "protocol": "TCP", "appProtocol": "http"},
    {"name": "dns", "port": 53, "protocol": "UDP"},
]


def service(name: str, **spec: Any) -> dict[str, Any]:
    return {
        "kind": "Service",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"ports": [{**port, "targetPort": 8080, "nodePort": 30000} for port in PORTS], **spec},
    }


def slice_of(name: str, *addresses: str, ready: bool | None = True) -> dict[str, Any]:
    return {
        "kind": "EndpointSlice",
        "metadata": {"name": f"{name}-x", "namespace": "shop", "labels": {"kubernetes.io/service-name": name}},
        "addressType": "IPv4",
        "endpoints": [
            {"addresses": ["10.42.1.99"], "conditions": {"ready": False}},
            *({"addresses": [address], "conditions": {"ready": ready}} for address in addresses),
        ],
        "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
    }


def world(*objects: dict[str, Any]) -> World:
    server = aws()
    server.objects += objects
    return World(aws=server, edge=edge())


def printed(found: World, *args: str) -> list[dict[str, Any]]:
    run = found.kgctl("mirror", "aws", "edge", *args)
    assert (run.exit_code, run.stderr) == (0, ""), run.output
    manifests = list(yaml.safe_load_all(run.stdout))
    for manifest in manifests:
        kubernetes_validate.validate(manifest, "1.32", strict=True)
    return manifests


def test_a_service_has_the_cluster_ip_of_the_other_cluster_and_the_ports_of_the_service() -> None:
    made, part = printed(world(service("web", clusterIP="10.43.0.7")), "shop/web")
    assert (made["metadata"]["name"], made["metadata"]["namespace"]) == ("web-aws", "shop")
    assert made["spec"] == {"ports": PORTS}
    assert part["metadata"]["labels"]["kubernetes.io/service-name"] == "web-aws"
    assert part["metadata"]["labels"]["endpointslice.kubernetes.io/managed-by"] == "kgctl"
    assert [one["addresses"] for one in part["endpoints"]] == [["10.43.0.7"]]
    assert part["ports"] == PORTS


def test_a_service_with_two_ip_versions_has_a_slice_for_each() -> None:
    both = service("web", clusterIP="10.43.0.7", clusterIPs=["10.43.0.7", "fd43::7"])
    _, first, second = printed(world(both), "shop/web")
    assert (first["addressType"], second["addressType"]) == ("IPv4", "IPv6")
    assert second["endpoints"][0]["addresses"] == ["fd43::7"]


def test_a_headless_service_has_the_addresses_of_its_pods_that_are_ready() -> None:
    objects = (
        service("db", clusterIP="None"),
        slice_of("db", "10.42.1.5", "10.42.2.5"),
        slice_of("web", "10.42.1.6"),
    )
    made, part = printed(world(*objects), "shop/db")
    assert made["spec"]["clusterIP"] == "None"
    assert [one["addresses"] for one in part["endpoints"]] == [["10.42.1.5"], ["10.42.2.5"]]
    assert part["ports"] == [{"name": "http", "port": 8080, "protocol": "TCP"}]


def test_several_services_are_printed_once_each() -> None:
    found = world(service("web", clusterIP="10.43.0.7"), service("api", clusterIP="10.43.0.8"))
    names = [one["metadata"]["name"] for one in printed(found, "shop/web", "shop/api", "shop/web")]
    assert names == ["web-aws", "web-aws-0", "api-aws", "api-aws-0"]


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("aws", "edge"), 2, "missing argument NAMESPACE/SERVICE"),
        (("aws", "edge", "web"), 2, '"web" is not NAMESPACE/SERVICE'),
        (("aws", "edge", "shop/web/x"), 2, "is not NAMESPACE/SERVICE"),
        (("aws", "edge", "shop/no"), 1, 'cluster "aws": Service "shop/no" not found'),
        (("aws", "edge", "shop/name"), 1, "has the type ExternalName"),
        (("aws", "edge", "shop/empty"), 1, "has no ports"),
        (("aws", "edge", f"shop/{'a' * 60}"), 1, "is too long for the name of a Service"),
    ],
)
def test_what_cannot_be_mirrored_is_one_error(args: tuple[str, ...], code: int, words: str) -> None:
    found = world(
        service("name", type="ExternalName", externalName="x.example.com"),
        service("empty", ports=None, clusterIP="10.43.0.9"),
        service("a" * 60, clusterIP="10.43.0.10"),
    )
    run = found.kgctl("mirror", *args)
    assert (run.exit_code, words in run.stderr, run.stdout) == (code, True, ""), run.output

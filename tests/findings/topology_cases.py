"""Cases of what is odd about the mesh as a whole."""

from kgctl_py.findings import Code
from tests.findings.cases import Case, File, P, also, mesh, peers, third
from tests.in_memory import Raw, node
from tests.kube.objects import kilo


def locations(count: int, subnet: str) -> File:
    """Return a mesh of so many locations, with WireGuard IPs in a subnet of so many bits."""
    nodes = (node(f"n{n}", n, f"l{n}", wireguard_ip=f"10.4.0.{n}/{subnet}") for n in range(1, count + 1))
    return File(tuple(nodes))


def in_both_versions(number: int, location: str, pod_cidr: str = "") -> Raw:
    """Return a node with a public IPv4 and a private IPv6 address."""
    return node(f"n{number}", number, location, internal_ip=f"fd00:1::{number}/64", pod_cidr=pod_cidr)


SIX = "[2001:db8::2]:51820"
CASES: dict[Code, Case] = {
    Code.ENDPOINT_VERSION: Case(
        (
            mesh(endpoint=SIX, internal_ip=None),
            third(endpoint=SIX, internal_ip="2001:db8::7/64"),
        ),
        (
            mesh(endpoint=SIX),  # its internal IP is IPv4, so it can connect to the others
            File((in_both_versions(1, "a"), node("n2", 2, "b", endpoint=SIX, internal_ip=None))),
            mesh(endpoint="two.example.com:51820", internal_ip=None),
            File(tuple(node(f"n{n}", n, f"l{n}", endpoint=f"[2001:db8::{n}]:51820") for n in (1, 2))),
            also(node("c", 3, "a", endpoint=SIX, internal_ip="2001:db8::2/64", wireguard_ip=None)),
        ),
    ),
    Code.IP_VERSION: Case(
        (
            mesh(internal_ip="fd00::2/64"),
            mesh(pod_cidr="fd42:2::/64"),
            File(tuple(node(f"n{n}", n, f"l{n}", pod_cidr=f"fd42:{n}::/64") for n in (1, 2))),
            third(location="b", internal_ip="fd00::2/64", wireguard_ip=None),
            mesh(endpoint=SIX, internal_ip="2001:db8::2/64"),  # no source of IPv4, since kg 0.7.0
            mesh(allowed_location_ips="10.9.0.0/24,fd00:9::/64"),
        ),
        (
            mesh(internal_ip=None),
            File((node("a", 1, internal_ip="fd00::1/64"),)),  # there is no other location
            third(endpoint="[fd00::2]:51820", internal_ip="10.1.0.2/24", wireguard_ip=None),
            File(
                tuple(
                    node(
                        f"n{n}",
                        n,
                        f"l{n}",
                        pod_cidr=f"fd42:{n}::/64",
                        wireguard_ip=f"fd00:4::{n}/64",
                        internal_ip=None,
                    )
                    for n in (1, 2)
                )
            ),
        ),
    ),
    Code.ENDPOINT_PRIVATE: Case(
        (
            mesh(endpoint="192.168.1.10:51820"),
            *(mesh(endpoint=f"{ip}:51820", persistent_keepalive="25") for ip in ("127.0.0.1", "224.0.0.1")),
        ),
        (
            mesh(endpoint="192.168.1.10:51820", persistent_keepalive="25"),
            File(tuple(node(f"n{n}", n, f"l{n}", endpoint=f"192.168.1.{n}:51820") for n in (1, 2))),
        ),
    ),
    Code.GRANULARITY: Case((mesh(granularity="full"),), (mesh(granularity=None), mesh(granularity="fully"))),
    Code.GRANULARITY_NONE: Case(
        (File((node("a", granularity=None), P)),),
        (mesh(granularity=None), File((node("a", granularity=None),), ("--mesh-granularity", "full"))),
    ),
    Code.GRANULARITY_UNKNOWN: Case(
        (mesh(granularity="zone"), File((node("a", granularity="zone"), P))),
        (mesh(granularity="full"), mesh(granularity="cross"), mesh(granularity=None)),
    ),
    Code.KG_GRANULARITY: Case((also(kilo("--mesh-granularity=full")),), (also(kilo()), also())),
    Code.SUBNET: Case((mesh(wireguard_ip="10.8.0.2/16"),), (mesh(wireguard_ip=None), mesh())),
    Code.SUBNET_NONE: Case((File((node("a", wireguard_ip=None),)),), (mesh(wireguard_ip=None),)),
    Code.KG_SUBNET: Case(
        (also(kilo("--subnet=10.8.0.0/16")),), (also(kilo("--subnet", "10.4.0.0/16")), also(kilo()))
    ),
    Code.SUBNET_FULL: Case((locations(6, "29"), locations(7, "29")), (locations(5, "29"), locations(8, "29"))),
    Code.SUBNET_EXHAUSTED: Case((locations(4, "30"),), (locations(3, "30"),)),
    Code.SUBNET_OVERLAP: Case(
        (
            mesh(pod_cidr="10.4.7.0/24"),
            mesh(pod_cidr="10.0.0.0/8"),
            mesh(internal_ip="10.4.0.9/24"),
            also(kilo("--service-cidr=10.4.128.0/17")),
        ),
        (mesh(pod_cidr="10.5.7.0/24"), mesh(internal_ip="10.3.0.9/24"), also(kilo("--service-cidr=10.5.0.0/16"))),
    ),
    Code.TOPOLOGY_LABEL: Case(
        (also(kilo("--topology-label=rack")), also(kilo(), options=("--topology-label", "rack"))),
        (also(kilo("--topology-label=rack"), options=("--topology-label", "rack")), also(kilo())),
    ),
    Code.LEADER_DRIFT: Case(
        (third(location="b"), mesh(wireguard_ip=None)),
        (third(location="b", wireguard_ip=None), File((node("a", wireguard_ip=None), P))),
    ),
    Code.WIREGUARD_IP_DRIFT: Case((mesh(wireguard_ip="10.4.0.9/16"),), (mesh(), mesh(wireguard_ip="10.8.0.9/16"))),
    Code.LEADER_PUBLIC: Case(
        (
            File((node("b", 2, endpoint="10.0.0.1:1", wireguard_ip=None), node("c", 1, endpoint="100.64.0.1:1"))),
            File((node("b", 2, endpoint="10.0.0.1:1", wireguard_ip=None), node("c", 1, endpoint="[fd12::1]:1"))),
        ),
        (
            File((node("b", 2, endpoint="10.0.0.1:1", wireguard_ip=None), node("c", 1))),
            mesh(endpoint="100.64.0.1:1"),
        ),
    ),
    Code.ENDPOINT_TWICE: Case(
        (mesh(endpoint="203.0.113.1:51820"),),
        (
            mesh(endpoint="203.0.113.1:51821"),
            third(location="a", endpoint="203.0.113.1:51820", wireguard_ip=None),
        ),
    ),
    Code.LOCIP_CLASH: Case(
        (
            File(
                (
                    node("a", 1, "a", allowed_location_ips="10.9.0.0/24"),
                    node("b", 2, "b", allowed_location_ips="10.9.0.7/32"),
                )
            ),
        ),
        (
            File(
                (
                    node("a", 1, "a", allowed_location_ips="10.9.0.0/24"),
                    node("b", 2, "a", allowed_location_ips="10.9.0.0/24"),
                )
            ),
        ),
    ),
    Code.LOCIP_ROUTED: Case(
        (mesh(allowed_location_ips="10.42.1.0/25"), mesh(allowed_location_ips="10.4.0.2/32")),
        (mesh(allowed_location_ips="10.43.1.0/25"), mesh(allowed_location_ips="10.5.0.0/24")),
    ),
    Code.LOCIP_PEER: Case(
        (mesh(allowed_location_ips="10.5.0.0/24"),), (mesh(allowed_location_ips="10.5.1.0/24"),)
    ),
    Code.LOOP: Case(
        (mesh(endpoint="10.1.0.2:51820"), peers(allowedIPs=["203.0.113.0/24"])),
        (mesh(endpoint="10.1.0.2:51820", peers=()), peers(allowedIPs=["203.0.112.0/24"])),
    ),
}

"""How cost grows with the mesh: `pytest tests/bench --benchmark-only -n 0`."""

import functools
from collections import deque

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from kgctl_py.mesh.build_with_agreed_settings import agreed_subnet
from kgctl_py.mesh.member_configurations import peer_conf
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.graph.go_kgctl_dot import dot
from kgctl_py.render.wireguard_conf import wireguard_conf
from tests.in_memory import Cluster, node, peer

PEERS = 200


@functools.cache
def mesh(nodes: int, locations: int) -> Mesh:
    """So many nodes, each tenth with an allowed location IP of its own."""
    return Cluster(
        [
            node(
                f"node-{n}",
                location=f"location-{n % locations}",
                pod_cidr=f"10.{100 + n // 256}.{n % 256}.0/24",
                endpoint=f"203.{n // 62500}.{n // 250 % 250}.{n % 250}:51820",
                internal_ip=f"10.{n // 62500}.{n // 250 % 250}.{n % 250}/8",
                allowed_location_ips=None if n % 10 else f"172.{16 + n // 65536}.{n // 256 % 256}.{n % 256}/32",
            )
            for n in range(nodes)
        ],
        [peer(f"peer-{n}", allowedIPs=[f"192.168.{n}.0/24"]) for n in range(PEERS)],
    ).mesh()


def topology(nodes: int, granularity: Granularity, locations: int = 20) -> Topology:
    read = mesh(nodes, locations)
    return Topology.build(
        nodes=read.ready_nodes, peers=read.ready_peers, granularity=granularity, subnet=agreed_subnet(read)
    )


@pytest.mark.parametrize("granularity", Granularity)
@pytest.mark.parametrize("nodes", [100, 1000, 8000])
def test_topology(benchmark: BenchmarkFixture, nodes: int, granularity: Granularity) -> None:
    mesh(nodes, 20)
    built = benchmark(topology, nodes, granularity)
    assert sum(len(segment.nodes) for segment in built.segments) == nodes


@pytest.mark.parametrize("granularity", Granularity)
@pytest.mark.parametrize("nodes", [100, 1000, 8000])
def test_showconf(benchmark: BenchmarkFixture, nodes: int, granularity: Granularity) -> None:
    built = topology(nodes, granularity)
    text = benchmark(lambda: wireguard_conf(peer_conf(built, "peer-7")))
    assert text.count("[Peer]") == len(built.segments) + PEERS - 1


@pytest.mark.parametrize(
    ("nodes", "granularity"),
    [(100, Granularity.FULL), (1000, Granularity.FULL), (8000, Granularity.LOCATION)],
)
def test_graph(benchmark: BenchmarkFixture, nodes: int, granularity: Granularity) -> None:
    built = topology(nodes, granularity)
    benchmark(lambda: deque(dot(built), maxlen=0))
    assert len(built.segments) == (nodes if granularity is Granularity.FULL else 20)

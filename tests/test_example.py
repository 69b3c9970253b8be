"""The example cluster is what the documentation says it is, and nothing in it is odd."""

import pytest

from kgctl_py.cluster.saved.snapshot import Snapshot
from kgctl_py.mesh.nodes_and_peers import Mesh
from tests.cli.kgctl import kgctl
from tests.in_memory import EXAMPLE


@pytest.fixture(scope="module")
def mesh() -> Mesh:
    return Snapshot([str(EXAMPLE)]).mesh()


def test_it_has_three_locations_eight_nodes_and_four_peers(mesh: Mesh) -> None:
    assert (len(mesh.nodes), len(mesh.ready_peers)) == (8, 4)
    assert {node.location for node in mesh.nodes} == {"berlin", "home", "paris"}
    assert {node.name for node in mesh.nodes} - {node.name for node in mesh.ready_nodes} == {"berlin-4"}
    assert {str(node.endpoint) for node in mesh.nodes} >= {"paris.example.com:51820", "[2001:db8:2::23]:51820"}


def test_the_node_behind_nat_is_called_where_it_was_seen() -> None:
    run = kgctl("--from-file", str(EXAMPLE), "showconf", "peer", "laptop")
    assert (
        "AllowedIPs = 10.42.5.0/24, 192.168.1.10/32, 10.4.0.2/32\nEndpoint = 198.51.100.77:40312\n" in run.stdout
    )


@pytest.mark.parametrize("granularity", ["auto", "full"])
def test_no_command_finds_anything_odd_in_it(mesh: Mesh, granularity: str) -> None:
    leaders = (
        ["berlin-1", "home-1", "paris-1"] if granularity == "auto" else [node.name for node in mesh.ready_nodes]
    )
    commands = [
        ("graph",),
        *(("showconf", "node", name) for name in leaders),
        *(("showconf", "peer", peer.name) for peer in mesh.peers),
    ]
    for command in commands:
        run = kgctl("--from-file", str(EXAMPLE), "--mesh-granularity", granularity, *command)
        assert (run.exit_code, run.stderr) == (0, ""), command
        assert run.stdout

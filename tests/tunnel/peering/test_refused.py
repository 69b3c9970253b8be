"""What cannot be joined is refused, and nothing is written."""

from collections.abc import Callable

import pytest

from tests.tunnel.peering.mesh import Mesh

pytestmark = pytest.mark.slow

Spoil = Callable[[Mesh, Mesh], None]


def same_kilo_subnet(aws: Mesh, edge: Mesh) -> None:
    edge.node(1).wireguard_ip = aws.node(1).wireguard_ip


def same_key(aws: Mesh, edge: Mesh) -> None:
    edge.node(2).key = aws.node(2).key

"""A finding about two nodes with the same addresses names what each of them has, and how to change it."""

import pytest

from kgctl_py import names
from kgctl_py.findings.rules.clashes import nodes_overlap
from tests.in_memory import Cluster, Raw, node


@pytest.mark.parametrize(
    ("second", "clash", "fix"),
    [
        (
            node("b", 2, "b", pod_cidr="10.42.0.0/16"),
            'pod CIDR 10.42.0.0/16 overlaps the pod CIDR 10.42.1.0/24 of node "a"',
            "create the Node again",
        ),
        (
            node("b", 2, "b", internal_ip="10.1.0.1/16"),
            'internal IP 10.1.0.1/32 overlaps the internal IP 10.1.0.1/32 of node "a"',
            names.FORCE_INTERNAL_IP,
        ),
    ],
)
def test_an_overlap_of_nodes_names_both_networks_and_a_fix_for_this_kind(
    second: Raw, clash: str, fix: str
) -> None:
    [finding] = nodes_overlap(Cluster([node("a"), second]).mesh().nodes)
    assert finding.message == f"its {clash}, so only one of them is reachable"
    assert fix in finding.advice

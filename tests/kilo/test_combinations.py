"""What goes together: what Kilo ships, what is composed, and what is refused with the reason."""

import pytest

from kgctl_py.errors import UsageError
from kgctl_py.kilo.install import supported_choices
from kgctl_py.kilo.install.installation import Cni, Distribution, Installation, Part, WireGuard
from kgctl_py.mesh.address import parse_cidr
from kgctl_py.render.kilo_manifests import manifests
from tests.kilo.installations import ALL, POSSIBLE, name

KUBEADM_CILIUM = Installation(cni=Cni.CILIUM, namespace="vpn")


def test_all_that_kilo_ships_is_possible() -> None:
    shipped = [installation for installation in POSSIBLE if supported_choices.shipped_as(installation)]
    assert len(shipped) == len(supported_choices.SHIPPED) == 14


def test_only_heterogeneous_wireguard_elsewhere_than_on_k3s_with_kilo_as_cni_is_refused() -> None:
    refused = {name(one) for one in ALL} - {name(one) for one in POSSIBLE}
    assert len(refused) == 11
    assert all(one.endswith("-heterogeneous") for one in refused)


@pytest.mark.parametrize("installation", POSSIBLE, ids=name)
def test_the_manifest_says_whether_kilo_ships_it(installation: Installation) -> None:
    text = manifests(installation)[Part.DAEMONSET]
    shipped = supported_choices.shipped_as(installation)
    assert (f"# Kilo ships this combination as manifests/{shipped}.\n" in text) == bool(shipped)
    assert ("# Kilo does not ship this combination" in text) == (not shipped)


@pytest.mark.parametrize(
    ("installation", "reason"),
    [
        (Installation(wireguard=WireGuard.HETEROGENEOUS), "only with --distribution k3s and --cni kilo"),
        (Installation(namespace="vpn"), 'needs the ConfigMap "kube-proxy" of kube-system'),
        (Installation(distribution=Distribution.TYPHOON, namespace="vpn"), '"kubeconfig-in-cluster"'),
        (
            Installation(subnet=parse_cidr("10.100.0.0/16"), service_cidrs=(parse_cidr("10.96.0.0/12"),)),
            'the Kilo subnet "10.100.0.0/16" is already in use: 10.96.0.0/12 is a Service CIDR',
        ),
        (
            Installation(service_cidrs=(parse_cidr("10.0.0.0/8"),)),
            'the Kilo subnet "10.4.0.0/16" is already in use',
        ),
    ],
    ids=("heterogeneous", "namespace on kubeadm", "namespace on typhoon", "overlap", "overlap of the default"),
)
def test_what_kilo_cannot_do_is_refused_with_the_reason(installation: Installation, reason: str) -> None:
    with pytest.raises(UsageError) as refusal:
        manifests(installation)
    assert reason in refusal.value.message
    assert refusal.value.hint


@pytest.mark.parametrize(
    "installation",
    [
        Installation(distribution=Distribution.K3S, namespace="vpn"),
        Installation(distribution=Distribution.BOOTKUBE, namespace="vpn"),
        KUBEADM_CILIUM,
    ],
    ids=name,
)
def test_a_namespace_of_ones_own_is_made_where_no_config_map_is_mounted(installation: Installation) -> None:
    parts = manifests(installation)
    assert "kind: Namespace\nmetadata:\n  name: vpn\n" in parts[Part.RBAC]
    assert "kube-system" not in parts[Part.DAEMONSET] + parts[Part.RBAC]

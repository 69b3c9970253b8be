"""The combinations of choices that Kilo ships, and those that kgctl refuses."""

from collections.abc import Mapping

from kgctl_py.errors import UsageError
from kgctl_py.kilo.install.installation import SYSTEM, Cni, Distribution, Installation, WireGuard
from kgctl_py.mesh import free_address
from kgctl_py.mesh.address import DEFAULT_SUBNET

_KUBEADM, _K3S, _TYPHOON, _BOOTKUBE = Distribution
_FLANNEL, _KILO, _CILIUM = Cni
_KERNEL, _USERSPACE, _HETEROGENEOUS = WireGuard

SHIPPED: Mapping[tuple[Distribution, Cni, WireGuard], str] = {
    (_KUBEADM, _KILO, _KERNEL): "kilo-kubeadm.yaml",
    (_KUBEADM, _KILO, _USERSPACE): "kilo-kubeadm-userspace.yaml",
    (_KUBEADM, _FLANNEL, _KERNEL): "kilo-kubeadm-flannel.yaml",
    (_KUBEADM, _FLANNEL, _USERSPACE): "kilo-kubeadm-flannel-userspace.yaml",
    (_KUBEADM, _CILIUM, _KERNEL): "kilo-kubeadm-cilium.yaml",
    (_K3S, _KILO, _KERNEL): "kilo-k3s.yaml",
    (_K3S, _KILO, _USERSPACE): "kilo-k3s-userspace.yaml",
    (_K3S, _KILO, _HETEROGENEOUS): "kilo-k3s-userspace-heterogeneous.yaml",
    (_K3S, _FLANNEL, _KERNEL): "kilo-k3s-flannel.yaml",
    (_K3S, _CILIUM, _KERNEL): "kilo-k3s-cilium.yaml",
    (_TYPHOON, _KILO, _KERNEL): "kilo-typhoon.yaml",
    (_TYPHOON, _FLANNEL, _KERNEL): "kilo-typhoon-flannel.yaml",
    (_BOOTKUBE, _KILO, _KERNEL): "kilo-bootkube.yaml",
    (_BOOTKUBE, _FLANNEL, _KERNEL): "kilo-bootkube-flannel.yaml",
}
"""The manifests that Kilo ships, by combination (kilo manifests/)."""


def shipped_as(installation: Installation) -> str:
    """Return the name of Kilo's own manifest of this combination; empty if Kilo does not ship it."""
    return SHIPPED.get((installation.distribution, installation.cni, installation.wireguard), "")


def borrowed_config_map(installation: Installation) -> str:
    """Return the name of the ConfigMap in kube-system with a kubeconfig; empty if it does not exist."""
    if installation.distribution is Distribution.KUBEADM and installation.cni is not Cni.CILIUM:
        return "kube-proxy"  # Cilium can replace kube-proxy
    return "kubeconfig-in-cluster" if installation.distribution is Distribution.TYPHOON else ""


def check(installation: Installation) -> None:
    """Raise UsageError for a combination that Kilo does not support."""
    _check_heterogeneous(installation)
    _check_namespace(installation)
    _check_networks(installation)


def _check_heterogeneous(installation: Installation) -> None:
    chosen = (installation.distribution, installation.cni)
    if installation.wireguard is WireGuard.HETEROGENEOUS and chosen != (Distribution.K3S, Cni.KILO):
        raise UsageError(
            "--wireguard heterogeneous works only with --distribution k3s and --cni kilo",
            hint="to run WireGuard in userspace on every node, use --wireguard userspace",
        )


def _check_namespace(installation: Installation) -> None:
    config_map = borrowed_config_map(installation)
    if config_map and installation.namespace != SYSTEM:
        raise UsageError(
            f'--namespace "{installation.namespace}" does not work here: '
            f'the agent needs the ConfigMap "{config_map}" of {SYSTEM}',
            hint="leave out --namespace",
        )


def _check_networks(installation: Installation) -> None:
    subnet = installation.subnet or DEFAULT_SUBNET
    holder = free_address.holder(subnet, dict.fromkeys(installation.service_cidrs, "a Service CIDR"))
    if holder:
        raise UsageError(
            f'the Kilo subnet "{subnet}" is already in use: {holder}',
            hint="choose a --subnet that nothing in the cluster uses",
        )

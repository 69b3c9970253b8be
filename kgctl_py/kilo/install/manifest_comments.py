"""Comments in the manifests: their purpose, and whether Kilo ships them."""

from kgctl_py.kilo.install.installation import Cni, Installation, WireGuard
from kgctl_py.kilo.install.supported_choices import shipped_as

NKML = "Labels each node with whether its kernel supports WireGuard, so that each agent runs on the right nodes."

_CNI = {
    Cni.KILO: "Kilo is the CNI of the cluster",
    Cni.FLANNEL: "Flannel is the CNI of the cluster, and Kilo connects locations",
    Cni.CILIUM: "Cilium is the CNI of the cluster, and Kilo connects locations",
}
_WIREGUARD = {
    WireGuard.KERNEL: "WireGuard in the kernel",
    WireGuard.USERSPACE: "WireGuard in userspace, in a process beside the agent",
    WireGuard.HETEROGENEOUS: "WireGuard in the kernel of nodes that support it, and in userspace on the others",
}
_KERNEL = {
    "true": "For nodes whose kernel supports WireGuard.",
    "false": "For nodes whose kernel does not support WireGuard.",
}


def origin(installation: Installation) -> tuple[str, ...]:
    """Return what is deployed, and which manifest of Kilo deploys the same."""
    what = f"Kilo for {installation.distribution}: {_CNI[installation.cni]}; {_WIREGUARD[installation.wireguard]}."
    shipped = shipped_as(installation)
    if shipped:
        return what, f"Kilo ships this combination as manifests/{shipped}."
    return (
        what,
        "Kilo does not ship this combination. kgctl composed it from parts that Kilo ships. Test it first.",
    )


def agent(kernel: str) -> str:
    """Return on which nodes an agent runs: those whose label has the value `kernel`, or all."""
    return _KERNEL.get(kernel, "Kilo's agent, on every node.")

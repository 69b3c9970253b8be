"""Comments in the manifests: their purpose, and whether Kilo ships them."""

from kgctl_py.kilo.install.installation import Cni, Installation, WireGuard
from kgctl_py.kilo.install.supported_choices import shipped_as

NKML = "Tells the two agents apart: labels each node with whether its kernel has WireGuard."

_CNI = {
    Cni.KILO: "Kilo is the cluster's CNI",
    Cni.FLANNEL: "Flannel is the cluster's CNI, and Kilo joins locations",
    Cni.CILIUM: "Cilium is the cluster's CNI, and Kilo joins locations",
}
_WIREGUARD = {
    WireGuard.KERNEL: "WireGuard in the kernel",
    WireGuard.USERSPACE: "WireGuard in a process beside the agent",
    WireGuard.HETEROGENEOUS: "WireGuard in the kernel of the nodes that have it, in a process on the others",
}
_KERNEL = {
    "true": "For nodes with WireGuard in their kernel.",
    "false": "For nodes without WireGuard in their kernel.",
}


def origin(installation: Installation) -> tuple[str, ...]:
    """Return what is deployed, and which manifest of Kilo deploys the same."""
    what = f"Kilo for {installation.distribution}: {_CNI[installation.cni]}; {_WIREGUARD[installation.wireguard]}."
    shipped = shipped_as(installation)
    if shipped:
        return what, f"Kilo ships this combination as manifests/{shipped}."
    return (
        what,
        "Kilo does not ship this combination: kgctl composed it of parts that Kilo ships. Try it out first.",
    )


def agent(kernel: str) -> str:
    """Return on which nodes an agent runs: those whose label has the value `kernel`, or all."""
    return _KERNEL.get(kernel, "Kilo's agent, on every node.")

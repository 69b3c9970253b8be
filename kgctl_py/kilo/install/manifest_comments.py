"""Comments in the manifests: their purpose, and whether Kilo ships them."""

from kgctl_py.kilo.install.installation import Cni, Installation, WireGuard
from kgctl_py.kilo.install.supported_choices import shipped_as

NKML = "Labels each node with whether its kernel supports WireGuard. The agents select nodes by this label."

_CNI = {
    Cni.KILO: "Kilo is the CNI plugin",
    Cni.FLANNEL: "Flannel is the CNI plugin, and Kilo connects locations",
    Cni.CILIUM: "Cilium is the CNI plugin, and Kilo connects locations",
}
_WIREGUARD = {
    WireGuard.KERNEL: "WireGuard runs in the kernel",
    WireGuard.USERSPACE: "WireGuard runs in userspace, in a container next to the agent",
    WireGuard.HETEROGENEOUS: "WireGuard runs in the kernel if possible, and in userspace otherwise",
}
_KERNEL = {
    "true": "The agent for nodes whose kernel supports WireGuard.",
    "false": "The agent for nodes whose kernel does not support WireGuard.",
}


def origin(installation: Installation) -> tuple[str, ...]:
    """Return what is deployed, and which manifest of Kilo deploys the same."""
    what = f"Kilo for {installation.distribution}: {_CNI[installation.cni]}; {_WIREGUARD[installation.wireguard]}."
    shipped = shipped_as(installation)
    if shipped:
        return what, f"Kilo ships this combination as manifests/{shipped}."
    return (
        what,
        "Kilo does not ship this combination: kgctl composed it from parts of others. Test it before you use it.",
    )


def agent(kernel: str) -> str:
    """Return on which nodes an agent runs: those whose label has the value `kernel`, or all."""
    return _KERNEL.get(kernel, "The agent, on every node.")

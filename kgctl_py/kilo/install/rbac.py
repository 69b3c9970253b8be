"""RBAC: the ClusterRoles of Kilo's agent and of people who use kgctl."""

from kgctl_py.kilo.install.installation import SYSTEM, Installation, WireGuard
from kgctl_py.value import Value, replace

_IN_EVERY_CLUSTER = (SYSTEM, "default", "kube-public", "kube-node-lease")
_READ = ("get", "list", "watch")


class Rule(Value, frozen=True, kw_only=True):
    """A rule of a ClusterRole; `names` restricts it to objects of these names."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    names: tuple[str, ...] = ()


class ClusterRole(Value, frozen=True, kw_only=True):
    """A ClusterRole, and a note on its purpose."""

    name: str
    note: str
    rules: tuple[Rule, ...]


_PEERS = Rule(group="kilo.squat.ai", resources=("peers",), verbs=_READ)
_NETWORKS = (
    Rule(group="", resources=("nodes",), verbs=_READ),
    Rule(group="", resources=("services",), verbs=("list",)),
    Rule(
        group="",
        resources=("configmaps",),
        verbs=("list",),
        names=("kubeadm-config", "coredns", "rke2-coredns-rke2-coredns", "cilium-config"),
    ),
    Rule(group="apps", resources=("daemonsets",), verbs=("list",)),
    Rule(group="networking.k8s.io", resources=("servicecidrs",), verbs=("list",)),
    Rule(group="discovery.k8s.io", resources=("endpointslices",), verbs=("list",)),
    Rule(group="", resources=("namespaces",), verbs=("list",), names=(SYSTEM,)),
)
"""What `info`, `trace`, `peering`, and the value `auto` of options read, except Pods, which can have secrets."""

USERS = (
    ClusterRole(
        name="kgctl-view",
        note="For users who inspect the mesh. A user who can read Peers can also read their preshared keys.",
        rules=(_PEERS, *_NETWORKS),
    ),
    ClusterRole(
        name="kgctl-edit",
        note="For users who also add, change, and remove Peers.",
        rules=(
            replace(_PEERS, verbs=(*_READ, "create", "update", "patch", "delete")),
            *_NETWORKS,
        ),
    ),
)


def agent(installation: Installation) -> ClusterRole:
    """Return the role of Kilo's agent, which nkml also uses."""
    gets = ("get",) if installation.wireguard is WireGuard.HETEROGENEOUS else ()
    return ClusterRole(
        name="kilo",
        note="For the agent, which sets annotations of its node, and reads the annotations of the other nodes.",
        rules=(
            Rule(group="", resources=("nodes",), verbs=(*gets, "list", "patch", "watch")),
            Rule(group="kilo.squat.ai", resources=("peers",), verbs=("list", "watch")),
            Rule(group="apiextensions.k8s.io", resources=("customresourcedefinitions",), verbs=("get",)),
        ),
    )


def own_namespaces(installation: Installation) -> tuple[str, ...]:
    """Return the namespace to create for the agent, if any; some namespaces exist in every cluster."""
    return () if installation.namespace in _IN_EVERY_CLUSTER else (installation.namespace,)

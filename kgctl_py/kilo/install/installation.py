"""An installation of Kilo: the choices that determine its manifests."""

import enum

from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.value import Value

SYSTEM = "kube-system"
IMAGE = "squat/kilo:0.7.0"
WIREGUARD_IMAGE = "ghcr.io/masipcat/wireguard-go-docker:0.0.20230223"
"""The image with wireguard-go in Kilo's own manifests; Kilo does not publish one."""


class Distribution(enum.StrEnum):
    """The distribution of Kubernetes, which determines the paths of the kubeconfig and the CNI folder."""

    KUBEADM = "kubeadm"
    K3S = "k3s"
    TYPHOON = "typhoon"
    BOOTKUBE = "bootkube"


class Cni(enum.StrEnum):
    """The CNI plugin of pods within a location; Kilo is an add-on to another plugin, or the plugin itself."""

    FLANNEL = "flannel"
    KILO = "kilo"
    CILIUM = "cilium"


class WireGuard(enum.StrEnum):
    """Where WireGuard runs: in the kernel, in a process beside the agent, or in either by node."""

    KERNEL = "kernel"
    USERSPACE = "userspace"
    HETEROGENEOUS = "heterogeneous"


class Part(enum.StrEnum):
    """The parts of the manifests, in the order in which they are applied."""

    CRDS = "crds"
    RBAC = "rbac"
    DAEMONSET = "daemonset"
    USERS = "users"
    PEER_VALIDATION = "peer-validation"
    MONITORING = "monitoring"


class Installation(Value, frozen=True, kw_only=True):
    """An installation of Kilo; None and empty values stand for the defaults of Kilo."""

    distribution: Distribution = Distribution.KUBEADM
    cni: Cni = Cni.FLANNEL
    wireguard: WireGuard = WireGuard.KERNEL
    namespace: str = SYSTEM
    image: str = IMAGE
    wireguard_image: str = WIREGUARD_IMAGE
    subnet: IPInterface | None = None
    service_cidrs: tuple[IPInterface, ...] = ()
    mtu: int | None = None
    """In bytes."""
    port: int | None = None
    granularity: Granularity | None = None
    topology_label: str = ""
    peer_validation: bool = False
    monitoring: bool = False
    self_service: str = ""
    """The group whose members manage peers of their own."""
    self_service_pool: IPInterface | None = None
    cel: bool = True
    """Whether the API server supports CEL rules in a CRD, as it does since Kubernetes 1.25."""

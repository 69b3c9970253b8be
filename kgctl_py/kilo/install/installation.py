"""What a person chooses when Kilo is installed, as one value."""

import enum

from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.model import Granularity
from kgctl_py.value import Value

SYSTEM = "kube-system"
IMAGE = "squat/kilo:0.7.0"
WIREGUARD_IMAGE = "masipcat/wireguard-go:latest"
"""Kilo publishes no image with wireguard-go in it; this one has it, as any other may."""


class Distribution(enum.StrEnum):
    """How the cluster was made, which decides where Kilo's agent finds a kubeconfig and the CNI's folder."""

    KUBEADM = "kubeadm"
    K3S = "k3s"
    TYPHOON = "typhoon"
    BOOTKUBE = "bootkube"


class Cni(enum.StrEnum):
    """Who gives pods their network within a location: another CNI plugin, to which Kilo is an add-on, or Kilo."""

    FLANNEL = "flannel"
    KILO = "kilo"
    CILIUM = "cilium"


class WireGuard(enum.StrEnum):
    """Where WireGuard runs: in the kernel, in a process beside the agent, or on each node as it can."""

    KERNEL = "kernel"
    USERSPACE = "userspace"
    HETEROGENEOUS = "heterogeneous"


class Part(enum.StrEnum):
    """A part of what is applied, in the order in which that is done."""

    CRDS = "crds"
    RBAC = "rbac"
    DAEMONSET = "daemonset"
    USERS = "users"
    PEER_VALIDATION = "peer-validation"
    MONITORING = "monitoring"


class Installation(Value, frozen=True, kw_only=True):
    """An installation of Kilo; what is None or empty is left to Kilo's own defaults."""

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
    cel: bool = True
    """Whether the API server knows CEL rules in a CRD, as it does since Kubernetes 1.25."""

"""The options of an installation of Kilo, for `manifests` and `init`."""

import re
from typing import Annotated

import typer

from kgctl_py import names
from kgctl_py.cli.options.list_values import networks
from kgctl_py.cluster.open import Options
from kgctl_py.errors import UsageError
from kgctl_py.kilo.install.installation import (
    IMAGE,
    SYSTEM,
    WIREGUARD_IMAGE,
    Cni,
    Distribution,
    Installation,
    WireGuard,
)
from kgctl_py.mesh.address import IPInterface, masked
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.value import Value

_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_NAMESPACE = re.compile(_LABEL)
_IMAGE = re.compile(r"[a-z0-9][\w./:@-]*\w", re.ASCII)
_NODE_LABEL = re.compile(r"([a-z0-9][-a-z0-9.]{0,252}/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?", re.ASCII)


class InstallationOptions(Value, frozen=True, kw_only=True):
    """The options of an installation, as given."""

    distribution: Annotated[Distribution, typer.Option(help="Distribution of the cluster")] = Distribution.KUBEADM
    cni: Annotated[Cni, typer.Option(help="CNI plugin of the cluster; kilo makes Kilo the CNI plugin")] = (
        Cni.FLANNEL
    )
    wireguard: Annotated[
        WireGuard,
        typer.Option(
            help="Where WireGuard runs; heterogeneous uses userspace only on nodes whose kernel lacks WireGuard, "
            "and needs --distribution k3s and --cni kilo"
        ),
    ] = WireGuard.KERNEL
    subnet: Annotated[
        str | None, typer.Option(metavar="CIDR", help="Network of the WireGuard interfaces (default 10.4.0.0/16)")
    ] = None
    service_cidr: Annotated[
        list[str],
        typer.Option(metavar="CIDR,...", help="Service CIDRs, which Kilo excludes from NAT (default none)"),
    ]
    mtu: Annotated[
        int | None,
        typer.Option(
            min=576,
            max=65535,
            metavar="N",
            help="MTU of the WireGuard interfaces (default the one that Kilo detects)",
        ),
    ] = None
    image: Annotated[str, typer.Option(metavar="IMAGE", help="Image of Kilo")] = IMAGE
    wireguard_image: Annotated[
        str, typer.Option(metavar="IMAGE", help="Image of wireguard-go, for WireGuard in userspace")
    ] = WIREGUARD_IMAGE
    namespace: Annotated[str, typer.Option(metavar="NAMESPACE", help="Namespace of Kilo")] = SYSTEM
    peer_validation: Annotated[
        bool, typer.Option("--peer-validation", help="Add Kilo's webhook that validates Peers")
    ] = False
    monitoring: Annotated[
        bool, typer.Option("--monitoring", help="Add a PodMonitor for the Prometheus Operator")
    ] = False
    no_cel: Annotated[bool, typer.Option("--no-cel", help="Leave out CEL rules, for Kubernetes before 1.25")] = (
        False
    )

    def installation(self, stated: Options) -> Installation:
        """Return the installation; raise UsageError for an invalid value."""
        _check("--namespace", self.namespace, _NAMESPACE, "not a valid namespace")
        _check("--image", self.image, _IMAGE, "not a valid image name")
        _check("--wireguard-image", self.wireguard_image, _IMAGE, "not a valid image name")
        if self.wireguard is WireGuard.KERNEL and self.wireguard_image != WIREGUARD_IMAGE:
            raise UsageError(
                "--wireguard-image needs --wireguard userspace or heterogeneous", hint="add --wireguard userspace"
            )
        _check("--topology-label", stated.topology_label, _NODE_LABEL, "not a valid label name")
        if stated.granularity is Granularity.CROSS:
            raise UsageError(
                "no released kg supports --mesh-granularity cross",
                hint="use --mesh-granularity location, or full",
            )
        return Installation(
            distribution=self.distribution,
            cni=self.cni,
            wireguard=self.wireguard,
            namespace=self.namespace,
            image=self.image,
            wireguard_image=self.wireguard_image,
            subnet=_network("--subnet", self.subnet) if self.subnet is not None else None,
            service_cidrs=tuple(cidr for text in self.service_cidr for cidr in _networks("--service-cidr", text)),
            mtu=self.mtu,
            port=stated.port,
            granularity=stated.granularity,
            topology_label=stated.topology_label if stated.topology_label != names.TOPOLOGY_LABEL else "",
            peer_validation=self.peer_validation,
            monitoring=self.monitoring,
            cel=not self.no_cel,
        )


def _check(option: str, text: str, pattern: re.Pattern[str], what: str) -> None:
    if not pattern.fullmatch(text):
        raise UsageError(f'{option} "{text}" is {what}')


def _network(option: str, text: str) -> IPInterface:
    read = _networks(option, text)
    if len(read) > 1:
        raise UsageError(f'{option} "{text}" is more than one network', hint="give one network")
    return read[0]


def _networks(option: str, text: str) -> tuple[IPInterface, ...]:
    """Parse networks; refuse host bits, a mistake that would otherwise show only on the nodes."""
    read = networks(option, [text])
    for cidr in read:
        if masked(cidr) != cidr:
            raise UsageError(f'{option} "{cidr}" has host bits set', hint=f"use {option} {masked(cidr)}")
    return read

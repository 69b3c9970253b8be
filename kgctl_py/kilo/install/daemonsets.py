"""The DaemonSets of an installation: Kilo's agent on every node, and nkml, which labels nodes."""

from collections.abc import Iterator

from kgctl_py.kilo.install import agent_kubeconfig, cni, manifest_comments
from kgctl_py.kilo.install.installation import Installation, WireGuard
from kgctl_py.kilo.install.pod import ConfigMap, Container, DaemonSet, Mount, Share, host_path

INTERFACE = "kilo0"
METRICS_PORT = 1107
NKML_IMAGE = "ghcr.io/leonnicolas/nkml:0.1.2"
KERNEL_LABEL = "nkml.squat.ai/wireguard"
"""The label with which nkml marks nodes whose kernel supports WireGuard."""

_SOCKETS = Mount(volume="wireguard", path="/var/run/wireguard")
_NODE_NAME = ("NODE_NAME", "spec.nodeName")

_ALWAYS = Share(
    flags=(f"--kubeconfig={agent_kubeconfig.FILE}", "--hostname=$(NODE_NAME)"),
    environment=(_NODE_NAME,),
    volumes=(
        host_path("kilo-dir", "/var/lib/kilo"),
        host_path("lib-modules", "/lib/modules"),
        host_path("xtables-lock", "/run/xtables.lock", "FileOrCreate"),
    ),
    mounts=(
        Mount(volume="kilo-dir", path="/var/lib/kilo"),
        Mount(volume="lib-modules", path="/lib/modules", read_only=True),
        Mount(volume="xtables-lock", path="/run/xtables.lock"),
    ),
)


def config_maps(installation: Installation) -> tuple[ConfigMap, ...]:
    """Return the ConfigMaps that the DaemonSets mount."""
    return (*cni.share(installation).config_maps, *agent_kubeconfig.share(installation).config_maps)


def daemon_sets(installation: Installation) -> tuple[DaemonSet, ...]:
    """Return the DaemonSets; if kernels differ, there are two of the agent, and each node runs one of them."""
    match installation.wireguard:
        case WireGuard.KERNEL:
            return (_agent(installation),)
        case WireGuard.USERSPACE:
            return (_agent(installation, userspace=True),)
        case WireGuard.HETEROGENEOUS:
            return (
                _agent(installation, kernel="true"),
                _agent(installation, name="kilo-userspace", userspace=True, kernel="false"),
                _nkml(installation),
            )


def _agent(
    installation: Installation, *, name: str = "kilo", userspace: bool = False, kernel: str = ""
) -> DaemonSet:
    shares = [_ALWAYS, agent_kubeconfig.share(installation), cni.share(installation)]
    shares += [_userspace(installation)] if userspace else []
    agent = Container(
        name="kilo",
        image=installation.image,
        args=(*(flag for share in shares for flag in share.flags), *_chosen(installation)),
        environment=tuple(variable for share in shares for variable in share.environment),
        ports=(("metrics", METRICS_PORT),),
        mounts=tuple(mount for share in shares for mount in share.mounts),
        privileged=True,
    )
    return DaemonSet(
        name=name,
        note=manifest_comments.agent(kernel),
        containers=(agent, *(container for share in shares for container in share.containers)),
        init_containers=tuple(container for share in shares for container in share.init_containers),
        volumes=tuple(volume for share in shares for volume in share.volumes),
        node_labels=((KERNEL_LABEL, kernel),) if kernel else (),
    )


def _userspace(installation: Installation) -> Share:
    wireguard = Container(
        name="wireguard",
        image=installation.wireguard_image,
        command=("wireguard-go", "--foreground", INTERFACE),
        mounts=(_SOCKETS,),
        privileged=True,
    )
    return Share(
        flags=("--create-interface=false", f"--interface={INTERFACE}"),
        volumes=(host_path("wireguard", "/var/run/wireguard"),),
        mounts=(_SOCKETS,),
        containers=(wireguard,),
    )


def _nkml(installation: Installation) -> DaemonSet:
    share = agent_kubeconfig.share(installation)
    nkml = Container(
        name="nkml",
        image=NKML_IMAGE,
        args=("--hostname=$(NODE_NAME)", "--label-mod=wireguard", f"--kubeconfig={agent_kubeconfig.FILE}"),
        environment=(_NODE_NAME,),
        mounts=share.mounts,
    )
    return DaemonSet(
        name="nkml",
        note=manifest_comments.NKML,
        containers=(nkml,),
        init_containers=share.init_containers,
        volumes=share.volumes,
    )


def _chosen(installation: Installation) -> Iterator[str]:
    """Yield the flags that the user chose; for others Kilo has defaults (`kg --help`)."""
    if installation.subnet:
        yield f"--subnet={installation.subnet}"
    for cidr in installation.service_cidrs:
        yield f"--service-cidr={cidr}"
    if installation.mtu:
        yield f"--mtu={installation.mtu}"
    if installation.port:
        yield f"--port={installation.port}"
    if installation.granularity:
        yield f"--mesh-granularity={installation.granularity}"
    if installation.topology_label:
        yield f"--topology-label={installation.topology_label}"

"""The pods of Kilo's agent and their problems."""

from collections.abc import Iterator

from kgctl_py.findings.cluster_facts import METRICS_PORT, KgPod
from kgctl_py.kilo import agents
from kgctl_py.kilo.flags import container_flags
from kgctl_py.kube.objects.kinds import ContainerStatus, Pod
from kgctl_py.kube.objects.reader import Objects
from kgctl_py.wireguard.endpoint import MAX_PORT

_AT_WORK = ("", "Completed", "ContainerCreating", "PodInitializing")


def kg_pods(objects: Objects) -> tuple[KgPod, ...]:
    """Return the pods of Kilo's DaemonSets; raise UnreadableError if they cannot be listed."""
    return tuple(
        KgPod(
            node=pod.spec.node_name,
            namespace=pod.metadata.namespace,
            name=pod.metadata.name,
            trouble=", ".join(_trouble(pod)),
            metrics_port=_metrics_port(pod),
        )
        for pod in agents.pods(objects.of)
    )


def _metrics_port(pod: Pod) -> int:
    """Return the port of `--listen`, whose last value counts (kilo cmd/kg/main.go)."""
    listen = container_flags(pod.spec, agents.CONTAINER, pod.place).all("listen")
    port = listen[-1].rpartition(":")[2] if listen else ""
    is_port = port.isascii() and port.isdecimal() and len(port) <= len(str(MAX_PORT)) and 0 < int(port) <= MAX_PORT
    return int(port) if is_port else METRICS_PORT


def _trouble(pod: Pod) -> Iterator[str]:
    status = pod.status
    if status.phase in ("Pending", "Failed") and not status.containers:
        yield status.reason or status.phase.lower()
    for container in (*(status.init_containers or ()), *(status.containers or ())):
        halted = container.state.waiting or container.state.terminated
        if halted and halted.reason not in _AT_WORK:
            yield f"{halted.reason}{_where(container)}"


def _where(container: ContainerStatus) -> str:
    restarts = f" after {container.restarts} restarts" if container.restarts else ""
    return restarts if _is_kg(container) else f' in container "{container.name}"{restarts}'


def _is_kg(container: ContainerStatus) -> bool:
    return container.name == agents.CONTAINER

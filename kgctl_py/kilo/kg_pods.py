"""The pods of Kilo's agent and their problems."""

from collections.abc import Iterator

from kgctl_py.findings.cluster_facts import KgPod
from kgctl_py.kilo import agents
from kgctl_py.kube.objects.kinds import ContainerStatus, Pod
from kgctl_py.kube.objects.reader import Objects

_AT_WORK = ("", "Completed", "ContainerCreating", "PodInitializing")


def kg_pods(objects: Objects) -> tuple[KgPod, ...]:
    """Return the pods of Kilo's DaemonSets; raise UnreadableError if they cannot be listed."""
    return tuple(
        KgPod(
            node=pod.spec.node_name,
            namespace=pod.metadata.namespace,
            name=pod.metadata.name,
            trouble=", ".join(_trouble(pod)),
        )
        for pod in agents.pods(objects.of)
    )


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

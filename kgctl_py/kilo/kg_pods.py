"""The pods of Kilo, and what is wrong with each."""

from collections.abc import Iterator

from kgctl_py.findings.cluster_facts import KgPod
from kgctl_py.kilo.network_sources import KILO_LABELS
from kgctl_py.kube.objects import kinds
from kgctl_py.kube.objects.kinds import ContainerStatus, Pod
from kgctl_py.kube.objects.reader import Objects

CONTAINER = "kilo"
"""The container that is kg; that of a userspace WireGuard may stand beside it."""

_AT_WORK = ("", "Completed", "ContainerCreating", "PodInitializing")


def kg_pods(objects: Objects) -> tuple[KgPod, ...]:
    """Give the pods of Kilo's DaemonSet; raise UnreadableError when they may not be looked at."""
    return tuple(
        KgPod(
            node=pod.spec.node_name,
            namespace=pod.metadata.namespace,
            name=pod.metadata.name,
            trouble=", ".join(_trouble(pod)),
        )
        for pod in objects.of(kinds.POD, labels=KILO_LABELS)
    )


def _trouble(pod: Pod) -> Iterator[str]:
    status = pod.status
    if status.phase in ("Pending", "Failed") and not status.containers:
        yield status.reason or status.phase.lower()
    for one in (*(status.init_containers or ()), *(status.containers or ())):
        halted = one.state.waiting or one.state.terminated
        if halted and halted.reason not in _AT_WORK:
            yield f"{halted.reason}{_where(one)}"


def _where(one: ContainerStatus) -> str:
    restarts = f" after {one.restarts} restarts" if one.restarts else ""
    return restarts if _is_kg(one) else f' in container "{one.name}"{restarts}'


def _is_kg(one: ContainerStatus) -> bool:
    return one.name == CONTAINER

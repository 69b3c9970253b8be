"""The pods of the Kilo agent: their problems, and their metrics (kilo pkg/mesh/mesh.go)."""

import re
from collections.abc import Iterator, Mapping

from kgctl_py.findings.cluster_facts import METRICS_PORT, AgentMetrics, KgPod
from kgctl_py.kilo.kg_workloads_and_flags import CONTAINER, container_flags, pods
from kgctl_py.kube.objects.kinds import ContainerStatus, Pod
from kgctl_py.kube.objects.reader import Objects
from kgctl_py.wireguard.endpoint import MAX_PORT

_AT_WORK = ("", "Completed", "ContainerCreating", "PodInitializing")
_GAUGE = re.compile(rb"kilo_(leader|nodes|peers) ([0-9]{1,9})")
_ERRORS = re.compile(
    rb'kilo_errors_total\{event="([A-Za-z]{1,32})"\} ([0-9]{1,15}(?:\.[0-9]{1,15})?(?:e\+[0-9]{2})?)'
)
_MOST_ERRORS = 10**15
_EVENTS = 20


def kg_pods(objects: Objects) -> tuple[KgPod, ...]:
    """Return the pods of Kilo's DaemonSets; raise UnreadableError if they cannot be listed."""
    return tuple(
        KgPod(
            node=pod.spec.node_name,
            namespace=pod.metadata.namespace,
            name=pod.metadata.name,
            trouble=", ".join(_trouble(pod)),
            has_log=any(map(_has_started, pod.status.containers or ())),
            metrics_port=_metrics_port(pod),
        )
        for pod in pods(objects.of)
    )


def _metrics_port(pod: Pod) -> int:
    """Return the port of `--listen`, whose last value counts (kilo cmd/kg/main.go)."""
    listen = container_flags(pod.spec, CONTAINER, pod.place).all("listen")
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
    count = container.restarts
    restarts = f" after {count} restart{'' if count == 1 else 's'}" if count else ""
    return restarts if _is_kg(container) else f' in container "{container.name}"{restarts}'


def _has_started(container: ContainerStatus) -> bool:
    """Return whether a container is kg, and runs or ran."""
    return _is_kg(container) and (container.restarts > 0 or container.state.waiting is None)


def _is_kg(container: ContainerStatus) -> bool:
    return container.name == CONTAINER


def parse_metrics(text: bytes) -> AgentMetrics | None:
    """Return the metrics of an agent; None if the text has none. Other lines, and malformed ones, are ignored."""
    gauges: dict[bytes, int] = {}
    errors: dict[str, int] = {}
    for line in text.split(b"\n"):
        if gauge := _GAUGE.fullmatch(line):
            gauges[gauge[1]] = int(gauge[2])
        elif (counter := _ERRORS.fullmatch(line)) and len(errors) < _EVENTS:
            errors[counter[1].decode()] = min(int(float(counter[2])), _MOST_ERRORS)
    leader = gauges.get(b"leader")
    if not gauges:
        return None
    return AgentMetrics(
        leader=None if leader is None else leader == 1,
        nodes=gauges.get(b"nodes"),
        peers=gauges.get(b"peers"),
        errors=_counted(errors),
    )


def _counted(errors: Mapping[str, int]) -> Mapping[str, int]:
    return {event: errors[event] for event in sorted(errors) if errors[event]}

"""The pods that have an address, which is given to another one when a pod has ended."""

from kgctl_py.kube.objects import kinds
from kgctl_py.kube.objects.reader import Objects

_ENDED = ("Succeeded", "Failed")


def pods_at(objects: Objects, ip: str) -> tuple[str, ...]:
    """Give the pods that have the address `ip` and still run, as NAMESPACE/NAME; raise UnreadableError."""
    pods = objects.of(kinds.POD, fields=f"status.podIP={ip}")
    return tuple(pod.place for pod in pods if pod.status.ip == ip and pod.status.phase not in _ENDED)

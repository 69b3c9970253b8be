"""The running pods that have an IP address."""

from kgctl_py.kube.objects import kinds
from kgctl_py.kube.objects.reader import Objects

_ENDED = ("Succeeded", "Failed")


def pods_at(objects: Objects, ip: str) -> tuple[str, ...]:
    """Return the pods with the address `ip` that have not ended, as NAMESPACE/NAME; raise UnreadableError."""
    pods = objects.of(kinds.POD, fields=f"status.podIP={ip}")
    return tuple(pod.place for pod in pods if pod.status.ip == ip and pod.status.phase not in _ENDED)

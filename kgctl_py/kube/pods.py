"""Pods with an IP address, the end of their logs, and what they serve."""

from kgctl_py.errors import KgctlError
from kgctl_py.kube.client import Client
from kgctl_py.kube.objects import kinds
from kgctl_py.kube.objects.kinds import path_segment
from kgctl_py.kube.objects.reader import Objects

_ENDED = ("Succeeded", "Failed")

LINES = 500
"""The number of lines to read from the end of a log."""
_BYTES = 2**20


def pods_at(objects: Objects, ip: str) -> tuple[str, ...]:
    """Return the pods with the address `ip` that still run, as NAMESPACE/NAME; raise UnreadableError."""
    pods = objects.of(kinds.POD, fields=f"status.podIP={ip}")
    return tuple(pod.place for pod in pods if pod.status.ip == ip and pod.status.phase not in _ENDED)


def read_log(client: Client, namespace: str, pod: str, container: str) -> str:
    """Return the last lines of a container's log; raise KgctlError if they cannot be read."""
    path = f"/api/v1/namespaces/{path_segment(namespace)}/pods/{path_segment(pod)}/log"
    query = {"container": container, "tailLines": str(LINES), "limitBytes": str(_BYTES)}
    return client.get(path, query).body[-_BYTES:].decode(errors="replace")


def read_from_pod(
    client: Client, namespace: str, pod: str, port: int, path: str, *, silence: float, most: int
) -> bytes:
    """Return the text at `path` of a port of a pod, through the API server.

    Raise KgctlError or TimeoutError if it cannot be read, ends in an error, pauses for `silence` seconds, or has
    more than `most` bytes.
    """
    target = f"/api/v1/namespaces/{path_segment(namespace)}/pods/{path_segment(pod)}:{port}/proxy/{path}"
    reply = client.stream(target, {}, silence=silence)
    lines, size = [], 0
    try:
        for line in reply.lines():
            lines.append(line)
            size += len(line)
            if size > most:
                raise KgctlError(f'pod "{pod}" serves more than {most} bytes')
    finally:
        reply.close()
    return b"".join(lines)

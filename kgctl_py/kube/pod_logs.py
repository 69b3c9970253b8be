"""The logs of pods."""

from kgctl_py.kube.client import Client
from kgctl_py.kube.path import path_segment

LINES = 500
"""How many lines of a log to read, counted from its end."""
_BYTES = 2**20


def read_log(client: Client, namespace: str, pod: str, container: str) -> str:
    """Return the last lines of a container's log; raise KgctlError when the server does not give them."""
    path = f"/api/v1/namespaces/{path_segment(namespace)}/pods/{path_segment(pod)}/log"
    query = {"container": container, "tailLines": str(LINES), "limitBytes": str(_BYTES)}
    return client.get(path, query).body[-_BYTES:].decode(errors="replace")

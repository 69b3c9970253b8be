"""Access to an API server: whether it responds, and whether the user can list Nodes and Peers."""

import time
from collections.abc import Iterator

from kgctl_py.cluster.interface import NODES, PEERS, Access
from kgctl_py.errors import KgctlError
from kgctl_py.kilo import resources
from kgctl_py.kube.api_objects import is_namespaced
from kgctl_py.kube.client import Client
from kgctl_py.kube.objects.reader import Objects


def ask_access(client: Client, objects: Objects) -> Access:
    """Request the version and both lists; raise KgctlError if the server does not respond."""
    summary = _summary(objects)
    refusals = dict(_refusals(client))
    namespaced = not refusals and _peers_are_namespaced(client)
    return Access(summary=summary, refusals=refusals, peers_are_namespaced=namespaced)


def _summary(objects: Objects) -> str:
    started = time.monotonic()
    origin = objects.origin()
    milliseconds = round(1000 * (time.monotonic() - started))
    return f"{origin.server}, {origin.version or 'version unknown'}, {milliseconds} ms"


def _refusals(client: Client) -> Iterator[tuple[str, KgctlError]]:
    """Return the errors of both lists, so that one run reports both."""
    for resource, path in ((NODES, resources.NODES_PATH), (PEERS, resources.PEERS_PATH)):
        try:
            client.get(path, {"limit": "1"})
        except KgctlError as error:
            yield resource, error


def _peers_are_namespaced(client: Client) -> bool:
    try:
        return is_namespaced(client, resources.GROUP_PATH, PEERS)
    except KgctlError:
        return False  # without permission for discovery, the user may still be able to read Peers

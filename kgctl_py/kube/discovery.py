"""What an API server says of the kinds that it serves (Kubernetes API concepts, «Discovery»)."""

import msgspec

from kgctl_py import names
from kgctl_py.kube.client import Client
from kgctl_py.kube.objects import decoding

_PEERS = "peers"


class Resource(msgspec.Struct, frozen=True):
    """A kind that is served."""

    name: str = ""
    namespaced: bool = False


class ResourceList(msgspec.Struct, frozen=True):
    """The kinds of an API group and version."""

    resources: tuple[Resource, ...] = ()


def peers_are_namespaced(client: Client) -> bool:
    """Tell whether Peers belong to namespaces, which Kilo's own do not; raise KgctlError."""
    body = client.get(names.GROUP_PATH).body
    listed = decoding.decode(body, ResourceList, names.GROUP_PATH).resources
    return any(one.namespaced for one in listed if one.name == _PEERS)

"""The resources of an API server (Kubernetes API concepts, "API discovery")."""

import msgspec

from kgctl_py.kube.client import Client
from kgctl_py.kube.objects import decoding


class Resource(msgspec.Struct, frozen=True):
    """A resource of an API group and version."""

    name: str = ""
    namespaced: bool = False


class ResourceList(msgspec.Struct, frozen=True):
    """The resources of an API group and version."""

    resources: tuple[Resource, ...] = ()


def is_namespaced(client: Client, group_path: str, name: str) -> bool:
    """Return whether objects of the resource `name` in the API group at `group_path` belong to namespaces.

    Raise KgctlError if the server does not report it.
    """
    body = client.get(group_path).body
    resources = decoding.decode(body, ResourceList, group_path).resources
    return any(resource.namespaced for resource in resources if resource.name == name)

"""Objects of any kind, read from the API server, and which kinds it serves ("API discovery" of Kubernetes)."""

import http
from collections.abc import Mapping
from typing import Any

import msgspec

from kgctl_py.errors import KgctlError
from kgctl_py.kube import decoding
from kgctl_py.kube.api_error import ApiError
from kgctl_py.kube.client import Client
from kgctl_py.kube.objects.kinds import Kind, T
from kgctl_py.kube.objects.reader import NO_LABELS, Origin, UnreadableError
from kgctl_py.kube.paging import PAGE, list_pages

VERSION_PATH = "/version"


class Version(msgspec.Struct, frozen=True):
    """The version of an API server."""

    version: str = msgspec.field(name="gitVersion", default="")


class Resource(msgspec.Struct, frozen=True):
    """A resource of an API group and version."""

    name: str = ""
    namespaced: bool = False


class ResourceList(msgspec.Struct, frozen=True):
    """The resources of an API group and version."""

    resources: tuple[Resource, ...] = ()


class ApiObjects:
    """The objects of an API server; raises UnreadableError if the server refuses them, or another KgctlError."""

    def __init__(self, client: Client, page: int = PAGE) -> None:
        self._client, self._page = client, page

    def of(
        self,
        kind: Kind[T],
        *,
        namespace: str = "",
        name: str = "",
        labels: Mapping[str, str] = NO_LABELS,
        fields: str = "",
    ) -> tuple[T, ...]:
        """Return the objects of a kind; empty if an old server does not serve the kind."""
        query = {"limit": str(self._page)}
        if name:
            query["fieldSelector"] = f"metadata.name={name}"
        elif fields:
            query["fieldSelector"] = fields
        if labels:
            query["labelSelector"] = ",".join(f"{label}={value}" for label, value in labels.items())
        try:
            path, pages = kind.path(namespace), decoding.Page[msgspec.Raw]
            listed = [page for page, _ in list_pages(self._client, path, kind.of_list, pages, query)]
        except decoding.MalformedError as error:
            raise UnreadableError(error.message) from None
        except ApiError as error:
            if error.status == http.HTTPStatus.NOT_FOUND and not kind.always_served:
                return ()
            raise _unreadable(kind.name, namespace, name, error) from None
        return tuple(_decode_object(raw, kind) for page in listed for raw in page.items or ())

    def has_all(self, kind: Kind[Any]) -> bool:  # noqa: ARG002 # of any kind
        """Return True, because an API server has all objects."""
        return True

    def origin(self) -> Origin:
        """Return the context, the URL, and the version if the server reports it."""
        try:
            body = self._client.get(VERSION_PATH).body
            version = _decode(body, Version, VERSION_PATH).version
        except (ApiError, UnreadableError):
            version = ""
        context, server = self._client.context, self._client.server
        return Origin(context=context, server=server, version=version, source=self._client.source)


def is_namespaced(client: Client, group_path: str, name: str) -> bool:
    """Return whether objects of the resource `name` in the API group at `group_path` belong to namespaces.

    Raise KgctlError if the server does not report it.
    """
    body = client.get(group_path).body
    resources = decoding.decode(body, ResourceList, group_path).resources
    return any(resource.namespaced for resource in resources if resource.name == name)


def _decode_object(raw: msgspec.Raw, kind: Kind[T]) -> T:
    decoded = _decode(raw, kind.struct, kind.path())
    try:
        decoding.check_name(decoded, kind.path())
    except decoding.MalformedError as error:
        raise UnreadableError(error.message) from None
    return decoded


def _decode(body: bytes | msgspec.Raw, struct: type[decoding.T], path: str) -> decoding.T:
    try:
        return decoding.decode(bytes(body), struct, path)
    except decoding.MalformedError as error:
        raise UnreadableError(error.message) from None


def _unreadable(kind: str, namespace: str, name: str, error: ApiError) -> KgctlError:
    """Return the error for one kind of object; refused credentials affect every kind."""
    if error.status == http.HTTPStatus.UNAUTHORIZED:
        return error
    place = "/".join(filter(None, (namespace, name)))
    where = f"{kind} {place}" if name else f"{kind}s" + (f" in {namespace}" if namespace else "")
    if error.status == http.HTTPStatus.FORBIDDEN:
        return UnreadableError(f"you are not allowed to read {where}", hint=error.hint)
    return UnreadableError(f"cannot read {where}: {error.message}")

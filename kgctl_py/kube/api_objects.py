"""Objects of any kind, asked of the API server."""

import http
from collections.abc import Mapping

import msgspec

from kgctl_py.errors import KgctlError
from kgctl_py.kube.api_error import ApiError
from kgctl_py.kube.client import Client
from kgctl_py.kube.objects import decoding
from kgctl_py.kube.objects.kinds import Kind, T
from kgctl_py.kube.objects.reader import NO_LABELS, Origin, UnreadableError
from kgctl_py.kube.paging import pages

VERSION_PATH = "/version"


class Page(decoding.List, frozen=True, kw_only=True):
    """A page of a list of any kind; its items are decoded one by one."""

    items: tuple[msgspec.Raw, ...] | None = None


class Version(msgspec.Struct, frozen=True):
    """What the API server says of itself."""

    version: str = msgspec.field(name="gitVersion", default="")


class ApiObjects:
    """Objects of an API server: UnreadableError when it refuses them, another KgctlError when nobody answers."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def of(
        self,
        kind: Kind[T],
        *,
        namespace: str = "",
        name: str = "",
        labels: Mapping[str, str] = NO_LABELS,
        fields: str = "",
    ) -> tuple[T, ...]:
        """Ask for the objects of a kind; an old server that does not know the kind has none."""
        query = {}
        if name:
            query["fieldSelector"] = f"metadata.name={name}"
        elif fields:
            query["fieldSelector"] = fields
        if labels:
            query["labelSelector"] = ",".join(f"{label}={value}" for label, value in labels.items())
        try:
            found = [page for page, _ in pages(self._client, kind.path(namespace), Page, query)]
        except decoding.MalformedError as error:
            raise UnreadableError(error.message) from None
        except ApiError as error:
            if error.status == http.HTTPStatus.NOT_FOUND and not kind.everywhere:
                return ()
            raise _not_readable(kind.name, namespace, name, error) from None
        return tuple(_decoded(raw, kind.struct, kind.path()) for page in found for raw in page.items or ())

    def origin(self) -> Origin:
        """Tell the context, the URL, and the version if the server tells it."""
        try:
            body = self._client.get(VERSION_PATH).body
            version = _decoded(body, Version, VERSION_PATH).version
        except (ApiError, UnreadableError):
            version = ""
        context, server = self._client.context, self._client.server
        return Origin(context=context, server=server, version=version, source=self._client.source)


def _decoded(body: bytes | msgspec.Raw, struct: type[decoding.T], path: str) -> decoding.T:
    try:
        return decoding.decode(bytes(body), struct, path)
    except decoding.MalformedError as error:
        raise UnreadableError(error.message) from None


def _not_readable(kind: str, namespace: str, name: str, error: ApiError) -> KgctlError:
    """Tell in one line what was not given; credentials that are refused are no matter of one kind alone."""
    if error.status == http.HTTPStatus.UNAUTHORIZED:
        return error
    where = f"{kind} {namespace}/{name}" if name else f"{kind}s" + (f" in {namespace}" if namespace else "")
    if error.status == http.HTTPStatus.FORBIDDEN:
        return UnreadableError(f"the API server does not allow to look at {where}", hint=error.hint)
    return UnreadableError(f"cannot look at {where}: {error.message}")

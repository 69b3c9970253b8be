"""Write mirrored Services to the cluster that gets them, and remove them again."""

import enum
import http
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from kgctl_py.errors import KgctlError
from kgctl_py.kube.object_store import Manifest, ObjectStore
from kgctl_py.kube.objects import kinds
from kgctl_py.kube.objects.kinds import SERVICE_NAME
from kgctl_py.peering.members.read_members import Side, named
from kgctl_py.peering.mirroring.mirrored_services import LABEL
from kgctl_py.peers.dry_run import DryRun
from kgctl_py.value import Value

_PORT = ("name", "port", "protocol", "appProtocol")


class Written(enum.StrEnum):
    """The result of writing an object."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"


class MirrorWriter(Value, frozen=True, kw_only=True):
    """Writes mirrors of Services of the cluster `source` to another cluster."""

    side: Side
    source: str
    dry_run: DryRun | None = None

    def write(self, service: Manifest, slices: Sequence[Manifest]) -> Written:
        """Create or update a Service with these EndpointSlices; raise KgctlError.

        A Service that is not a mirror of the source is an error, and does not change.
        """
        name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
        try:
            self._slices(
                namespace, name
            )  # a server that does not show them is an error before anything is written
            done = self._write_service(self._store(kinds.SERVICE, namespace), service)
            changed = self._write_slices(namespace, name, slices)
        except KgctlError as error:
            raise named(self.side, self._explained(error, namespace)) from None
        return Written.CHANGED if changed and done is Written.UNCHANGED else done

    def empty(self, namespace: str, name: str) -> bool:
        """Remove the addresses of a mirrored Service; return whether it had any; raise KgctlError."""
        try:
            return self._write_slices(namespace, name, ())
        except KgctlError as error:
            raise named(self.side, error) from None

    def _write_slices(self, namespace: str, name: str, slices: Sequence[Manifest]) -> bool:
        """Replace the EndpointSlices of a mirrored Service with these; return whether anything changed."""
        store = self._store(kinds.ENDPOINT_SLICE, namespace)
        live = self._slices(namespace, name)
        wanted = {one["metadata"]["name"]: one for one in slices}
        done = [
            _write(store, live.get(name), one, _slice_of, self._writes, fixed="addressType")
            for name, one in wanted.items()
        ]
        stale = live.keys() - wanted.keys()
        for extra in stale if self._writes else ():
            store.delete(extra)
        return bool(stale) or any(one is not Written.UNCHANGED for one in done)

    def remove(self, places: Iterable[tuple[str, str]] | None) -> Iterator[str]:
        """Remove the given mirrored Services, or all of the source, and yield each; raise KgctlError."""
        wanted = None if places is None else {f"{namespace}/{name}-{self.source}" for namespace, name in places}
        try:
            for kind, name_of in ((kinds.SERVICE, _name), (kinds.ENDPOINT_SLICE, _service_of)):
                for one in self._store(kind, "").list({LABEL: self.source}):
                    namespace = one["metadata"]["namespace"]
                    place = f"{namespace}/{name_of(one)}"
                    if wanted is None or place in wanted:
                        self._remove(self._store(kind, namespace), one)
                        if kind is kinds.SERVICE:
                            yield place
        except KgctlError as error:
            raise named(self.side, error) from None

    def _slices(self, namespace: str, name: str) -> dict[str, Manifest]:
        """Return the EndpointSlices of a mirrored Service by name."""
        found = self._store(kinds.ENDPOINT_SLICE, namespace).list({LABEL: self.source, SERVICE_NAME: name})
        return {one["metadata"]["name"]: one for one in found}

    def _remove(self, store: ObjectStore, one: Manifest) -> None:
        try:
            if self._writes:
                store.delete(one["metadata"]["name"])
        except KgctlError as error:
            if getattr(error, "status", None) != http.HTTPStatus.NOT_FOUND:
                raise

    @property
    def _writes(self) -> bool:
        return self.dry_run is not DryRun.CLIENT

    def _store(self, kind: kinds.Kind[Any], namespace: str) -> ObjectStore:
        return self.side.cluster.object_store(kind, namespace, dry_run=self.dry_run is not None)

    def _write_service(self, store: ObjectStore, service: Manifest) -> Written:
        metadata = service["metadata"]
        live = _get(store, metadata["name"])
        if live is not None and (live["metadata"].get("labels") or {}).get(LABEL) != self.source:
            raise KgctlError(
                f'the Service "{metadata["namespace"]}/{metadata["name"]}" already exists, '
                f"and is not a mirror of {self.source}",
                hint="give the first cluster another name: NAME=CONTEXT",
            )
        return _write(store, live, service, _service_fields, self._writes, fixed="clusterIP")

    def _explained(self, error: KgctlError, namespace: str) -> KgctlError:
        if f'namespaces "{namespace}" not found' in error.message:
            error.hint = f"to create it: {self.side.kubectl} create namespace {namespace}"
        return error


def _write(
    store: ObjectStore,
    live: Manifest | None,
    wanted: Manifest,
    fields: Callable[[Manifest], Manifest],
    writes: bool,
    *,
    fixed: str,
) -> Written:
    """Set the desired fields of an object; if its `fixed` field differs, create it again."""
    if live is not None and fields(live) == fields(wanted):
        return Written.UNCHANGED
    is_new = live is None or fields(live)[fixed] != fields(wanted)[fixed]
    if not writes:
        return Written.CREATED if live is None else Written.CHANGED
    if live is not None and is_new:
        store.delete(live["metadata"]["name"], version=live["metadata"]["resourceVersion"])
    if live is None or is_new:
        store.create(wanted)
    else:
        store.replace(_merged(live, wanted))
    return Written.CREATED if live is None else Written.CHANGED


def _merged(live: Manifest, wanted: Manifest) -> Manifest:
    """Return an object with the desired labels and fields; all others do not change."""
    metadata = live["metadata"]
    labels = {**(metadata.get("labels") or {}), **wanted["metadata"]["labels"]}
    merged = {**live, **wanted, "metadata": {**metadata, "labels": labels}}
    return {**merged, "spec": {**live["spec"], **wanted["spec"]}} if "spec" in wanted else merged


def _service_fields(service: Manifest) -> Manifest:
    spec = service.get("spec") or {}
    return {"clusterIP": spec.get("clusterIP") == "None", "ports": _ports(spec), "labels": _own_labels(service)}


def _slice_of(one: Manifest) -> Manifest:
    endpoints = one.get("endpoints") or ()
    return {
        "addressType": one.get("addressType"),
        "ports": _ports(one),
        "addresses": [endpoint.get("addresses") for endpoint in endpoints],
        "labels": _own_labels(one),
    }


def _own_labels(one: Manifest) -> Manifest:
    labels = one["metadata"].get("labels") or {}
    return {LABEL: labels.get(LABEL), SERVICE_NAME: labels.get(SERVICE_NAME)}


def _ports(fields: Manifest) -> list[Manifest]:
    return [{key: port[key] for key in _PORT if port.get(key)} for port in fields.get("ports") or ()]


def _get(store: ObjectStore, name: str) -> Manifest | None:
    try:
        return store.get(name)
    except KgctlError as error:
        if getattr(error, "status", None) == http.HTTPStatus.NOT_FOUND:
            return None
        raise


def _name(one: Manifest) -> str:
    return str(one["metadata"]["name"])


def _service_of(one: Manifest) -> str:
    return str(one["metadata"]["labels"].get(SERVICE_NAME, ""))

"""Keep mirrored Services current: update a mirror when its Service or the pods change."""

import threading
import time
from collections.abc import Iterator, Sequence

from kgctl_py.errors import KgctlError
from kgctl_py.kube.objects import kinds
from kgctl_py.notice import Notice, Tell, note, warning
from kgctl_py.peering.members.read_members import Side, named
from kgctl_py.peering.mirroring.mirrored_services import ServiceReader, find_service, mirrored, read_service
from kgctl_py.peering.mirroring.write_mirrors import MirrorWriter, Written

RESYNC = 300.0
"""Seconds after which everything is read and written again, so that a removed mirror comes back."""

_LOOK = 0.1
_QUIET = 0.5

Place = tuple[str, str]
"""The namespace and the name of a Service."""


def write_mirrors(near: Side, places: Sequence[Place], writer: MirrorWriter) -> Iterator[Notice]:
    """Write the mirror of each Service, and yield the changes; raise KgctlError.

    If a Service cannot be mirrored, nothing is written.
    """
    try:
        objects = near.cluster.objects()
        read = [list(mirrored(read_service(objects, *place), near.name)) for place in places]
    except KgctlError as error:
        raise named(near, error) from None
    for service, *slices in read:
        done = writer.write(service, slices)
        metadata = service["metadata"]
        tried = " (dry run)" if writer.dry_run else ""
        yield note(f"{writer.side.name}: {metadata['namespace']}/{metadata['name']} {done}{tried}")


def watch_mirrors(
    near: Side, places: Sequence[Place], writer: MirrorWriter, stop: threading.Event, tell: Tell
) -> None:
    """Keep the mirrors current until `stop` is set, and leave them in place.

    Raise KgctlError if the Services cannot be read at the start. A Service that is removed later leaves a mirror
    without addresses, because another Service may get its cluster IP.
    """
    namespaces = dict.fromkeys(namespace for namespace, _ in places)
    of_kinds = (kinds.PORTED_SERVICE, kinds.ENDPOINT_SLICE)
    informer = near.cluster.follow_objects([(kind, one) for one in namespaces for kind in of_kinds])
    keeper = _Keeper(near, informer, places, writer, tell)
    try:
        while not (stop.is_set() or informer.is_answered):
            stop.wait(_LOOK)
        for namespace in namespaces if informer.is_answered else ():
            informer.of(kinds.PORTED_SERVICE, namespace=namespace)
            informer.of(kinds.ENDPOINT_SLICE, namespace=namespace)
        while not stop.is_set():
            informer.changed.clear()
            keeper.keep(informer.connectivity.error)
            due = time.monotonic() + RESYNC
            while not (stop.wait(_LOOK) or informer.changed.is_set() or time.monotonic() >= due):
                pass
            stop.wait(_QUIET)
            if time.monotonic() >= due:
                informer.refresh()
    except KgctlError as error:
        raise named(near, error) from None
    finally:
        informer.close()


class _Keeper:
    """Writes the mirrors of known Services, and reports each problem once while it lasts."""

    def __init__(
        self, near: Side, objects: ServiceReader, places: Sequence[Place], writer: MirrorWriter, tell: Tell
    ) -> None:
        self._near, self._objects, self._places, self._writer, self._tell = near, objects, places, writer, tell
        self._told: set[Notice] = set()

    def keep(self, disconnected: KgctlError | None) -> None:
        """Make one round; change nothing while the cluster with the Services does not respond."""
        now = set()
        if disconnected:
            text = f'cluster "{self._near.name}" does not answer, so its mirrors stay as they are'
            now.add(warning(f"{text}: {disconnected.message}", disconnected.hint))
        for place in () if disconnected else self._places:
            try:
                self._tell_of(self._write(*place))
            except KgctlError as error:
                now.add(warning(error.message, error.hint))
        for notice in now - self._told:
            self._tell(notice)
        self._told = now

    def _tell_of(self, done: str) -> None:
        if done:
            self._tell(note(done))

    def _write(self, namespace: str, name: str) -> str:
        """Write one mirror, and return the changes; raise KgctlError."""
        mirror = f"{name}-{self._near.name}"
        if find_service(self._objects, namespace, name) is None:
            gone = f'{self._near.name}: Service "{namespace}/{name}" no longer exists'
            is_changed = self._writer.empty(namespace, mirror)
            return f"{gone}, so {namespace}/{mirror} has no addresses" if is_changed else ""
        try:
            service, *slices = mirrored(read_service(self._objects, namespace, name), self._near.name)
        except KgctlError as error:
            raise named(self._near, error) from None
        done = self._writer.write(service, slices)
        return "" if done is Written.UNCHANGED else f"{self._writer.side.name}: {namespace}/{mirror} {done}"

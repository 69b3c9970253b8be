"""A store: the translated objects of one list, which a reflector writes and other threads read."""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from kgctl_py.errors import KgctlError
from kgctl_py.kube import decoding
from kgctl_py.kube.http_connection import OversizedError, ResponseTime
from kgctl_py.kube.listwatch.connectivity import ConnectivityTracker
from kgctl_py.kube.listwatch.watch import Event, EventType
from kgctl_py.kube.server_clock import ServerClock
from kgctl_py.limits import LARGEST_BODY
from kgctl_py.value import Value

W = TypeVar("W", bound=decoding.Watched)
V = TypeVar("V")
W_contra = TypeVar("W_contra", bound=decoding.Watched, contravariant=True)


class Translator(Protocol[W_contra, V]):
    """Translates objects of the API into values."""

    def translate(self, raw: W_contra, old: V | None) -> V:
        """Return the value of an object, given its value before."""
        ...

    def forget(self, name: str) -> None:
        """Forget an object that was removed."""
        ...


class EachTranslated(Generic[W, V]):
    """Translates each object with a function, without its previous value."""

    def __init__(self, function: Callable[[W], V]) -> None:
        self._function = function

    def translate(self, raw: W, _: V | None) -> V:
        """Return the value of an object."""
        return self._function(raw)

    def forget(self, _: str) -> None:
        """Do nothing, because no values are kept."""


class State(Value, Generic[V], frozen=True):
    """The unordered objects, the server's clock, and the Unix time of its last message by that clock."""

    values: tuple[V, ...]
    clock: ServerClock
    as_of: float


class Store(Generic[W, V]):
    """The sink of a reflector, which sets `changed` when an object changes.

    `is_change` returns whether a change from the old to the new value at a Unix time counts; None means no object.
    Objects from events can have `most` bytes together, as a list can. `clock` starts a clock from its skew.
    """

    def __init__(
        self,
        translator: Translator[W, V],
        is_change: Callable[[V | None, V | None, float], bool],
        tracker: ConnectivityTracker,
        changed: threading.Event,
        most: int = LARGEST_BODY,
        clock: Callable[[float], ServerClock] = ServerClock,
    ) -> None:
        self._translator, self._is_change, self._tracker, self._changed = translator, is_change, tracker, changed
        self._values: dict[str, V] = {}
        self._sizes: dict[str, int] = {}  # in bytes, of the objects from events
        self._size, self._most = 0, most
        self._start_clock, self._clock = clock, clock(0)
        self._as_of = 0.0
        self._error: Exception | None = None
        self._lock = threading.Lock()

    @property
    def is_answered(self) -> bool:
        """Whether the first list or an error arrived."""
        return bool(self._as_of or self._error)

    def state(self) -> State[V]:
        """Return the current objects; raise the error that prevented the first list or ended the reflector."""
        with self._lock:
            if self._error:
                raise self._error
            return State(tuple(self._values.values()), self._clock, self._as_of)

    def translate(self, raw: W) -> tuple[str, V]:
        """Return the name and the value of an object of a new list."""
        name = raw.metadata.name
        return name, self._translator.translate(raw, self._values.get(name))

    def replace(self, objects: Sequence[tuple[str, V]], response_time: ResponseTime) -> None:
        """Replace all objects with those of a new list."""
        values, clock = dict(objects), self._start_clock(response_time.clock_skew)
        for name in self._values.keys() - values.keys():
            self._translator.forget(name)
        with self._lock:
            self._values, self._clock, self._as_of = values, clock, clock.now()
            self._sizes, self._size = {}, 0
        self._changed.set()

    def apply(self, event: Event[W]) -> None:
        """Apply an event to its object; raise OversizedError if the objects exceed the limit."""
        name = event.object.metadata.name
        new = self._new(name, event)
        with self._lock:
            self._as_of = self._clock.now()
            if event.type is EventType.BOOKMARK:
                return
            old = self._values.pop(name, None)
            self._count(name, event.size if new is not None else 0)
            if new is not None:
                self._values[name] = new
        if self._is_change(old, new, self._as_of):
            self._changed.set()

    def _new(self, name: str, event: Event[W]) -> V | None:
        """Return the value after an event; None if there is no object any more, or none in the event."""
        if event.type in (EventType.ADDED, EventType.MODIFIED):
            return self._translator.translate(event.object, self._values.get(name))
        if event.type is EventType.DELETED:
            self._translator.forget(name)
        return None

    def _count(self, name: str, size: int) -> None:
        self._size += size - self._sizes.pop(name, 0)
        if size:
            self._sizes[name] = size
        if self._size > self._most:
            raise OversizedError

    def disconnected(self, error: KgctlError) -> None:
        """Pass the error on; before the first list, readers get it."""
        if self.is_answered:
            self._tracker.disconnected(self, error)
        else:
            self._fail(error)

    def reconnected(self) -> None:
        """Pass on that the server is reachable."""
        self._tracker.reconnected(self)

    def failed(self, error: Exception) -> bool:
        """Raise `error` when the objects are read; after the first list, continue as when disconnected."""
        if not self.is_answered:
            self._fail(error)
            return False
        name = type(error).__name__
        self._tracker.disconnected(self, KgctlError(f"the API server sent invalid data: {name}"))
        return True

    def _fail(self, error: Exception) -> None:
        with self._lock:
            self._error = error
        self._changed.set()

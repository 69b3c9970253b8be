"""A copy of a list of the cluster, its objects as Kilo reads them: a mirror writes it, others read it."""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from kgctl_py.errors import KgctlError
from kgctl_py.kube.client import Moment
from kgctl_py.kube.listwatch.connectivity import Line
from kgctl_py.kube.listwatch.watch import Event, Type
from kgctl_py.kube.objects import decoding
from kgctl_py.kube.server_clock import ServerClock, clock_skew
from kgctl_py.value import Value

W = TypeVar("W", bound=decoding.Watched)
V = TypeVar("V")


class State(Value, Generic[V], frozen=True):
    """The objects, in no order, the server's clock, and the Unix time of its last word, by that clock."""

    values: tuple[V, ...]
    clock: ServerClock
    as_of: float


class Copy(Generic[W, V]):
    """A mirror's Sink, which sets `changed` at news.

    Whether there is news, `is_news` tells of the old value, the new one, and the Unix time; None stands for no
    object.
    """

    def __init__(
        self,
        translate: Callable[[W], V],
        is_news: Callable[[V | None, V | None, float], bool],
        line: Line,
        changed: threading.Event,
    ) -> None:
        self._translate, self._is_news, self._line, self._changed = translate, is_news, line, changed
        self._values: dict[str, V] = {}
        self._clock = ServerClock()
        self._as_of = 0.0
        self._error: Exception | None = None
        self._lock = threading.Lock()

    @property
    def is_answered(self) -> bool:
        """Whether there is a copy, or the reason why there is none."""
        return bool(self._as_of or self._error)

    def state(self) -> State[V]:
        """Give the copy as it is; raise what stood in the way of the first one, or has ended it since."""
        with self._lock:
            if self._error:
                raise self._error
            return State(tuple(self._values.values()), self._clock, self._as_of)

    def listed(self, objects: Sequence[W], moment: Moment) -> None:
        """Take all objects, in the place of those known before."""
        values, clock = (
            {raw.metadata.name: self._translate(raw) for raw in objects},
            ServerClock(clock_skew(moment)),
        )
        with self._lock:
            self._values, self._clock, self._as_of = values, clock, clock.now()
        self._changed.set()

    def happened(self, event: Event[W]) -> None:
        """Take what has happened to one object."""
        name = event.object.metadata.name
        new = self._translate(event.object) if event.type in (Type.ADDED, Type.MODIFIED) else None
        with self._lock:
            self._as_of = self._clock.now()
            if event.type is Type.BOOKMARK:
                return
            old = self._values.pop(name, None)
            if new is not None:
                self._values[name] = new
        if self._is_news(old, new, self._as_of):
            self._changed.set()

    def lost(self, trouble: KgctlError) -> None:
        """Tell of the trouble; without a first copy, that there will be none."""
        if self.is_answered:
            self._line.lost(self, trouble)
        else:
            self.failed(trouble)

    def regained(self) -> None:
        """Tell that the trouble is over."""
        self._line.regained(self)

    def failed(self, error: Exception) -> None:
        """Give `error` to whoever asks for the copy."""
        with self._lock:
            self._error = error
        self._changed.set()

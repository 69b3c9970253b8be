"""How connect ends: by Ctrl-C, SIGTERM, or a terminal that goes away; its cleaning up is not interrupted."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType


class Ending:
    """The first signal ends what is going on; every later one is passed over, for the end is under way."""

    def __init__(self) -> None:
        self._begun = False
        self._calmly: Callable[[], None] | None = None

    @contextlib.contextmanager
    def heeded(self) -> Iterator[None]:
        """Heed signals in the block, but those that whoever started this has ignored, as nohup does."""
        names = ("SIGINT", "SIGTERM", "SIGHUP")
        numbers = [number for name in names if (number := getattr(signal, name, None)) is not None]
        before = {number: signal.getsignal(number) for number in numbers}
        heeded = [number for number in numbers if before[number] is not signal.SIG_IGN]
        for number in heeded:
            signal.signal(number, self._heed)
        try:
            yield
        finally:
            for number in heeded:
                signal.signal(number, before[number])

    @contextlib.contextmanager
    def calmly(self, do: Callable[[], None]) -> Iterator[None]:
        """Have a signal do that in the block, where something else would raise KeyboardInterrupt anywhere."""
        self._calmly = do
        try:
            yield
        finally:
            self._calmly, self._begun = None, True

    def _heed(self, _number: int, _frame: FrameType | None) -> None:
        if self._begun:
            return
        self._begun = True
        if self._calmly is None:
            raise KeyboardInterrupt
        self._calmly()

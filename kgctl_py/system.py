"""The process of kgctl: signals such as SIGTERM, standard streams, and how Linux, macOS, and Windows differ."""

import contextlib
import errno
import os
import signal
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

BINARY: int = getattr(os, "O_BINARY", 0)
"""The flag of os.open without which Windows writes two bytes for each line feed."""

_PLUGIN = "kubectl-kilo"
_SHOW_COLOURS = ("WT_SESSION", "TERM", "ANSICON", "ConEmuANSI")


def has_file_modes() -> bool:
    """Return whether the mode of a file controls who can read it; on Windows it does not."""
    return os.name == "posix"


def is_exposed(descriptor: int) -> bool:
    """Return whether a descriptor is a file that every user can open, by the rule of `wg`."""
    if not has_file_modes():
        return False
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) and bool(mode & stat.S_IRWXO)


def shows_colours(environment: Mapping[str, str], system: str = os.name) -> bool:
    """Return whether terminals show colors; the old console of Windows prints the codes instead."""
    return system != "nt" or any(name in environment for name in _SHOW_COLOURS)


def is_closed_pipe(error: OSError) -> bool:
    """Return whether the reader of stdout closed it, which Windows reports as an invalid argument."""
    return error.errno == errno.EPIPE or (os.name == "nt" and error.errno == errno.EINVAL)


def program(called_as: str | None = None) -> str:
    """Return the name of the program as the user typed it: `kubectl kilo` for the plugin of kubectl."""
    called_as = called_as or next(iter(sys.argv), "")
    return "kubectl kilo" if Path(called_as).stem == _PLUGIN else "kgctl"


def open_standard_streams() -> None:
    """Open the standard streams that the caller closed, so that no other file gets their descriptors.

    Reading stdin returns no data, writing to stdout fails, and output to stderr is discarded.
    """
    for name, way, mode in (("stdin", os.O_RDONLY, "r"), ("stdout", os.O_RDONLY, "w"), ("stderr", os.O_RDWR, "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, way), mode))


class _Interrupts:
    """Raises KeyboardInterrupt for a signal, at once or after a block that delays signals."""

    def __init__(self) -> None:
        self._blocks = 0
        self._waits = False

    def handle(self, *_: object) -> None:
        """Raise KeyboardInterrupt, or record the signal during a block that delays signals."""
        if not self._blocks:
            raise KeyboardInterrupt
        self._waits = True

    @contextlib.contextmanager
    def delayed(self) -> Iterator[None]:
        """Raise KeyboardInterrupt for a signal only after the block; no other thread gets one."""
        import threading  # most commands write no files

        if threading.current_thread() is not threading.main_thread():
            yield
            return
        self._blocks += 1
        try:
            yield
        finally:
            self._blocks -= 1
            if self._waits and not self._blocks:
                self._waits = False
                raise KeyboardInterrupt


_interrupts = _Interrupts()


def interrupt_on_signals() -> None:
    """Treat SIGTERM and SIGHUP as Ctrl-C, so that kgctl cleans up; all three wait for `delayed_interrupts`."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, signal.SIGTERM)  # Windows has no SIGHUP
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):  # nohup ignores it
            signal.signal(number, _interrupts.handle)


def delayed_interrupts() -> contextlib.AbstractContextManager[None]:
    """Let a signal of `interrupt_on_signals` wait until the end of the block, for steps that belong together."""
    return _interrupts.delayed()


def forbid_core_dumps() -> None:
    """Disable core dumps, because the memory of the process can contain a private key or a token."""
    try:
        import resource
    except ImportError:  # Windows does not write core dumps
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))

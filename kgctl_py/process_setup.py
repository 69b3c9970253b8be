"""The process that kgctl runs in: its name, its standard streams, its signals, and no core dumps."""

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

_PLUGIN = "kubectl-kilo"


def program() -> str:
    """Return the program's name as the user called it: `kubectl kilo` when it runs as kubectl's plugin."""
    return "kubectl kilo" if sys.argv and Path(sys.argv[0]).stem == _PLUGIN else "kgctl"


def open_standard_streams() -> None:
    """Open the standard streams that the caller has closed, so that no other file gets their descriptors.

    Reading finds the end of the file, writing to stdout fails, and what goes to stderr is discarded.
    """
    for name, way, mode in (("stdin", os.O_RDONLY, "r"), ("stdout", os.O_RDONLY, "w"), ("stderr", os.O_RDWR, "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, way), mode))


def interrupt_on_signals() -> None:
    """Treat SIGTERM and SIGHUP as Ctrl-C, so that whatever has begun is cleaned up."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, signal.SIGTERM)  # Windows has no SIGHUP
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup ignores it
            signal.signal(number, _interrupt)


def forbid_core_dumps() -> None:
    """Have a crash write no file with the memory of the process, which may hold a private key or a token."""
    try:
        import resource
    except ImportError:  # Windows writes none
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt

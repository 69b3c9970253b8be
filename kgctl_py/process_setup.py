"""The process of kgctl: its name, its standard streams, its signals, and no core dumps."""

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

_PLUGIN = "kubectl-kilo"


def program() -> str:
    """Return the name of the program as the user typed it: `kubectl kilo` for the plugin of kubectl."""
    return "kubectl kilo" if sys.argv and Path(sys.argv[0]).stem == _PLUGIN else "kgctl"


def open_standard_streams() -> None:
    """Open the standard streams that the caller closed, so that no other file gets their descriptors.

    Reading stdin returns no data, writing to stdout fails, and output to stderr is discarded.
    """
    for name, way, mode in (("stdin", os.O_RDONLY, "r"), ("stdout", os.O_RDONLY, "w"), ("stderr", os.O_RDWR, "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, way), mode))


def interrupt_on_signals() -> None:
    """Treat SIGTERM and SIGHUP as Ctrl-C, so that kgctl cleans up."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, signal.SIGTERM)  # Windows has no SIGHUP
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup ignores it
            signal.signal(number, _interrupt)


def forbid_core_dumps() -> None:
    """Disable core dumps, because the memory of the process can contain a private key or a token."""
    try:
        import resource
    except ImportError:  # Windows does not write core dumps
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt

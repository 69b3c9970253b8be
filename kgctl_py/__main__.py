"""The entry points: `kgctl`, `python -m kgctl_py`, and the completion of `kubectl kilo`."""

import atexit
import gc
import os
import sys
from typing import Any, NoReturn

_GARBAGE_THRESHOLD = 200_000
"""Objects created between two collections; with Python's default of 700, collecting takes a tenth of the
start-up time and frees nothing."""
_INTERRUPTED = 130


def main() -> NoReturn:
    """Run kgctl; imports are inside the function, so that Ctrl-C during an import also ends kgctl quietly."""
    gc.set_threshold(_GARBAGE_THRESHOLD)
    try:
        from kgctl_py import app

        app.main()
    except KeyboardInterrupt:
        _exit(_INTERRUPTED)
    except SystemExit as end:
        _exit(_exit_code(end.code))


def _exit_code(code: Any) -> int:
    """Return the exit code as Python does: a text goes to stderr and means failure."""
    if code is None or isinstance(code, int):
        return code or 0
    print(code, file=sys.stderr, flush=True)
    return 1


def _exit(code: int) -> NoReturn:
    """Flush all output, and exit at once, because a normal exit takes a tenth of the time of a short run."""
    atexit._run_exitfuncs()  # noqa: SLF001 # has no public name; it removes temporary files, for example
    os._exit(code)


def complete_for_kubectl() -> NoReturn:
    """Print the completions of `kubectl kilo …`, for which kubectl runs `kubectl_complete-kilo`."""
    from kgctl_py import app

    app.complete_for_kubectl()


if __name__ == "__main__":
    main()

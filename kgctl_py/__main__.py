"""The way in: kgctl's entry point, and `python -m kgctl_py`."""

import atexit
import gc
import os
from typing import NoReturn

YOUNG = 200_000
"""Objects made between two looks for garbage; Python's own 700 make a tenth of the start, and find nothing."""


def main() -> NoReturn:
    """Run kgctl; what it needs is imported here, so that Ctrl-C meanwhile ends it quietly, too."""
    gc.set_threshold(YOUNG)
    try:
        from kgctl_py import app

        app.main()
    except KeyboardInterrupt:
        _leave(130)
    except SystemExit as end:
        _leave(end.code if isinstance(end.code, int) else 0)


def _leave(code: int) -> NoReturn:
    """End at once, all output being flushed: to take everything apart is a tenth of a short run."""
    atexit._run_exitfuncs()  # noqa: SLF001 # it has no other name; files are removed there, for example
    os._exit(code)


def complete_for_kubectl() -> NoReturn:
    """Answer kubectl, which runs `kubectl_complete-kilo` to complete `kubectl kilo …`."""
    from kgctl_py import app

    app.complete_for_kubectl()


if __name__ == "__main__":
    main()

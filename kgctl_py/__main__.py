"""The way in: kgctl's entry point, and `python -m kgctl_py`."""

import gc
import sys
from typing import NoReturn

YOUNG = 200_000
"""Objects made between two looks for garbage; Python's own 700 make a tenth of the start, and find nothing."""


def main() -> NoReturn:
    """Run kgctl; what it needs is imported here, so that Ctrl-C meanwhile ends it quietly, too."""
    gc.set_threshold(YOUNG)
    try:
        from kgctl_py import cli

        cli.main()
    except KeyboardInterrupt:
        sys.exit(130)


def complete_for_kubectl() -> NoReturn:
    """Answer kubectl, which runs `kubectl_complete-kilo` to complete `kubectl kilo …`."""
    from kgctl_py import cli

    cli.complete_for_kubectl()


if __name__ == "__main__":
    main()

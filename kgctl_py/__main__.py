"""The way in: kgctl's entry point, and `python -m kgctl_py`."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run kgctl; what it needs is imported here, so that Ctrl-C meanwhile ends it quietly, too."""
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

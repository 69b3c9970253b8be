"""Change several Peers one after the other; if one fails, the error names those that were not tried."""

from collections.abc import Callable, Sequence

from kgctl_py.errors import KgctlError

_SHOWN = 5


def change_each(names: Sequence[str], change: Callable[[str], None]) -> None:
    """Change each Peer; raise the first error, which also says which Peers were not tried."""
    for index, name in enumerate(names):
        try:
            change(name)
        except KgctlError as error:
            if rest := names[index + 1 :]:
                error.message += f"; not tried: {_listed(rest)}"
            raise


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown

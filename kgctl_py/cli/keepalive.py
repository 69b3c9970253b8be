"""The interval of keepalives on the command line."""

import typer

from kgctl_py.cli.duration import seconds
from kgctl_py.wireguard.conf import MAX_KEEPALIVE


def keepalive_seconds(text: str | int) -> int:
    """Read the interval of keepalives: `25`, `25s`, `1m`, or `0` and `off` for none."""
    try:
        interval = 0.0 if str(text) in ("0", "0s", "off") else seconds(str(text))
    except typer.BadParameter:
        interval = -1.0
    if not interval.is_integer() or not 0 <= interval <= MAX_KEEPALIVE:
        raise typer.BadParameter(f'"{text}" is not a number of seconds from 0 to {MAX_KEEPALIVE}')
    return int(interval)

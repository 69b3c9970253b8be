"""Durations on the command line, including the interval of keepalives."""

import re

import typer

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}
_DAY = 24 * 3600.0


def seconds(text: str) -> float:
    """Parse a duration as kubectl does: `15`, `15s`, `1m30s`, `500ms`; in seconds, at most a day."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|[smh]|$)", text)
    total = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if "".join(number + unit for number, unit in parts) != text:
        raise typer.BadParameter(f'"{text}" is not a duration such as 15s or 1m30s')
    if not total:
        raise typer.BadParameter(f'"{text}" is not a duration above 0, such as 15s or 1m30s')
    return min(total, _DAY)  # a thread cannot wait for centuries


def seconds_or_none(text: str) -> float:
    """Parse a duration as `seconds` does; 0 means no limit, which is a day."""
    return _DAY if re.fullmatch(r"0(ms|[smh])?", text) else seconds(text)


def keepalive_seconds(text: str | int) -> int:
    """Parse the interval of keepalives: `25`, `25s`, `1m`, or `0` and `off`."""
    from kgctl_py.wireguard.conf import MAX_KEEPALIVE  # every command parses a duration, but few parse a keepalive

    try:
        interval = 0.0 if str(text) in ("0", "0s", "off") else seconds(str(text))
    except typer.BadParameter:
        interval = -1.0
    if not interval.is_integer() or not 0 <= interval <= MAX_KEEPALIVE:
        raise typer.BadParameter(f'"{text}" is not a number of seconds from 0 to {MAX_KEEPALIVE}')
    return int(interval)

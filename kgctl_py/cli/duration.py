"""Lengths of time on the command line."""

import re

import typer

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}
_DAY = 24 * 3600.0


def seconds(text: str) -> float:
    """Read a length of time as kubectl does: `15`, `15s`, `1m30s`, `500ms`; in seconds, at most a day."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|[smh]|$)", text)
    total = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if "".join(number + unit for number, unit in parts) != text or not total:
        raise typer.BadParameter(f'"{text}" is not a duration: use a value such as 15s or 1m30s')
    return min(total, _DAY)  # a thread cannot wait for centuries


def seconds_or_none(text: str) -> float:
    """Read a length of time as `seconds` does, or 0 for as long as it takes, which is a day here, too."""
    return _DAY if re.fullmatch(r"0(ms|[smh])?", text) else seconds(text)
